"""Django's own command, without what is secret in its output."""

from typing import Any

from django.core.management.commands import diffsettings

from macaw import logs


class Command(diffsettings.Command):
    def handle(self, **options: Any) -> str:
        return str(logs.masked(super().handle(**options)))
