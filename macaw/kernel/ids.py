"""Identifiers made by us or by the database, and the SQL that makes them on both."""

import secrets
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, UUIDField
from django.db.models.sql.compiler import SQLCompiler

REQUEST_ID_BYTES = 8


def request_id() -> str:
    return secrets.token_hex(REQUEST_ID_BYTES)


class NewUuid(Func):
    """A random UUID made by the database, for rows that a plain client inserts."""

    output_field = UUIDField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="lower(hex(randomblob(16)))", **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="gen_random_uuid()", **extra)
