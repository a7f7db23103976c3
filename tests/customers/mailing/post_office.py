"""A mail server on this machine that answers as it is told, and keeps what it took."""

import asyncio
import email
import email.policy
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)  # its own lines are not those of the product


class PostOffice:
    def __init__(self) -> None:
        self.answers = {"MAIL": "250 OK", "RCPT": "250 OK", "DATA": "250 2.0.0 Ok: queued as 4Tz7"}
        self.lines = 0  # how often somebody said hello
        self.letters: list[EmailMessage] = []
        self.hangs_up = ""  # before or after it took the mail
        self.slow = 0.0  # seconds until it answers
        self.may_answer = Event()
        self.may_answer.set()

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, name: str, said: Any) -> Any:  # noqa: N802  # aiosmtpd's name
        session.host_name = name
        self.lines += 1
        return said

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        return self.answers["MAIL"]

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers["RCPT"].replace("<>", f"<{address}>")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        if self.hangs_up == "before":
            abort(server)
        elif self.answers["DATA"].startswith("2"):
            self.letters.append(read(envelope.content))
        if self.hangs_up == "after":
            abort(server)
        await asyncio.sleep(self.slow)
        await asyncio.to_thread(self.may_answer.wait, 30)
        return self.answers["DATA"]

    def authenticate(self, *_: Any) -> AuthResult:
        return AuthResult(success=False, handled=False)

    @property
    def ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.letters]


def abort(server: SMTP) -> None:
    transport: Any = server.transport
    transport.abort()


def read(content: bytes | str | None) -> EmailMessage:
    assert isinstance(content, bytes)
    return email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def opened(office: PostOffice, **facts: Any) -> Iterator[int]:
    """The port it listens on."""
    controller = Controller(office, hostname="127.0.0.1", port=free_port(), **facts)
    controller.start()
    try:
        yield controller.port
    finally:
        office.may_answer.set()
        controller.stop()
