"""Proves the audit trail, or names the first thing that is wrong with it; exit code 1 if there is any."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from audit import completeness, proving
from audit.capture import standing


class Command(BaseCommand):
    help = "Is the audit trail whole and unchanged? Seals, triggers, and whether any row changed unseen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor", type=Path, action="append", default=[], help="A file that audit_anchor wrote; may be repeated."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verifier, broken = proving.prove(_read(options["anchor"]))
        except ImproperlyConfigured as failure:
            raise CommandError(str(failure)) from failure
        questions = {
            "the triggers that capture are in place": standing.faults(connection),
            "every seal holds": broken,
            "each entry goes on where the last one ended": completeness.breaks(),
            "each row is what its last entry says": map(str, completeness.gaps()),
        }
        failed = False
        for promise, faults in questions.items():
            first, more = next(faults, None), sum(1 for _fault in faults)
            failed = failed or first is not None
            if first is None:
                self.stdout.write(f"{self.style.SUCCESS('true ')} {promise}")
            else:
                self.stdout.write(
                    f"{self.style.ERROR('FALSE')} {promise}: {first}" + (f", and {more} more" if more else "")
                )
        self.stdout.write(
            f"{verifier.seals} seals over {verifier.entries} entries, {len(verifier.redacted)} of them redacted."
        )
        if not options["anchor"]:
            self.stdout.write("Without --anchor nobody can tell whether the whole trail was written anew.")
        if failed:
            sys.exit(1)


def _read(paths: list[Path]) -> list[Any]:
    try:
        return [json.loads(line) for path in paths for line in path.read_text().splitlines() if line.strip()]
    except (OSError, ValueError) as failure:
        raise CommandError(f"An anchor cannot be read: {failure}") from failure
