"""Seals every secret again with the current key. It may be stopped and started again, and run beside the product."""

from typing import Any

from django.core.management.base import BaseCommand

from macaw.kernel import crypto, rekeying
from macaw.kernel.writing import Actor


class Command(BaseCommand):
    help = "Seal all secrets again with the keyring's current key, and say which old keys may go."

    def handle(self, *args: Any, **options: Any) -> None:
        for chunk in rekeying.rekey_all(actor=Actor("worker", "rekey")):
            self.stdout.write(f"{chunk.done} of {chunk.total} secrets are sealed with the current key.")
        current = crypto.keyring().current
        for kid, count in sorted(rekeying.count_by_key().items()):
            if kid == current:
                words = "the current key"
            elif count:
                words = "must stay: these do not open; see manage.py doctor, and run this again"
            else:
                words = "may be taken out of the keyring, once no backup needs it"
            self.stdout.write(f"{kid}: {count} secrets; {words}.")
