"""Sets the stage in a process of its own: tables, the demo's rows, a session for each person, static files.

It runs with the product's settings, so nothing here knows how people log in: a session is made as Django makes one.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.apps import apps  # noqa: E402  # needs the apps
from django.conf import settings  # noqa: E402  # needs the apps
from django.core.management import call_command  # noqa: E402  # needs the apps
from django.test import Client  # noqa: E402  # needs the apps

from customers.login.confirmation import WAITING, Kind  # noqa: E402  # needs the apps
from customers.models import User  # noqa: E402  # needs the apps
from macaw.kernel import clock  # noqa: E402  # needs the apps
from macaw.kernel.jobs.models import Duty, Heartbeat, Job  # noqa: E402  # needs the apps
from tests import rows  # noqa: E402  # needs the apps
from tests.browser import addresses, records  # noqa: E402  # needs the apps
from tests.plain import ThroughDjango  # noqa: E402  # needs the apps


def cookie(user: User) -> str:
    client = Client()
    client.force_login(user)
    if user.username == "bob":
        wait(client)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def wait(client: Client) -> None:
    """Something for Bob to confirm, whenever he is looked at."""
    session = client.session
    typed = [("hosts", "ns1.example.net"), ("hosts", "ns2.example.net")]
    later = clock.now() + timedelta(days=1)
    session[WAITING] = {"kind": Kind.NAMESERVERS, "path": "/settings/", "fields": typed, "at": later.isoformat()}
    session.save()


def trouble() -> None:
    """What a calm demo does not show: work that was given up, under way, paused and done."""
    now = clock.now()
    title = "Seal all secrets with the current key"
    gone = {"due_at": None, "failed_at": now, "attempts": 8, "last_error": "ConnectionRefusedError: nobody listens"}
    under_way = {
        "lease_until": now + timedelta(days=1),
        "leased_by": "elsewhere:1:0",
        "done_count": 40,
        "total_count": 120,
    }
    Job.objects.create(kind="rekey", title=title, created_by="user:sam", state=Job.State.FAILED, **gone)
    Job.objects.create(kind="rekey", title=title, created_by="user:sam", progress="40 of 120", **under_way)
    Job.objects.create(kind="rekey", title=title, created_by="user:sam", state=Job.State.PAUSED, due_at=None)
    Job.objects.create(kind="rekey", title=title, created_by="user:sam", state=Job.State.DONE, due_at=None)
    Duty.objects.create(name="limits.prune", every=3600, **gone)
    Heartbeat.objects.create(worker="elsewhere:1:0", host="elsewhere", pid=1, doing="jobs")


def the_rest() -> None:
    """A row of each record that neither the demo nor trouble has, so that each form of the admin can be looked at."""
    for label in records.ADMIN_MODELS:
        model = apps.get_model(label)
        if not model._default_manager.exists():
            rows.insert(ThroughDjango(), model)


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("demo", "--seed-only")
    trouble()
    the_rest()
    call_command("collectstatic", interactive=False, verbosity=0)
    people = User.objects.filter(username__in=addresses.CAST)
    staged = {
        "cookie_name": settings.SESSION_COOKIE_NAME,
        "cookies": {user.username: cookie(user) for user in people},
        "paths": addresses.paths(),
        "records": records.records(),
    }
    Path(sys.argv[1]).write_text(json.dumps(staged))


if __name__ == "__main__":
    main()
