"""Deciding a notice: the mail is written in the transaction of what it tells, and sent afterwards, or never decided at all."""

from collections.abc import Mapping
from typing import Any

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
    """Subject and both bodies, in the reader's language."""
    letter = LETTERS[kind]
    with translation.override(language):
        subject = str(letter.subject) % context
        if subject.splitlines() != [subject]:
            raise Invalid(_("The subject of a mail must be one line."))
        facts = context | {"subject": subject, "reason": letter.reason, "language": language}
        facts |= {"base_url": settings.MACAW_BASE_URL, "support": settings.MACAW_SUPPORT_EMAIL}
        return {
            "subject": subject,
            "body_text": render_to_string(f"mail/{letter.template}.txt", facts).strip() + "\n",
            "body_html": render_to_string(f"mail/{letter.template}.html", facts),
        }


def _address(recipient: str) -> str:
    try:
        validate_email(recipient)
    except ValidationError:
        raise Invalid(_("There is no usable mail address to write to.")) from None
    return recipient
