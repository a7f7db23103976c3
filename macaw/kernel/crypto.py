"""Secrets at rest: AES-SIV with the place of the value as associated data, so a copied ciphertext opens nowhere else.

The keyring is a JSON file outside the database: {"current": "k2", "keys": {"k1": "<base64 of 64 bytes>", ...}}. New values
are sealed with the current key; `manage.py rekey` seals the old ones again, after which an old key may be removed.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = "v1"
KEY_BYTES = 64
NONCE_BYTES = 16
KEY_ID = re.compile(r"[a-z0-9-]+")
PARTS = 4


class Unsealable(Exception):
    """The value is damaged, stands in another place than it was sealed for, or its key is gone."""


@dataclass(frozen=True, slots=True)
class Keyring:
    current: str
    keys: dict[str, bytes]

    def seal(self, plain: str, place: Sequence[str]) -> str:
        """`v1.<key id>.<nonce>.<ciphertext>`, openable only at `place`: (table, column, row)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESSIV(self.keys[self.current]).encrypt(plain.encode(), _associated(self.current, place, nonce))
        return ".".join((VERSION, self.current, _encode(nonce), _encode(sealed)))

    def open(self, sealed: str, place: Sequence[str]) -> str:
        parts = sealed.split(".")
        if len(parts) != PARTS or parts[0] != VERSION:
            raise Unsealable(f"A value of {'.'.join(place[:2])} is not sealed as {VERSION}.")
        _version, kid, nonce, text = parts
        if kid not in self.keys:
            raise Unsealable(f"No key {kid!r} for a value of {'.'.join(place[:2])}.")
        try:
            raw = _decode(nonce)
            return AESSIV(self.keys[kid]).decrypt(_decode(text), _associated(kid, place, raw)).decode()
        except (InvalidTag, ValueError) as failure:
            raise Unsealable(f"A value of {'.'.join(place[:2])} was changed or moved.") from failure

    def fingerprint(self, plain: str, place: Sequence[str], kid: str = "") -> str:
        """Tells two secrets of one row apart without telling either; keyed, so it cannot be guessed offline."""
        kid = kid or self.current
        key = hashlib.sha256(b"fingerprint" + self.keys[kid]).digest()
        return f"{kid}:{hmac.digest(key, '|'.join((*place, plain)).encode(), 'sha256').hex()[:16]}"


def key_id(sealed: str) -> str:
    """The id of the key that sealed this value."""
    return sealed.split(".", 2)[1]


def _associated(kid: str, place: Sequence[str], nonce: bytes) -> list[bytes]:
    return [kid.encode(), *(part.encode() for part in place), nonce]  # AES-SIV takes the last as its nonce


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def new_keyring(path: Path) -> None:
    """Write a keyring with one fresh key, readable by its owner alone; an existing file is never touched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft({"current": "k1", "keys": {"k1": _fresh_key()}}, beside=path)
    try:
        os.link(draft, path)  # all or nothing, and FileExistsError if another process was first
    finally:
        draft.unlink()


def rotate_keyring(path: Path) -> str:
    """Add a fresh key, seal with it from now on, and give its id. Old keys stay: their values still need them."""
    ring = read_keyring(path)
    number = 1 + max((int(kid[1:]) for kid in ring.keys if re.fullmatch(r"k\d+", kid)), default=0)
    kid = f"k{number}"
    keys = {known: base64.b64encode(key).decode() for known, key in ring.keys.items()}
    _draft({"current": kid, "keys": keys | {kid: _fresh_key()}}, beside=path).replace(path)
    return kid


def _fresh_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _draft(ring: dict[str, object], *, beside: Path) -> Path:
    descriptor, name = tempfile.mkstemp(dir=beside.parent)  # mode 0600
    with os.fdopen(descriptor, "w") as file:
        json.dump(ring, file)
        file.flush()
        os.fsync(descriptor)  # a keyring that is lost is every secret lost
    return Path(name)


def read_keyring(path: Path) -> Keyring:
    try:
        data = json.loads(path.read_text())
        ring = Keyring(data["current"], {kid: base64.b64decode(key) for kid, key in data["keys"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as failure:
        raise ImproperlyConfigured(f"MACAW_KEYRING_FILE: {path} cannot be read as a keyring ({failure}).") from failure
    if ring.current not in ring.keys or any(len(key) != KEY_BYTES for key in ring.keys.values()):
        raise ImproperlyConfigured(
            f"MACAW_KEYRING_FILE: {path} lacks its current key, or a key is not {KEY_BYTES} bytes."
        )
    if not all(KEY_ID.fullmatch(kid) for kid in ring.keys):
        raise ImproperlyConfigured(f"MACAW_KEYRING_FILE: {path} has a key id with other signs than a-z, 0-9 and -.")
    return ring


@lru_cache(maxsize=1)
def _read(path: Path, version: tuple[int, int]) -> Keyring:
    return read_keyring(path)


def keyring() -> Keyring:
    """The keyring, read again when its file has changed: a new key works in every process without a restart."""
    path = Path(str(settings.MACAW_KEYRING_FILE))
    if settings.MACAW_DEMO and not path.exists():
        with suppress(FileExistsError):
            new_keyring(path)
    try:
        stat = path.stat()
    except OSError:
        return read_keyring(path)  # which says in a sentence what is wrong
    return _read(path, (stat.st_ino, stat.st_mtime_ns))
