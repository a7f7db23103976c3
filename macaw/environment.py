"""Reads the environment strictly: a setting that is unknown, malformed or in contradiction stops the start with a sentence."""

import os
import re
import secrets
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

PREFIX = "MACAW_"

# Every variable of ours; the conventional names beside them are DATABASE_URL, SECRET_KEY and EMAIL_URL.
KNOWN = {
    "MACAW_AUDIT_KEY_FILE",
    "MACAW_AUTH_GROUPS",
    "MACAW_AUTH_HEADER_PREFIX",
    "MACAW_AUTH_MODE",
    "MACAW_AUTH_PEERS",
    "MACAW_AUTH_PORTAL_URL",
    "MACAW_AUTH_REQUIRED_GROUP",
    "MACAW_AUTH_SECRET",
    "MACAW_BASE_URL",
    "MACAW_DATABASE_POOL",
    "MACAW_DATA_DIR",
    "MACAW_DEMO",
    "MACAW_ENV_FILE",
    "MACAW_KEYRING_FILE",
    "MACAW_LOG_FORMAT",
    "MACAW_MAIL_FROM",
    "MACAW_METRICS_TOKEN",
    "MACAW_PROXY_COUNT",
    "MACAW_REGISTRAR_LIVE",
    "MACAW_REGISTRAR_URL",
    "MACAW_SLOW_QUERY_MS",
    "MACAW_STATEMENT_TIMEOUT",
    "MACAW_SUPPORT_EMAIL",
    "MACAW_TEST_DATABASE_URL",
}
ENV_LINE = re.compile(r"(#.*)?|(export )?[A-Za-z_][A-Za-z_0-9]*=.*")
SECRETS = {"SECRET_KEY", "DATABASE_URL", "EMAIL_URL", "MACAW_AUTH_SECRET", "MACAW_METRICS_TOKEN"}
UNIX = "unix"  # a peer that speaks through a socket file
WIDEST = {4: 16, 6: 48}  # bits of the widest range that may pass for "our proxy"
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*")
Peers = tuple[IPv4Network | IPv6Network | str, ...]
_from_files: dict[str, str] = {}  # not in the environment, which children inherit and others may read


def refuse(sentence: str) -> NoReturn:
    raise ImproperlyConfigured(sentence)


def load(root: Path) -> None:
    """Take in the env file and what each `X_FILE` points at, and refuse names we do not know."""
    named = os.environ.get("MACAW_ENV_FILE")
    if named or (root / ".env").exists():
        _take_in(Path(named or root / ".env"))
    for name in sorted(SECRETS):
        path = os.environ.get(f"{name}_FILE")
        if not path:
            continue
        if os.environ.get(name):
            refuse(f"{name} and {name}_FILE are both set; keep one.")
        try:
            _from_files[name] = Path(path).read_text().strip()
        except OSError as failure:
            refuse(f"{name}_FILE: {path} cannot be read ({failure.strerror}).")
    known = KNOWN | {f"{name}_FILE" for name in SECRETS}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        refuse(f"unknown setting {', '.join(unknown)}; see docs/operations.md for the list.")


def _take_in(path: Path) -> None:
    """Set what the file says and the environment does not; a line that is no setting is named by number, not shown."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as failure:
        refuse(f"MACAW_ENV_FILE: {path} cannot be read ({getattr(failure, 'strerror', 'not UTF-8')}).")
    for number, line in enumerate(lines, 1):
        if not ENV_LINE.fullmatch(line):
            refuse(f"MACAW_ENV_FILE: line {number} of {path} is neither NAME=value nor a comment.")
    environ.Env.read_env(str(path))


def read(name: str, parse: Callable[[str], T], default: T) -> T:
    """The variable, parsed; what cannot be parsed is named with its value's fault, never with the value of a secret."""
    raw = _from_files.get(name) or os.environ.get(name, "")
    if not raw:
        return default
    try:
        return parse(raw)
    except (ValueError, KeyError, ImproperlyConfigured) as failure:
        refuse(
            f"{name}: its value is not usable." if name in SECRETS else f"{name}: {raw!r} is not usable ({failure})."
        )


def number(least: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not raw.isdecimal() or int(raw) < least:
            raise ValueError(f"use a whole number, at least {least}")
        return int(raw)

    return parse


def switch(raw: str) -> bool:
    try:
        return {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }[raw.lower()]
    except KeyError:
        raise ValueError("use 1 or 0") from None


def origin(raw: str) -> str:
    """An origin such as https://names.example.com, without a path."""
    parts = urlsplit(raw)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise ValueError("use an origin such as https://names.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def peers(raw: str) -> Peers:
    """`unix`, addresses and ranges, by commas or spaces; none so wide that it would trust strangers."""
    return tuple(UNIX if word == UNIX else _range(word) for word in raw.replace(",", " ").split())


def _range(word: str) -> IPv4Network | IPv6Network:
    try:
        found = ip_network(word)
    except ValueError:
        raise ValueError("use unix, an address such as 192.0.2.7, or a range such as 192.0.2.0/29") from None
    if found.prefixlen < WIDEST[found.version]:
        raise ValueError(f"{found} is too wide: name the proxy itself")
    return found


def header_name(raw: str) -> str:
    if not HEADER_NAME.fullmatch(raw):
        raise ValueError("use letters, digits and single hyphens, such as Remote")
    return raw


def roles_by_group(*roles: str) -> Callable[[str], dict[str, str]]:
    """`their-group=role, other-group=role`: exact names of groups, each with one role."""

    def parse(raw: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for pair in raw.split(","):
            group, _, role = (part.strip() for part in pair.partition("="))
            if not group or role not in roles:
                raise ValueError(f"use group=role with one of {', '.join(roles)}")
            if group in found:
                raise ValueError(f"{group} stands there twice")
            found[group] = role
        return found

    return parse


def one_of(*words: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in words:
            raise ValueError("use " + " or ".join(words))
        return raw

    return parse


def is_loopback(host: str | None) -> bool:
    if host is None or host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def demo_secret(path: Path) -> str:
    """A secret of this demo alone, made at the first start and kept beside its database."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text()
