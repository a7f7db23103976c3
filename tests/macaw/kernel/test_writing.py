import pytest
from django.db import transaction

from customers.models import User
from macaw.kernel import writing
from macaw.kernel.writing import Actor, Gesture
from tests import make

ALICE = Actor("user", "alice")


@pytest.mark.django_db(transaction=True)
def test_a_gesture_reaches_every_writer_inside_its_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    inside: list[tuple[Gesture | None, bool]] = []
    monkeypatch.setattr(writing, "_writers", [])
    writing.register(lambda gesture: inside.append((gesture, transaction.get_connection().in_atomic_block)))
    with writing.writing(ALICE, "contact.changed", request_id="r1") as gesture:
        pass
    assert inside == [(gesture, True), (None, True)]
    assert (str(gesture.actor), gesture.verb, gesture.request_id) == ("user:alice", "contact.changed", "r1")


@pytest.mark.django_db(transaction=True)
def test_a_failure_leaves_nothing_behind() -> None:
    def make_dora_and_fail() -> None:
        with writing.writing(ALICE, "user.made"):
            make.user("dora")
            raise LookupError

    with pytest.raises(LookupError):
        make_dora_and_fail()
    assert not User.objects.filter(username="dora").exists()


@pytest.mark.django_db(transaction=True)
def test_writing_refuses_to_nest_so_that_its_end_is_a_commit() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), writing.writing(ALICE, "user.made"):
        pass
