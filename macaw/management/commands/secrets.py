"""Makes what an installation must keep secret: a SECRET_KEY, what the proxy proves itself with, a keyring and the key of the audit trail.

Each is in a file that only its owner reads.
"""

import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from audit import keys
from macaw.kernel import crypto

BYTES = {"secret-key": 64, "auth-secret": 32}


class Command(BaseCommand):
    help = "Make the files of keys in a folder; with --rotate or --rotate-audit, add a new current key to one of them."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="Where the files stand; it is made if it is missing.")
        parser.add_argument(
            "--rotate", action="store_true", help="Add a key to the keyring and seal with it from now on."
        )
        parser.add_argument(
            "--rotate-audit", action="store_true", help="Seal the audit trail with a new key from now on."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        ring, seals = folder / "keyring.json", folder / "audit-key.json"
        try:
            if options["rotate_audit"]:
                kid = keys.rotate(seals)
                self.stdout.write(f"{seals}: {kid} seals from now on. Now run `python manage.py audit_anchor`.")
                return
            if options["rotate"]:
                kid = crypto.rotate_keyring(ring)
                self.stdout.write(f"{ring}: {kid} is the current key. Now run `python manage.py rekey`.")
                return
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name, size in BYTES.items():
                with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(secrets.token_urlsafe(size))
            crypto.new_keyring(ring)
            keys.make(seals)
        except FileExistsError as there:
            raise CommandError(f"{there.filename2 or there.filename} is there already and stays as it is.") from there
        except (ImproperlyConfigured, OSError) as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(f"SECRET_KEY_FILE={folder}/secret-key\nMACAW_AUTH_SECRET_FILE={folder}/auth-secret")
        self.stdout.write(f"MACAW_KEYRING_FILE={ring}")
        self.stdout.write(f"MACAW_AUDIT_KEY_FILE={seals}")
        self.stdout.write("Keep a copy of the keyring away from the database's backups: without it no auth code opens.")
