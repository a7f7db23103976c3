"""Sending: a notice holds its mail ready written, and here it leaves for the mail server.

At least once, and as good as once. Between the server's "250" and our note of it lies a moment; a worker that is killed in it leaves
the notice due, and the next one sends it again. The Message-ID comes from the notice's uuid and stays the same, so mail servers and
readers can tell a second copy from a second notice.
"""

from contextlib import suppress
from email.utils import format_datetime
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from threading import local
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from customers.mailing.kinds import LETTERS
from customers.mailing.masks import unmasked
from customers.mailing.models import Notice
from macaw.kernel import clock
from macaw.kernel.jobs import queue
from macaw.kernel.jobs.queue import Drain, GiveUp

FOR_GOOD = 500  # SMTP answers from here on are final
_kept = local()  # each thread's own line to the mail server


class Deferred(Exception):
    """The mail server did not take it now; it is asked again, ever later."""


class Refused(GiveUp):
    """The mail server will never take this mail."""


def send(notice: Notice) -> dict[str, Any]:
    """Hand one mail over; what to note of it. Never inside a transaction: a slow server would hold its locks."""
    if connection.in_atomic_block:
        raise transaction.TransactionManagementError("Mail is sent outside of any transaction.")
    try:
        backend = _opened()
        backend.send_messages([message(notice)])
    except (SMTPException, OSError, ValueError) as failure:
        hang_up()
        raise _judged(failure, notice) from failure
    return {"sent_at": clock.now(), "outcome": getattr(backend, "answer", type(backend).__module__)}


def message(notice: Notice) -> EmailMultiAlternatives:
    """The mail of a notice: the same at every attempt."""
    headers = {
        "Message-ID": f"<{notice.uuid}@{urlsplit(settings.MACAW_BASE_URL).hostname}>",
        "Date": format_datetime(notice.decided_at),
        "Auto-Submitted": "auto-generated",
        "Content-Language": notice.language,
    }
    text, html = notice.body_text, notice.body_html
    if LETTERS[notice.kind].masked and notice.dedupe_key:
        text, html = unmasked(text, notice.dedupe_key), unmasked(html, notice.dedupe_key)
    return EmailMultiAlternatives(
        notice.subject,
        text,
        to=[notice.recipient],
        reply_to=[settings.MACAW_SUPPORT_EMAIL] if settings.MACAW_SUPPORT_EMAIL else None,
        headers=headers,
        alternatives=[(html, "text/html")],
    )


def hang_up() -> None:
    """Close this thread's line, if it keeps one."""
    backend: BaseEmailBackend | None = getattr(_kept, "backend", None)
    _kept.backend = None
    if backend is not None:
        with suppress(SMTPException, OSError):
            backend.close()


def _opened() -> BaseEmailBackend:
    """One line for a run of mails; it is closed when no more is due."""
    if getattr(_kept, "backend", None) is None:
        _kept.backend = get_connection()
    _kept.backend.open()
    backend: BaseEmailBackend = _kept.backend
    return backend


def _judged(failure: Exception, notice: Notice) -> Exception:
    """Final is what the server says of this recipient or this text. Anything else, a wrong password too, may pass: it would
    be a pity to give up every mail because of it."""
    code, said = _answer(failure)
    words = said.replace(notice.recipient, "<recipient>")  # it stands in the row; logs need no more of it
    if isinstance(failure, SMTPRecipientsRefused | SMTPDataError) and code >= FOR_GOOD:
        return Refused(words)
    if isinstance(failure, ValueError):
        return Refused(f"No mail can be made of it: {words}")
    return Deferred(words)


def _answer(failure: Exception) -> tuple[int, str]:
    """The server's code, or 0 where it gave none, and its words."""
    said: bytes | str
    if isinstance(failure, SMTPRecipientsRefused):
        [(code, said)] = failure.recipients.values()
    elif isinstance(failure, SMTPResponseException):
        code, said = failure.smtp_code, failure.smtp_error
    else:
        return 0, queue.describe(failure)
    return code, f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"


DRAIN = Drain("notices", Notice, send, threads=2, when_idle=hang_up)
