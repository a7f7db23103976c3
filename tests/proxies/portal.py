"""Answers as Authelia does, by what the session cookie asks for; and remembers what it was asked."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from urllib.parse import quote

PORTAL = "https://login.example.com"
COOKIE = "authelia_session"
SLOW = 8  # seconds: longer than a proxy waits


def cookie(user: str, *groups: str) -> str:
    """The cookie of somebody who is signed in; as user, `bare`, `slow`, `broken`, `dead` and `garbage` make it answer so."""
    return f"{COOKIE}={'!'.join([user, *groups])}"


class Portal(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # the library's name
        found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        user, *groups = found.value.split("!") if found else [""]
        if user == "slow":
            sleep(SLOW)
        if user in {"slow", "broken"}:
            self._answer(500)
        elif user == "dead":
            self.close_connection = True
        elif user == "garbage":
            self._answer(200, {"Remote-User": "admin,bob", "Remote-Groups": "portal-admins"})
        elif user == "bare":
            self._answer(200)
        elif user:
            facts = {"User": user, "Groups": ",".join(groups), "Name": user.title(), "Email": f"{user}@x.example"}
            self._answer(200, {f"Remote-{name}": value for name, value in facts.items()})
        else:
            self._refuse()

    do_POST = do_HEAD = do_OPTIONS = do_PUT = do_DELETE = do_GET  # noqa: N815  # the library's names

    def _refuse(self) -> None:
        """nginx is told 401 with a Location; others are redirected, unless a script asked."""
        by_nginx = self.path == "/api/authz/auth-request"
        path = self.headers.get("X-Forwarded-Uri", "")
        host = f"{self.headers.get('X-Forwarded-Proto')}://{self.headers.get('X-Forwarded-Host')}"
        target = self.headers.get("X-Original-URL", "") if by_nginx else host + path
        script = self.headers.get("X-Requested-With") == "XMLHttpRequest"
        self._answer(401 if by_nginx or script else 302, {"Location": f"{PORTAL}/?rd={quote(target, safe='')}&rm=GET"})

    def _answer(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Says nothing."""


@contextmanager
def portal() -> Iterator[int]:
    """The port at which it listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()
