"""Copies the database while it is in use."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from macaw import backups

MEGABYTE = 1_000_000


class Command(BaseCommand):
    help = "Write a consistent copy of the database into a folder. The keyring is not in it: keep that elsewhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="Where the copy goes; it is made if it is missing.")
        parser.add_argument("--keep", type=int, default=0, help="How many copies stay; the default keeps all.")

    def handle(self, *args: Any, **options: Any) -> None:
        file = backups.save(options["folder"], max(0, options["keep"]))
        self.stdout.write(f"{file} ({file.stat().st_size / MEGABYTE:.1f} MB)")
        self.stdout.write("The keyring is not in it: without its own copy of that, no auth code opens after a restore.")
