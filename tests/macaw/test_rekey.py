"""A key is replaced while the product runs: every secret is sealed again, none is lost, none of a newer one undone."""

import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer
from domains.models import Domain
from macaw.kernel import crypto, rekeying
from macaw.kernel.writing import Actor
from tests import make

ACTOR = Actor("worker", "rekey")


@pytest.fixture
def ring(tmp_path: Path, settings: Any) -> Path:
    path = tmp_path / "ring.json"
    crypto.new_keyring(path)
    settings.MACAW_KEYRING_FILE = path
    return path


@pytest.fixture
def names(ring: Path, ashdown: Customer) -> list[Domain]:
    """Seven names with codes under the old key, two without any; the new key is current."""
    made = [make.domain(ashdown, f"n{number}.com", auth_code=f"code-{number}") for number in range(7)]
    make.domain(ashdown, "bare-1.com")
    make.domain(ashdown, "bare-2.com")
    crypto.rotate_keyring(ring)
    return made


def codes() -> list[str]:
    held = Domain.objects.exclude(auth_code=None).order_by("pk")
    return [domain.auth_code.reveal() for domain in held]


@pytest.mark.django_db
def test_every_secret_moves_to_the_current_key_in_batches(names: list[Domain], ring: Path) -> None:
    assert rekeying.count_by_key() == {"k1": 7, "k2": 0}
    chunks = list(rekeying.rekey_all(actor=ACTOR, size=3))
    assert [(chunk.done, chunk.total) for chunk in chunks] == [(3, 7), (6, 7), (7, 7), (7, 7)]
    assert rekeying.count_by_key() == {"k1": 0, "k2": 7}
    assert codes() == [f"code-{number}" for number in range(7)]
    prints = Domain.objects.exclude(auth_code=None).values_list("auth_code_fingerprint", flat=True)
    assert all(fingerprint.startswith("k2:") for fingerprint in prints), "the old key would be needed for ever"


@pytest.mark.django_db
def test_it_goes_on_where_it_was_interrupted_and_does_nothing_twice(names: list[Domain], ring: Path) -> None:
    first = rekeying.rekey_chunk("", actor=ACTOR, size=3)
    done = dict(
        Domain.objects.filter(pk__in=[name.pk for name in names[:3]]).values_list("pk", "auth_code_fingerprint")
    )
    sealed = [Domain.objects.get(pk=pk).auth_code.sealed for pk in done]
    second = rekeying.rekey_chunk(first.cursor, actor=ACTOR, size=3)
    assert (first.done, second.done) == (3, 6)
    list(rekeying.rekey_all(actor=ACTOR, size=3))  # from the very beginning, as after a crash
    assert [Domain.objects.get(pk=pk).auth_code.sealed for pk in done] == sealed
    assert rekeying.progress() == (7, 7)


@pytest.mark.django_db
def test_a_crash_in_a_batch_undoes_that_batch_alone(
    names: list[Domain], ring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rekeying.rekey_chunk("", actor=ACTOR, size=3)
    seal = crypto.Keyring.seal
    sealed: list[str] = []

    def failing(self: crypto.Keyring, plain: str, place: Any) -> str:
        if len(sealed) == 2:
            raise MemoryError
        sealed.append(plain)
        return seal(self, plain, place)

    with monkeypatch.context() as patched:
        patched.setattr(crypto.Keyring, "seal", failing)
        with pytest.raises(MemoryError):
            rekeying.rekey_chunk("", actor=ACTOR, size=3)
    assert rekeying.progress() == (3, 7)
    assert codes() == [f"code-{number}" for number in range(7)]


@pytest.mark.django_db
def test_a_code_that_changes_meanwhile_is_not_undone(
    names: list[Domain], ring: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, open_ = names[1], crypto.Keyring.open

    def meanwhile(self: crypto.Keyring, sealed: str, place: Any) -> str:
        plain = open_(self, sealed, place)
        if plain == "code-1":
            fresh = Domain.objects.get(pk=target.pk)
            fresh.auth_code = "newer"
            fresh.save()
        return plain

    with monkeypatch.context() as patched:
        patched.setattr(crypto.Keyring, "open", meanwhile)
        rekeying.rekey_chunk("", actor=ACTOR)
    target.refresh_from_db()
    assert target.auth_code.reveal() == "newer"
    assert rekeying.progress() == (7, 7)


@pytest.mark.django_db
def test_one_that_does_not_open_stops_nothing_and_keeps_its_key(names: list[Domain], ring: Path) -> None:
    broken = str(names[2].auth_code.sealed)
    Domain.objects.filter(pk=names[3].pk).update(auth_code=broken)
    list(rekeying.rekey_all(actor=ACTOR, size=2))
    assert rekeying.count_by_key() == {"k1": 1, "k2": 6}
    said = StringIO()
    call_command("rekey", stdout=said)
    assert "k1: 1 secrets; must stay" in said.getvalue()


@pytest.mark.django_db
def test_the_command_says_when_the_old_key_may_go(names: list[Domain], ring: Path) -> None:
    said = StringIO()
    call_command("rekey", stdout=said)
    assert "7 of 7 secrets are sealed with the current key." in said.getvalue()
    assert "k1: 0 secrets; may be taken out" in said.getvalue()
    assert "k2: 7 secrets; the current key." in said.getvalue()


@pytest.mark.django_db
def test_each_batch_is_a_gesture(names: list[Domain], ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gestures: list[Any] = []
    monkeypatch.setattr("macaw.kernel.writing._writers", [gestures.append])
    list(rekeying.rekey_all(actor=ACTOR, size=4))
    assert [(str(gesture.actor), gesture.verb) for gesture in gestures if gesture] == [
        ("worker:rekey", "secrets.rekeyed")
    ] * 2


@pytest.mark.django_db
def test_without_any_secret_there_is_nothing_to_do(ring: Path) -> None:
    assert rekeying.rekey_chunk("", actor=ACTOR) == rekeying.Chunk("", 0, 0)


def test_secrets_are_made_for_their_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    said = StringIO()
    call_command("secrets", str(folder), stdout=said)
    key, ring = folder / "secret-key", folder / "keyring.json"
    assert len(key.read_text()) >= 50
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, key, ring)] == [0o700, 0o600, 0o600]
    assert f"MACAW_KEYRING_FILE={ring}" in said.getvalue()
    before = (key.read_text(), ring.read_text())
    with pytest.raises(CommandError, match="is there already"):
        call_command("secrets", str(folder))
    assert (key.read_text(), ring.read_text()) == before
    call_command("secrets", str(folder), "--rotate", stdout=said)
    assert crypto.read_keyring(ring).current == "k2"
    assert key.read_text() == before[0]


def test_rotating_what_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read as a keyring"):
        call_command("secrets", str(tmp_path), "--rotate")
