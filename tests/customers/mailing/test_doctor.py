"""The doctor finds mail that does not go, and asks the mail server itself."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from customers.mailing.models import Notice
from customers.models import User
from macaw.kernel import clock as time
from macaw.kernel import doctor
from tests import make
from tests.customers.mailing.post_office import PostOffice, free_port, opened

Clock = time_machine.Traveller
pytestmark = pytest.mark.django_db


def result(name: str) -> doctor.Result:
    (check,) = (check for check in doctor.checks() if check.name == name)
    return doctor.examine(check)


@pytest.mark.parametrize("minutes", [59, 61])
def test_mail_that_nobody_takes_is_found_after_an_hour(alice: User, clock: Clock, minutes: int) -> None:
    notice = make.notice(alice)
    clock.shift(timedelta(minutes=minutes))
    found = result("mail_goes_out")
    assert found.ok is (minutes < 60)
    assert found.first == ("" if found.ok else f"notices {notice.pk}: welcome, 0 attempts, no worker took it")


def test_mail_that_is_tried_for_an_hour_is_found_though_its_next_attempt_is_to_come(alice: User, clock: Clock) -> None:
    make.notice(alice)
    clock.shift(timedelta(hours=2))
    Notice.objects.update(due_at=time.now() + timedelta(hours=1), attempts=13, last_error="Deferred: 451 later")
    assert result("mail_goes_out").first.endswith("13 attempts, Deferred: 451 later")


def test_what_was_sent_or_given_up_is_no_fault(alice: User, clock: Clock) -> None:
    make.notice(alice, due_at=None, sent_at=time.now(), outcome="250 OK")
    make.notice(alice, due_at=None, failed_at=time.now())
    clock.shift(timedelta(days=3))
    found = result("mail_goes_out")
    assert found.ok
    assert found.notes == ["1 were given up and wait on the desk"]
    assert result("mail_is_remembered").ok


def test_mail_that_nothing_will_send_is_found(alice: User) -> None:
    notice = make.notice(alice, due_at=None)
    assert result("mail_is_remembered").first == f"notices {notice.pk}: nothing will ever send it"


@pytest.mark.parametrize(
    "facts",
    [
        {"decided_at": timedelta(hours=1)},
        {"due_at": None, "sent_at": timedelta(hours=-1)},
    ],
)
def test_times_that_cannot_be_are_found(alice: User, clock: Clock, facts: dict[str, Any]) -> None:
    moments = {name: gap and time.now() + gap for name, gap in facts.items()}
    make.notice(alice, **moments)
    assert result("mail_has_its_time").offenders == 1


def test_the_mail_server_is_asked(office: PostOffice) -> None:
    found = result("mail_server")
    assert found.ok, found.first
    assert (found.notes, office.lines, office.letters) == ([], 0, [])


def test_a_mail_server_that_is_away_is_told(settings: Any) -> None:
    settings.EMAIL_BACKEND = "customers.mailing.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    assert "ConnectionRefusedError" in result("mail_server").first


def test_a_password_that_no_longer_opens_is_told(settings: Any) -> None:
    office = PostOffice()
    with opened(office, authenticator=office.authenticate, auth_require_tls=False) as port:
        settings.EMAIL_BACKEND = "customers.mailing.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "macaw", "not-the-password"
        found = result("mail_server")
    assert "535" in found.first
    assert "not-the-password" not in found.first


def test_having_no_mail_server_is_told(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    found = result("mail_server")
    assert found.ok
    assert found.notes == ["there is no mail server: EMAIL_URL is not set, and mail is printed"]
