"""What must be true of an installation before it serves."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connection

from macaw import sqlite


@checks.register(checks.Tags.database)
def sqlite_can_keep_a_wal(**_: Any) -> list[checks.CheckMessage]:
    """An old SQLite can corrupt a WAL file, so it runs without one, slower; say so."""
    if connection.vendor != "sqlite" or sqlite.wal_is_safe():
        return []
    return [
        checks.Warning(
            "This SQLite is older than 3.51.3, so the database runs without WAL: safe, but readers wait for writers.",
            hint="Install pysqlite3, or a Python built with a newer SQLite.",
            id="macaw.W001",
        )
    ]


@checks.register(checks.Tags.security)
def no_other_login_reads_headers(**_: Any) -> list[checks.CheckMessage]:
    """Django's own classes for a user named by the server believe the name alone and keep roles that were taken."""
    named = [*settings.MIDDLEWARE, *settings.AUTHENTICATION_BACKENDS]
    return [
        checks.Error(
            f"{name} reads the same headers as our login, and believes them without proof.",
            hint="Take it out; customers.login does all of it.",
            id="macaw.E001",
        )
        for name in named
        if "RemoteUser" in name
    ]
