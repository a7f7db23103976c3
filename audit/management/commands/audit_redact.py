"""Takes the values of given rows out of the trail, with a reason that stays in it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import redaction
from macaw.kernel.errors import Invalid
from macaw.kernel.writing import Actor

OPERATOR = Actor("db", "operator")


class Command(BaseCommand):
    help = "Take personal values out of the trail for good: of rows of a table, or of an actor's events."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--table", default="", help="The table, such as contacts.")
        parser.add_argument("--record", type=int, action="append", default=[], help="A row's key; may be repeated.")
        parser.add_argument("--events-of", default="", help="An actor, such as user:alice.")
        parser.add_argument("--reason", required=True, help="Why; it stays in the trail.")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["table"] and options["record"]) == bool(options["events_of"]):
            raise CommandError("Name either --table with --record, or --events-of.")
        try:
            if options["events_of"]:
                count = redaction.redact_events(options["events_of"], reason=options["reason"], actor=OPERATOR)
            else:
                count = redaction.redact_rows(
                    options["table"], options["record"], reason=options["reason"], actor=OPERATOR
                )
        except Invalid as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{count} entries are redacted. The current rows, backups and exports are not touched.")
