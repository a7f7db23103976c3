"""Deciding a notice: the mail is written in the transaction of what it tells, and sent afterwards, or never decided at all."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from customers.mailing.kinds import LETTERS
from customers.mailing.models import Notice
from customers.models import Customer, User
from macaw.kernel import clock
from macaw.kernel.errors import Invalid
from macaw.kernel.jobs import queue

ATTEMPTS = 40  # about a day: ever later within the first hour, then hourly
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")  # signs that make text after them run the other way
MANY_BREAKS = re.compile(r"\n{3,}")  # what tags of a text template leave behind


def decide(
    *,
    kind: str,
    recipient: str,
    user: User | None = None,
    customer: Customer | None = None,
    context: Mapping[str, Any] | None = None,
    dedupe_key: str | None = None,
    language: str = "",
) -> Notice:
    """Write the mail now, for sending once the caller's transaction commits. The same occasion gives the same row."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A notice is decided in the transaction of what it tells.")
    known = Notice.objects.filter(dedupe_key=dedupe_key).first() if dedupe_key else None
    if known:
        return known
    language = language or (user.language if user else settings.LANGUAGE_CODE)
    facts = {
        "kind": kind,
        "recipient": _address(recipient),
        "user": user,
        "customer": customer,
        "language": language,
        "decided_at": clock.now(),
        "max_attempts": ATTEMPTS,
        **_written(kind, language, {"user": user, "customer": customer, **(context or {})}),
    }
    if dedupe_key:
        notice, _made = Notice.objects.get_or_create(dedupe_key=dedupe_key, defaults=facts)
    else:
        notice = Notice.objects.create(**facts)
    queue.wake(Notice)
    return notice


def _written(kind: str, language: str, context: dict[str, Any]) -> dict[str, str]:
    """Subject and both bodies, in the reader's language. A value begins neither a header nor a paragraph."""
    letter = LETTERS[kind]
    values = {name: _one_line(value) if isinstance(value, str) else value for name, value in context.items()}
    with translation.override(language):
        subject = _one_line(str(letter.subject) % values)
        base_url = settings.MACAW_BASE_URL
        facts = values | {"subject": subject, "reason": letter.reason, "language": language}
        facts |= {"base_url": base_url, "host": urlsplit(base_url).netloc, "support": settings.MACAW_SUPPORT_EMAIL}
        return {
            "subject": subject,
            "body_text": MANY_BREAKS.sub("\n\n", render_to_string(f"mail/{letter.template}.txt", facts)).strip() + "\n",
            "body_html": render_to_string(f"mail/{letter.template}.html", facts).lstrip(),
        }


def _one_line(text: str) -> str:
    return " ".join(TURNING.sub("", text).split())


def _address(recipient: str) -> str:
    try:
        validate_email(recipient)
    except ValidationError:
        raise Invalid(_("There is no usable mail address to write to.")) from None
    return recipient
