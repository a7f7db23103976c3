"""Reads who somebody is from the proxy's headers, and takes nothing that is not exactly as an honest proxy writes it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

LONGEST_USER, LONGEST_EMAIL, LONGEST_NAME = 150, 254, 200  # characters
MOST_GROUPS, LONGEST_GROUPS = 64, 4096  # items, bytes
USER = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,149}")
NOBODY = {"anonymous", "nil", "none", "null", "undefined"}  # what a program writes when it has no name to write
ALIEN = re.compile(r"[^A-Z0-9]")


class Malformed(Exception):
    """No honest proxy sends this. The reason is a word for the log, never a value."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the login portal knows them, on one request."""

    issuer: str
    subject: str
    full_name: str
    email: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Names:
    """The keys under which a server hands us the proxy's headers."""

    user: str
    groups: str
    name: str
    email: str
    secret: str

    @property
    def facts(self) -> tuple[str, ...]:
        return (self.groups, self.name, self.email)

    @property
    def all(self) -> tuple[str, ...]:
        return (self.user, *self.facts, self.secret)


def names() -> Names:
    start = "HTTP_" + settings.MACAW_AUTH_HEADER_PREFIX.upper().replace("-", "_")
    return Names(*(f"{start}_{part}" for part in ("USER", "GROUPS", "NAME", "EMAIL", "SECRET")))


def plain(key: str) -> str:
    """What a header would be called by a reader that drops `HTTP_` and takes every odd character for an underscore."""
    bare = ALIEN.sub("_", key.upper())
    while bare.startswith("HTTP_"):
        bare = bare.removeprefix("HTTP_")
    return bare


def spoken_for(meta: Mapping[str, Any]) -> Iterator[str]:
    """The keys that are an identity header or could pass for one."""
    wanted = {plain(name) for name in names().all}
    return (key for key in meta if plain(key) in wanted)


def aliases(meta: Mapping[str, Any]) -> list[str]:
    return [key for key in spoken_for(meta) if key not in names().all]


def forget(meta: dict[str, Any]) -> None:
    """Leave no identity where later code could take it for true."""
    for key in list(spoken_for(meta)):
        del meta[key]


def read(meta: Mapping[str, Any]) -> Identity | None:
    """Who the proxy says it is; None if it says nobody. Raises Malformed."""
    if aliases(meta):
        raise Malformed("alias")
    name = names()
    if not meta.get(name.user):
        if any(meta.get(fact) for fact in name.facts):
            raise Malformed("partial")
        return None
    return Identity(
        issuer=settings.MACAW_AUTH_PORTAL_URL,
        subject=_user(_decoded(meta, name.user, "user")),
        full_name=_full_name(meta.get(name.name, "")),
        email=_email(_decoded(meta, name.email, "email")),
        groups=_groups(_decoded(meta, name.groups, "groups")),
    )


def _decoded(meta: Mapping[str, Any], key: str, what: str) -> str:
    """A server shows bytes as latin-1; we read them as the UTF-8 they are."""
    try:
        return str(meta.get(key, "")).encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise Malformed(f"{what} encoding") from None


def _user(raw: str) -> str:
    if raw != unicodedata.normalize("NFKC", raw) or raw != raw.casefold() or not USER.fullmatch(raw):
        raise Malformed("user")
    if raw in NOBODY:
        raise Malformed("user placeholder")
    return raw


def _email(raw: str) -> str:
    if len(raw) > LONGEST_EMAIL or "," in raw or not raw.isprintable():
        raise Malformed("email")
    return raw


def _full_name(raw: str) -> str:
    """For display alone, so what cannot be read is shown as such."""
    read = str(raw).encode("latin-1", "replace").decode("utf-8", "replace")
    return "".join(letter for letter in read if letter.isprintable()).strip()[:LONGEST_NAME]


def _groups(raw: str) -> frozenset[str]:
    if not raw:
        return frozenset()
    items = raw.split(",")
    if len(raw.encode()) > LONGEST_GROUPS or len(items) > MOST_GROUPS:
        raise Malformed("groups size")
    if "" in items or len(set(items)) < len(items) or not all(item.isprintable() for item in items):
        raise Malformed("groups")
    return frozenset(items)
