"""Expressions for constraints that read the same to a plain client of either database.

A CHECK may use only what the database itself knows: no function that Django adds to its own SQLite connections.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, IntegerField, Value
from django.db.models.functions import Left, StrIndex, Substr
from django.db.models.lookups import Exact
from django.db.models.sql.compiler import SQLCompiler

Sql = Any  # (text, parameters) of a compiled expression; Django leaves it untyped
LONGEST_LABEL = 63
LONGEST_NAME = 253


class Minor(Func):
    """An amount in whole minor units: SQLite keeps a DECIMAL as a float, so only integers compare truly."""

    template = "CAST(ROUND(100 * (%(expressions)s)) AS bigint)"
    output_field = IntegerField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self.as_sql(compiler, connection, template="CAST(ROUND(100 * (%(expressions)s)) AS integer)", **extra)


class Rule(Func):
    """A condition on one expression, which its SQL may name several times."""

    output_field = BooleanField()
    conditional = True
    argument = "%(expressions)s"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **extra: Any) -> Sql:
        sql, params = super().as_sql(compiler, connection, *args, **extra)
        return sql, [*params] * str(extra.get("template")).count(self.argument)


class Storable(Rule):
    """True if an amount fits DECIMAL(10,2) exactly. PostgreSQL's type sees to it; SQLite would keep anything."""

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        template = (
            "(typeof(%(expressions)s) IN ('integer', 'real') AND abs(%(expressions)s) < 100000000"
            " AND abs(100 * %(expressions)s - ROUND(100 * %(expressions)s)) < 0.00001)"
        )
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self.as_sql(compiler, connection, template="(abs(%(expressions)s) < 100000000)", **extra)


class OnlyCharacters(Rule):
    """True if a text holds nothing but the characters of a set such as `a-z0-9.-`; NULL passes."""

    def __init__(self, expression: Any, *, allowed: str = "", **extra: Any) -> None:
        super().__init__(expression, allowed=allowed, **extra)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self.as_sql(compiler, connection, template="(%(expressions)s NOT GLOB '*[^%(allowed)s]*')", **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        return self.as_sql(compiler, connection, template="(%(expressions)s !~ '[^%(allowed)s]')", **extra)


class HostName(Rule):
    """True if a text is a name of two or more labels as DNS has it: lower case, A-labels, no dot at the end."""

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        refused = ("*[^a-z0-9.-]*", "*..*", "*.-*", "*-.*", f"*{'[^.]' * (LONGEST_LABEL + 1)}*")
        rules = [
            "%(expressions)s GLOB '[a-z0-9]*.*[a-z0-9]'",
            f"length(%(expressions)s) <= {LONGEST_NAME}",
            *(f"%(expressions)s NOT GLOB '{pattern}'" for pattern in refused),
        ]
        return self.as_sql(compiler, connection, template=f"({' AND '.join(rules)})", **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> Sql:
        label = f"[a-z0-9]([a-z0-9-]{{0,{LONGEST_LABEL - 2}}}[a-z0-9])?"
        template = f"(length(%(expressions)s) <= {LONGEST_NAME} AND %(expressions)s ~ '^{label}([.]{label})+$')"
        return self.as_sql(compiler, connection, template=template, **extra)


def begins(column: str, text: str) -> Exact:
    """The column begins with this text, in this case: SQLite's own LIKE knows no case."""
    return Exact(Left(column, len(text)), Value(text))


def after_first_dot(column: str) -> Substr:
    """The text after the first dot of a column: `co.uk` of `example.co.uk`."""
    return Substr(column, StrIndex(F(column), Value(".")) + 1)
