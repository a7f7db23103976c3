"""Writes the trail as JSON lines for whoever shall prove it without us."""

import gzip
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from audit import events, proving, sealing
from audit.verbs import Event
from macaw.kernel.writing import Actor

OPERATOR = Actor("db", "operator")


class Command(BaseCommand):
    help = "Write entries and seals as JSON lines (gzip if the name ends in .gz); audit/verifier.py proves the file anywhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="The file to make; one that is there is not touched.")
        parser.add_argument("--first", type=int, default=1, help="The first seal to write.")
        parser.add_argument("--last", type=int, help="The last seal to write.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        events.record(Event.TRAIL_EXPORTED, actor=OPERATOR, first=options["first"], last=options["last"])
        try:
            sealing.seal_all()
        except ImproperlyConfigured as failure:
            raise CommandError(str(failure)) from failure
        opened: Any = gzip.open if path.suffix == ".gz" else Path.open
        try:
            path.touch(mode=0o600, exist_ok=False)
            with opened(path, "wt", encoding="utf-8") as file:
                for line in proving.export(options["first"], options["last"]):
                    file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
        except FileExistsError as there:
            raise CommandError(f"{path} is there already and stays as it is.") from there
        except OSError as failure:
            raise CommandError(f"{path} cannot be written: {failure.strerror}.") from failure
        self.stdout.write(
            f"{path} is written. Prove it elsewhere: python3 verifier.py {path.name} --anchor anchors.jsonl"
        )
