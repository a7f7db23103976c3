"""Answers "is everything true?": one line for each check, the first offender of those that failed, and an exit code."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from macaw.kernel import doctor


class Command(BaseCommand):
    help = "Is everything true? Examines the whole database and changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Write the results as one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        results = []
        for result in doctor.examine_all():
            results.append(result)
            if not options["json"]:
                self._tell(result)
        failed = [result.name for result in results if not result.ok]
        if options["json"]:
            checks = [asdict(result) | {"ok": result.ok} for result in results]
            self.stdout.write(json.dumps({"ok": not failed, "checks": checks}, indent=2))
        elif failed:
            self.stdout.write(self.style.ERROR(f"Not true: {', '.join(failed)}."))
        else:
            self.stdout.write(self.style.SUCCESS(f"All {len(results)} checks hold."))
        if failed:
            sys.exit(1)

    def _tell(self, result: doctor.Result) -> None:
        took = f"{result.seconds * 1000:.0f} ms"
        if result.ok:
            self.stdout.write(f"{self.style.SUCCESS('true ')} {result.name}: {result.promise} ({took})")
        else:
            self.stdout.write(f"{self.style.ERROR('FALSE')} {result.name}: {result.promise} ({took})")
            self.stdout.write(f"      {result.offenders} found; the first: {result.first}")
        for note in result.notes:
            self.stdout.write(f"      {note}")
