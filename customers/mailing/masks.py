"""A secret that a mail carries and our records do not. The stored letter shows a mask; what leaves has the secret in its place.

It follows from the occasion (the notice's `dedupe_key`, which holds a random part) and SECRET_KEY, so every attempt to send says the
same. If SECRET_KEY changes while a mail waits, that mail carries a link that opens nothing, and the letter must be sent anew.
"""

import base64

from django.utils.crypto import salted_hmac

MASK = "********"  # stands in an address as it is


def secret_of(occasion: str) -> str:
    """256 bits that nobody can tell without SECRET_KEY, as they stand in an address."""
    digest = salted_hmac("customers.mailing.masks", occasion, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def unmasked(text: str, occasion: str) -> str:
    return text.replace(MASK, secret_of(occasion))
