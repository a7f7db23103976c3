"""Whether this process lives, and whether it is fit to serve. Asked by machines, so neither looks at a session."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from audit.capture import standing
from macaw.kernel import clock, schema
from macaw.kernel.jobs.models import Heartbeat

log = structlog.get_logger("macaw.health")

LARGEST_SKEW = 2.0  # seconds between our clock and the database's: leases run on one, due times on the other
# Seconds since 1970 by the database's own clock.
DATABASE_CLOCK = {
    "postgresql": "SELECT extract(epoch FROM clock_timestamp())",
    "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400.0",
}


class Unfit(Exception):
    """Raised by a check, with a sentence for the operator. It names no address and no secret."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold before we serve. `run` returns what it found, in words, or raises `Unfit`."""

    name: str
    run: Callable[[], str]


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return f"{connection.display_name} answers"


def missing_migrations() -> int:
    """How many migrations of the code the database has not had."""
    return schema.unapplied(connection)


def _migrations() -> str:
    if missing := missing_migrations():
        raise Unfit(f"{missing} migrations are not applied: run manage.py migrate")
    return "all applied"


def _audit() -> str:
    if fault := next(standing.faults(connection), None):
        raise Unfit(f"changes are not all recorded: {fault}; run manage.py migrate")
    return "every change is recorded"


def _worker() -> str:
    alive = Heartbeat.objects.alive().count()
    if not alive:
        raise Unfit("no worker is alive: start manage.py worker")
    return f"{alive} alive"


def _clock() -> str:
    with connection.cursor() as cursor:
        cursor.execute(DATABASE_CLOCK[connection.vendor])
        skew = abs(float(cursor.fetchone()[0]) - clock.now().timestamp())
    if skew >= LARGEST_SKEW:
        raise Unfit(f"this machine and the database differ by {skew:.1f} s: set both by NTP")
    return "agrees with the database"


CHECKS = [
    Check("database", _database),
    Check("migrations", _migrations),
    Check("audit", _audit),
    Check("worker", _worker),
    Check("clock", _clock),
]


def examine() -> dict[str, tuple[bool, str]]:
    """Every check by name: whether it holds, and what it says."""
    found: dict[str, tuple[bool, str]] = {}
    for check in CHECKS:
        try:
            found[check.name] = (True, check.run())
        except Unfit as reason:
            found[check.name] = (False, str(reason))
        except Error as failure:  # its text may name hosts and users: that is for the log
            log.warning(
                "readiness.database_failed", check=check.name, error=type(failure).__name__, detail=str(failure)
            )
            found[check.name] = (False, "the database does not answer")
    return found


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers; it asks nothing of anybody."""
    return HttpResponse("alive\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


@require_safe
@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    found = examine()
    ready = all(holds for holds, _words in found.values())
    body = {"ready": ready, "checks": {name: {"ok": holds, "says": words} for name, (holds, words) in found.items()}}
    return JsonResponse(body, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


class ProbeMiddleware:
    """Machines ask by address or by socket: for their pages any `Host` will do, and none is believed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in settings.MACHINE_PATHS:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0]
        return self.get_response(request)
