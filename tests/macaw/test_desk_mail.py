"""Staff try out whether mail goes: one short mail, to whom they say, not too often, and written down as theirs."""

import pytest
from django.test import Client

from customers.mailing.models import Notice
from customers.models import User
from macaw.kernel import writing
from macaw.kernel.jobs import queue
from macaw.kernel.limits.policies import POLICIES
from macaw.kernel.writing import Gesture
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)  # what a test mail costs is taken in a transaction of its own
PATH = "/desk/test-mail/"


def test_the_form_offers_their_own_address(as_sam: Client) -> None:
    assert 'value="sam@example.com"' in as_sam.get(PATH).content.decode()


def test_a_test_mail_is_due_at_once_and_its_page_is_shown(
    as_sam: Client, sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gestures: list[Gesture | None] = []
    monkeypatch.setattr(writing, "_writers", [gestures.append])
    answer = as_sam.post(PATH, {"recipient": "other@example.com"})
    notice = Notice.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/notices/{notice.uuid}/")
    assert (notice.kind, notice.recipient, notice.user) == ("test", "other@example.com", sam)
    assert "Sam Stone asked for this test" in notice.body_text
    assert [(str(gesture.actor), gesture.verb) for gesture in gestures if gesture] == [("user:sam", "mail.tested")]
    assert queue.claim(Notice, "ann") == [notice]
    assert "Waits to be sent" in as_sam.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    "recipient", ["", "nobody", "a@example.com, b@example.com", "a@example.com\nBcc: b@example.com"]
)
def test_what_is_not_one_address_is_said_and_sent_nowhere(as_sam: Client, recipient: str) -> None:
    answer = as_sam.post(PATH, {"recipient": recipient})
    assert answer.status_code == 422
    assert "No mail was sent" in answer.content.decode()
    assert not Notice.objects.exists()


def test_test_mails_have_a_limit(as_sam: Client) -> None:
    allowed = POLICIES["test_mail"].user
    assert allowed is not None
    answers = [as_sam.post(PATH, {"recipient": "a@example.com"}).status_code for _ in range(allowed.count + 1)]
    assert answers == [303] * allowed.count + [429]
    assert Notice.objects.count() == allowed.count
    assert as_sam.post(PATH, {"recipient": "nobody"}).status_code == 422, "what sends nothing costs nothing"


def test_only_staff_send_test_mails(as_alice: Client) -> None:
    assert as_alice.get(PATH).status_code == 403
    assert as_alice.post(PATH, {"recipient": "a@example.com"}).status_code == 403
    assert Client().post(PATH, {"recipient": "a@example.com"}).status_code == 302
    assert not Notice.objects.exists()


def test_the_desk_says_which_mail_to_whom(as_sam: Client, alice: User) -> None:
    make.notice(alice, subject="Mail arrives", kind="test", max_attempts=1)
    [row] = queue.claim(Notice, "ann")
    queue.give_up(row, ConnectionError("away"))
    for path in ("/desk/", "/desk/queues/notices/"):
        assert "test · alice@example.com · Mail arrives" in as_sam.get(path).content.decode()
