"""What must be true of the mail we owe."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from smtplib import SMTPException

from django.core import mail
from django.db.models import F, Q

from customers.mailing.models import Notice
from macaw.kernel import clock
from macaw.kernel.doctor import Note, check
from macaw.kernel.jobs import queue

PATIENCE = timedelta(hours=1)
A_MOMENT = timedelta(minutes=1)  # clocks of two machines may differ that much


@check("no mail waits longer than an hour to go out")
def mail_goes_out() -> Iterable[str]:
    late = clock.now() - PATIENCE
    waiting = Notice.objects.filter(Q(due_at__lt=late) | Q(due_at__isnull=False, attempts__gt=0, decided_at__lt=late))
    for notice in waiting.order_by("pk").iterator():
        yield f"notices {notice.pk}: {notice.kind}, {notice.attempts} attempts, {notice.last_error or 'no worker took it'}"
    if failed := Notice.objects.failed().count():
        yield Note(f"{failed} were given up and wait on the desk")


@check("every notice was sent, is due, or was given up")
def mail_is_remembered() -> Iterable[str]:
    for key in Notice.objects.filter(due_at=None, sent_at=None, failed_at=None).values_list("pk", flat=True).iterator():
        yield f"notices {key}: nothing will ever send it"


@check("no notice was decided in the future, nor sent before it was decided")
def mail_has_its_time() -> Iterable[str]:
    odd = Notice.objects.filter(Q(decided_at__gt=clock.now() + A_MOMENT) | Q(sent_at__lt=F("decided_at") - A_MOMENT))
    for key, decided_at, sent_at in odd.values_list("pk", "decided_at", "sent_at").iterator():
        yield f"notices {key}: decided {decided_at:%Y-%m-%d %H:%M}, sent {f'{sent_at:%Y-%m-%d %H:%M}' if sent_at else 'not yet'}"


@check("the mail server lets us in")
def mail_server() -> Iterable[str]:
    """The one check that looks beyond the database: no row can tell that the next mail will not go."""
    backend = mail.get_connection()
    if not hasattr(backend, "answer"):
        yield Note("there is no mail server: EMAIL_URL is not set, and mail is printed")
    try:
        backend.open()
    except (SMTPException, OSError) as failure:
        yield queue.describe(failure)
    with suppress(SMTPException, OSError):
        backend.close()
