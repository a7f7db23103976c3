"""The keys that sign seals: an Ed25519 key pair each, in a JSON file outside the database that the worker alone must read.

{"current": "a2", "keys": {"a1": {"public": "<hex>", "until": "<time>"}, "a2": {"private": "<hex>", "public": "<hex>", "until": null}}}
A key that was replaced keeps its public half, so that what it signed is still proven, and what it signs later is not.
"""

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from macaw.kernel import clock

TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
FAULTS = (OSError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class SigningKeys:
    current: str
    keys: dict[str, dict[str, Any]]

    def sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.keys[self.current]["private"])).sign(message)

    @property
    def public(self) -> dict[str, dict[str, Any]]:
        """What a verifier needs; it holds no secret."""
        return {kid: {"public": key["public"], "until": key["until"]} for kid, key in self.keys.items()}


def check_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """The same as the verifier's own, a hundred times faster."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _fresh() -> dict[str, Any]:
    private = Ed25519PrivateKey.generate()
    return {
        "private": private.private_bytes_raw().hex(),
        "public": private.public_key().public_bytes_raw().hex(),
        "until": None,
    }


def make(path: Path) -> None:
    """Write a file with one fresh key, for its owner alone; an existing file is never touched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(SigningKeys("a1", {"a1": _fresh()}), beside=path)
    try:
        os.link(draft, path)
    finally:
        draft.unlink()


def rotate(path: Path) -> str:
    """Sign with a fresh key from now on; the old one's private half is gone."""
    held = read(path)
    kid = f"a{1 + max(int(known[1:]) for known in held.keys)}"
    retired = {"public": held.keys[held.current]["public"], "until": clock.now().strftime(TIME)}
    _draft(SigningKeys(kid, held.keys | {held.current: retired, kid: _fresh()}), beside=path).replace(path)
    return kid


def _draft(held: SigningKeys, *, beside: Path) -> Path:
    descriptor, name = tempfile.mkstemp(dir=beside.parent)  # mode 0600
    with os.fdopen(descriptor, "w") as file:
        json.dump({"current": held.current, "keys": held.keys}, file, indent=1)
        file.flush()
        os.fsync(descriptor)
    return Path(name)


def read(path: Path) -> SigningKeys:
    try:
        data = json.loads(path.read_text())
        held = SigningKeys(data["current"], data["keys"])
        sound = len(held.sign(b"")) and held.public and all(kid[0] == "a" and int(kid[1:]) for kid in held.keys)
    except FAULTS as failure:
        raise ImproperlyConfigured(
            f"MACAW_AUDIT_KEY_FILE: {path} cannot be read as signing keys ({failure})."
        ) from failure
    if not sound:
        raise ImproperlyConfigured(f"MACAW_AUDIT_KEY_FILE: {path} has a key whose name is not a1, a2, …")
    return held


def signing_keys() -> SigningKeys:
    path = Path(str(settings.MACAW_AUDIT_KEY_FILE))
    if settings.MACAW_DEMO and not path.exists():
        with suppress(FileExistsError):
            make(path)
    return read(path)
