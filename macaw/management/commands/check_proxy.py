"""Plays the attacks on the login against a deployment, from outside, as bytes that no browser would send."""

import re
import socket
import ssl
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

TIMEOUT = 15
LARGEST = 1_000_000  # bytes of an answer
PRIVATE, PUBLIC, STAFF = "/settings/", "/help/", "/desk/"
SIGNED_IN = 'class="me"'  # what only a page for somebody who is signed in has in its frame
TO_PORTAL, REFUSED = {302, 303, 401}, {400, 403, 404, 405, 421, 431, 501}
CLOSED = 0  # the line was closed without an answer

# What a client may say of itself. The tests play these through nginx and Caddy too.
LIES: dict[str, tuple[str, ...]] = {
    "A02 a secret of their own": ("Remote-Secret: guess",),
    "A02 the secret twice": ("Remote-Secret: a", "Remote-Secret: b"),
    "A03 an underscore": ("Remote_User: admin", "Remote_Groups: portal-admins"),
    "A04 an underscore before": ("Remote_User: admin", "Remote-User: admin"),
    "A05 an underscore after": ("Remote-User: admin", "Remote_User: admin"),
    "A06 a dot": ("Remote.User: admin",),
    "A06 capitals": ("REMOTE-USER: admin", "remote-groups: portal-admins"),
    "A06 a space before the colon": ("Remote-User : admin",),
    "A07 HTTP before": ("HTTP-Remote-User: admin",),
    "A07 HTTP before, twice": ("HTTP-HTTP-Remote-User: admin", "Http_Remote_User: admin"),
    "A07 X before": ("X-Remote-User: admin",),
    "A08 twice, the same": ("Remote-User: admin", "Remote-User: admin"),
    "A08 twice, different": ("Remote-User: admin", "Remote-User: bob"),
    "A09 groups alone": ("Remote-Groups: portal-admins",),
    "A09 an empty user with groups": ("Remote-User:", "Remote-Groups: portal-admins"),
    "A10 Connection names the user": ("Connection: Remote-User", "Remote-User: admin"),
    "A10 Connection names the groups": ("Connection: close, Remote-Groups",),
    "A10 Connection names the secret": ("Connection: Remote-Secret",),
    "A13 groups in capitals": ("Remote-Groups: PORTAL-ADMINS",),
    "A14 a folded line": ("X-A: b", " Remote-User: admin"),
    "A14 a look-alike": ("Remote-User: ａdmin",),
    "A22 forwarded from here": ("X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1"),
    "A22 forwarded a hundred times": ("X-Forwarded-For: " + ", ".join(["10.0.0.1"] * 100),),
    "A22 forwarded from nonsense": ("X-Forwarded-For: fe80::1%eth0, garbage",),
    "A23 another address": ("X-Original-URL: /help/", "X-Rewrite-URL: /help/", "X-Forwarded-Uri: /help/"),
    "A23 another method": ("X-Forwarded-Method: OPTIONS", "X-HTTP-Method-Override: GET"),
    "A23 another host": ("X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http", "Forwarded: host=evil.example"),
    "A24 length and chunks": ("Content-Length: 4", "Transfer-Encoding: xchunked"),
    "A24 two lengths": ("Content-Length: 0", "Content-Length: 4"),
    "A27 a key": ("Authorization: Bearer key", "X-API-Key: key"),
}
DISGUISES = (
    "//desk/", "/./desk/", "/%64esk/", "/desk;x/", "/desk%00/", "/DESK/", "/help/../desk/", "/help/%2e%2e/desk/",
    "/help/..%2fdesk/", "/help/..%252fdesk/", "/static/../desk/", "/static/..%2fdesk/", "/help//../desk/", "/desk/../desk/",
    "/help/..;/desk/", "/signed-out/%2e%2e/desk/", "/desk/?x=/help/", "/desk/#/help/", "/help/\\..\\desk/", "/csp-report/../desk/",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str

    def header(self, name: str) -> str:
        found = re.search(rf"(?im)^{name}: *(.*?)\r?$", self.text.partition("\r\n\r\n")[0])
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    holds: bool
    words: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where attacks go: the portal's own address, and the place it is reached at where names do not lead there."""

    host: str
    place: tuple[str, int]
    authority: str = ""  # a file of certificates to trust beside the machine's own

    def ask(self, path: str, *lines: str, method: str = "GET") -> Answer:
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", "Accept: text/html", *lines, "Connection: close"]
        context = ssl.create_default_context(cafile=self.authority or None)
        with (
            socket.create_connection(self.place, TIMEOUT) as plain,
            context.wrap_socket(plain, server_hostname=self.host) as line,
        ):
            return converse(line, "\r\n".join([*head, "", ""]))


def converse(line: socket.socket, sent: str) -> Answer:
    heard = b""
    try:
        line.sendall(sent.encode())
        while len(heard) < LARGEST and (piece := line.recv(65536)):
            heard += piece
    except (TimeoutError, ConnectionError, ssl.SSLError):
        pass  # what was heard until then is the answer
    text = heard.decode("utf-8", "replace")
    found = re.match(r"HTTP/1\.[01] (\d{3})", text)
    return Answer(int(found[1]) if found else CLOSED, text)


def findings(target: Target) -> Iterator[Finding]:
    """Each attack, and whether it failed as it should."""
    portal = settings.MACAW_AUTH_PORTAL_URL
    answer = target.ask(PRIVATE)
    where = answer.header("Location")
    back = urlencode({"rd": f"https://{target.host}"})
    holds = answer.status in {302, 303} and where.startswith(f"{portal}/") and back in where
    yield Finding("A16 nobody, on a private page", holds, f"{answer.status}, leads to {where or 'nowhere'}")
    answer = target.ask(PRIVATE, "X-Requested-With: XMLHttpRequest")
    told = answer.status == HTTPStatus.UNAUTHORIZED
    yield Finding("A16 nobody, asked for by a script", told, f"{answer.status}; 401 keeps what was typed")
    for name, lines in LIES.items():
        yield from lied(target, name, lines)
    for path in DISGUISES:
        answer = target.ask(path)
        yield Finding(f"A26 {path}", closed(answer), f"{answer.status}")
    answer = target.ask(PRIVATE, f"Host: {target.host}", "Host: evil.example")
    yield Finding("A23 two hosts", closed(answer) and "evil.example" not in answer.text, f"{answer.status}")
    for path in sorted(settings.MACHINE_PATHS):
        answer = target.ask(path)
        yield Finding(f"A32 {path} from outside", answer.status in REFUSED, f"{answer.status}")
    answer = target.ask(PRIVATE, method="TRACE")
    yield Finding("A32 TRACE", closed(answer) and "TRACE /" not in answer.text, f"{answer.status}")
    age = target.ask(PUBLIC).header("Strict-Transport-Security")
    yield Finding("A23 https for ever", "max-age=" in age, age or "no Strict-Transport-Security")


def lied(target: Target, name: str, lines: tuple[str, ...]) -> Iterator[Finding]:
    """The same lie on a customers' page, on a staff page, and on one that anybody may read."""
    for path in (PRIVATE, STAFF):
        answer = target.ask(path, *lines)
        yield Finding(f"{name}, on {path}", closed(answer), f"{answer.status}")
    answer = target.ask(PUBLIC, *lines)
    anonymous = answer.status in {200, CLOSED} | REFUSED and SIGNED_IN not in answer.text
    yield Finding(f"{name}, on {PUBLIC}", anonymous and "evil.example" not in answer.text, f"{answer.status}")


def closed(answer: Answer) -> bool:
    """Nothing private was shown: the portal was pointed to, or the request refused."""
    return answer.status in TO_PORTAL | REFUSED | {CLOSED} and SIGNED_IN not in answer.text


def past_the_proxy(place: tuple[str, int], host: str) -> Finding:
    """Whether Macaw itself answers at this place to who is not the proxy."""
    name = f"A01 past the proxy, at {place[0]}:{place[1]}"
    try:
        with socket.create_connection(place, TIMEOUT) as line:
            sent = f"GET {PRIVATE} HTTP/1.1\r\nHost: {host}\r\nRemote-User: admin\r\nConnection: close\r\n\r\n"
            answer = converse(line, sent)
    except OSError as failure:
        return Finding(name, holds=True, words=f"no connection ({failure.strerror or type(failure).__name__})")
    return Finding(name, answer.status in {403, CLOSED}, f"{answer.status}")


def place(raw: str) -> tuple[str, int]:
    host, _, port = raw.rpartition(":")
    if not host or not port.isdecimal():
        raise CommandError(f"{raw!r}: use HOST:PORT.")
    return host.strip("[]"), int(port)


class Command(BaseCommand):
    help = "Attack the login of a deployment from outside, and say of each attack whether it failed as it should."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default=settings.MACAW_BASE_URL, help="The portal's address; MACAW_BASE_URL.")
        parser.add_argument("--connect", help="HOST:PORT of the proxy, if the name does not lead there from here.")
        parser.add_argument("--direct", help="HOST:PORT where Macaw itself may listen; nobody should be heard there.")
        parser.add_argument("--authority", default="", help="A file of certificates to trust beside the machine's own.")

    def handle(self, *args: Any, **options: Any) -> None:
        parts = urlsplit(options["url"])
        if parts.scheme != "https" or not parts.hostname:
            raise CommandError("Give the address that customers use: --url https://names.example.com")
        at = place(options["connect"]) if options["connect"] else (parts.hostname, parts.port or 443)
        try:
            found = list(findings(Target(parts.hostname, at, options["authority"])))
        except OSError as failure:
            raise CommandError(f"{at[0]}:{at[1]} does not answer: {failure}") from failure
        if options["direct"]:
            found.append(past_the_proxy(place(options["direct"]), parts.hostname))
        for finding in found:
            self.stdout.write(f"{'pass' if finding.holds else 'FAIL'}  {finding.name}: {finding.words}")
        failed = sum(not finding.holds for finding in found)
        if failed:
            raise CommandError(f"{failed} of {len(found)} attacks got further than they may. Do not open this portal.")
        self.stdout.write(f"All {len(found)} attacks failed, as they should.")
