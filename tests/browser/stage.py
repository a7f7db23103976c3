"""Sets the stage in a process of its own: tables, the demo's rows, a session for each person, static files.

It runs with the product's settings, so nothing here knows how people log in: a session is made as Django makes one.
"""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  # needs the apps
from django.core.management import call_command  # noqa: E402  # needs the apps
from django.test import Client  # noqa: E402  # needs the apps

from customers.models import User  # noqa: E402  # needs the apps
from tests.browser import addresses, records  # noqa: E402  # needs the apps


def cookie(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("demo", "--seed-only")
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
