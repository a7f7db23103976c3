"""What leaves, what is tried again, what is given up, and what is noted of it."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from threading import Event
from typing import Any

import pytest
import time_machine
from django.db import transaction

from customers.mailing import notices, outbox
from customers.mailing.models import Notice
from customers.models import User
from macaw.kernel import clock as time
from macaw.kernel.jobs import queue
from macaw.kernel.jobs.hands import Hand
from tests.customers.mailing.post_office import PostOffice, free_port, opened

Clock = time_machine.Traveller
pytestmark = pytest.mark.django_db(transaction=True)


def decided(user: User, number: int = 1, **facts: Any) -> Notice:
    facts = {"recipient": "alice@example.com", "context": {"account": "Ashdown Studio"}} | facts
    with transaction.atomic():
        for _ in range(number):
            notice = notices.decide(kind=Notice.Kind.WELCOME, user=user, **facts)
    return notice


@pytest.fixture
def hand() -> Hand:
    return Hand(outbox.DRAIN, "ann", Event())


def test_a_mail_leaves_whole_and_its_answer_is_noted(
    alice: User, office: PostOffice, hand: Hand, clock: Clock, settings: Any
) -> None:
    settings.MACAW_SUPPORT_EMAIL = "help@example.com"
    notice = decided(alice)
    clock.shift(timedelta(minutes=3))
    assert hand.turn()
    [letter] = office.letters
    assert letter["Subject"] == "Your Macaw account Ashdown Studio is open"
    assert (letter["To"], letter["Reply-To"]) == ("alice@example.com", "help@example.com")
    assert letter["From"] == settings.DEFAULT_FROM_EMAIL
    assert letter["Message-ID"] == f"<{notice.uuid}@127.0.0.1>"
    assert parsedate_to_datetime(letter["Date"]) == notice.decided_at
    assert (letter["Auto-Submitted"], letter["Content-Language"]) == ("auto-generated", "en")
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    plain = letter.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == notice.body_text.splitlines()
    notice.refresh_from_db()
    assert notice.outcome == "250 2.0.0 Ok: queued as 4Tz7"
    assert (notice.sent_at, notice.due_at, notice.leased_by) == (time.now(), None, "")


PASSING = [
    {"RCPT": "450 4.2.1 Mailbox busy"},
    {"RCPT": "421 4.3.2 Going down"},
    {"DATA": "451 4.3.0 Try later"},
    {"MAIL": "550 5.7.1 This sender may not"},  # ours to mend, and then all go out
]


@pytest.mark.parametrize("answers", PASSING, ids=str)
def test_what_may_pass_is_tried_again_later(
    alice: User, office: PostOffice, hand: Hand, clock: Clock, answers: dict[str, str]
) -> None:
    decided(alice)
    office.answers |= answers
    hand.turn()
    notice = Notice.objects.get()
    assert (notice.failed_at, notice.sent_at, notice.attempts) == (None, None, 1)
    assert notice.last_error == f"Deferred: {' '.join(answers.values())}"
    assert notice.due_at is not None
    assert timedelta(seconds=2) < notice.due_at - time.now() <= timedelta(seconds=5)
    assert not hand.turn()
    office.answers |= dict.fromkeys(answers, "250 OK")
    clock.shift(timedelta(seconds=6))
    assert hand.turn()
    assert office.ids == [f"<{notice.uuid}@127.0.0.1>"]
    notice.refresh_from_db()
    assert (notice.last_error, notice.attempts) == ("", 0)


@pytest.mark.parametrize(
    ("stage", "answer"), [("RCPT", "550 5.1.1 <>: no such user"), ("DATA", "554 5.7.1 Not such words")]
)
def test_what_is_refused_for_good_is_given_up_at_once(
    alice: User, office: PostOffice, hand: Hand, stage: str, answer: str
) -> None:
    decided(alice)
    office.answers[stage] = answer
    hand.turn()
    notice = Notice.objects.get()
    assert notice.failed_at is not None
    assert (notice.due_at, notice.attempts) == (None, 1)
    assert notice.last_error == f"Refused: {answer.replace('<>', '<<recipient>>')}"
    assert office.letters == []


def test_one_that_is_refused_holds_up_no_other(alice: User, office: PostOffice, hand: Hand) -> None:
    decided(alice)
    office.answers["RCPT"] = "550 5.1.1 no such user"
    hand.turn()
    office.answers["RCPT"] = "250 OK"
    decided(alice)
    hand.turn()
    first, second = Notice.objects.order_by("pk")
    assert (bool(first.failed_at), bool(first.sent_at)) == (True, False)
    assert (bool(second.failed_at), bool(second.sent_at)) == (False, True)


def test_nobody_listens(alice: User, hand: Hand, settings: Any) -> None:
    settings.EMAIL_BACKEND = "customers.mailing.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    decided(alice)
    hand.turn()
    notice = Notice.objects.get()
    assert notice.last_error.startswith("Deferred: ConnectionRefusedError")
    assert notice.failed_at is None


def test_a_wrong_password_gives_up_no_mail_and_stands_nowhere(
    alice: User, hand: Hand, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    office = PostOffice()
    with opened(office, authenticator=office.authenticate, auth_require_tls=False) as port:
        settings.EMAIL_BACKEND = "customers.mailing.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "macaw", "not-the-password"
        decided(alice)
        hand.turn()
    notice = Notice.objects.get()
    assert notice.last_error.startswith("Deferred: 535")
    assert notice.failed_at is None
    logged = caplog.text
    assert "job.retried" in logged
    assert "not-the-password" not in logged + notice.last_error


def test_a_server_that_hangs_up_is_asked_again(alice: User, office: PostOffice, hand: Hand, clock: Clock) -> None:
    """Also where it had taken the mail by then; that copy has the same Message-ID."""
    decided(alice)
    for place in ("before", "after", ""):
        office.hangs_up = place
        assert hand.turn()
        clock.shift(timedelta(minutes=1))
    assert len(office.ids) == 2
    assert len(set(office.ids)) == 1
    assert office.letters[0]["Date"] == office.letters[1]["Date"]
    assert Notice.objects.get().sent_at is not None


def test_a_server_that_is_too_slow_is_asked_again(alice: User, office: PostOffice, hand: Hand, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    office.slow = 1.0
    decided(alice)
    hand.turn()
    assert "timed out" in Notice.objects.get().last_error


def test_a_run_of_mails_needs_one_line(alice: User, office: PostOffice, hand: Hand) -> None:
    decided(alice, number=5)
    while hand.turn():
        pass
    assert (len(office.letters), office.lines) == (5, 1)
    assert getattr(outbox._kept, "backend", None) is None, "an idle worker keeps no line"
    decided(alice)
    hand.turn()
    assert (len(office.letters), office.lines) == (6, 2)


def test_mail_is_not_sent_inside_a_transaction(alice: User, office: PostOffice) -> None:
    notice = decided(alice)
    with transaction.atomic(), pytest.raises(transaction.TransactionManagementError):
        outbox.send(notice)
    assert office.lines == 0


def test_what_is_no_address_is_given_up(alice: User, office: PostOffice, hand: Hand) -> None:
    decided(alice)
    Notice.objects.update(recipient="nobody@home@example.com")
    hand.turn()
    notice = Notice.objects.get()
    assert notice.failed_at is not None
    assert notice.last_error.startswith("Refused: No mail can be made of it")


def test_logs_hold_nothing_that_was_written(
    alice: User, office: PostOffice, hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    decided(alice)
    hand.turn()
    office.answers["RCPT"] = "450 4.2.1 <>: busy"
    decided(alice)
    hand.turn()
    logged = caplog.text
    assert "job.done" in logged
    assert "4.2.1" in logged
    for private in ("Ashdown", "alice@example.com", "password to choose"):
        assert private not in logged


def test_without_a_mail_server_mail_is_printed(
    alice: User, hand: Hand, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    notice = decided(alice)
    hand.turn()
    outbox.hang_up()
    assert f"Message-ID: <{notice.uuid}@" in capsys.readouterr().out
    notice.refresh_from_db()
    assert notice.sent_at is not None
    assert not notice.was_taken


def test_a_mail_server_has_about_a_day_to_come_back() -> None:
    hours = sum(queue.backoff(attempt) for attempt in range(1, notices.ATTEMPTS)) / 3600
    assert 18 < hours < 28
