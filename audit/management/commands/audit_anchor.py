"""Writes the newest seal as one line, to be kept where the portal's own people cannot change it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from audit import proving, sealing


class Command(BaseCommand):
    help = "Print the newest seal and the public keys as one line of JSON, or append it to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="A file to append to, better on another machine.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sealing.seal_all()
            anchor = proving.anchor()
        except ImproperlyConfigured as failure:
            raise CommandError(str(failure)) from failure
        if anchor is None:
            raise CommandError("There is nothing to anchor: the trail is empty.")
        line = json.dumps(anchor, separators=(",", ":"))
        if options["file"] is None:
            self.stdout.write(line)
            return
        try:
            with options["file"].open("a") as file:
                file.write(f"{line}\n")
        except OSError as failure:
            raise CommandError(f"{options['file']} cannot be written: {failure.strerror}.") from failure
        self.stdout.write(f"Seal {anchor['seal_id']} is anchored in {options['file']}.")
