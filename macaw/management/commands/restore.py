"""Puts a copy of the database back, and asks whether everything is true."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from macaw import backups, health


class Command(BaseCommand):
    help = "Replace the database by a copy made with `backup`. Stop web and workers first."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="The copy.")
        parser.add_argument("--force", action="store_true", help="Replace a database that has tables; they are lost.")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.introspection.table_names() and not options["force"]:
            raise CommandError(
                "The database has tables, which would be lost. Nothing was changed; --force replaces them."
            )
        backups.put_back(options["file"])
        self.stdout.write(f"{options['file']} is back.")
        if health.missing_migrations():
            self.stdout.write("The copy is older than this release: run manage.py migrate, then manage.py doctor.")
        else:
            call_command("doctor")
