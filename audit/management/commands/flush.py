"""Django's `flush`, which empties every table, for demos and tests alone: elsewhere the trail's triggers refuse it."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import flush
from django.db import connections

from audit.capture import standing


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        if not settings.MACAW_DEMO:
            raise CommandError("flush would empty the audit trail; it is for demos alone (MACAW_DEMO=1).")
        connection = connections[options["database"]]
        standing.take_down(connection)
        try:
            super().handle(**options)
        finally:
            standing.restore(connection)
