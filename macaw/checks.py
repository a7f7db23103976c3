"""What must be true of an installation before it serves."""

from typing import Any

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
