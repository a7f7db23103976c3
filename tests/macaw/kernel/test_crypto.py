"""A sealed value opens in its place, with its key, whole, and in no other case."""

import base64
import json
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from macaw.kernel import crypto
from macaw.kernel.crypto import Keyring, Unsealable

PLACE = ("domains", "auth_code", "row-1")
RING = Keyring("k2", {"k1": b"1" * crypto.KEY_BYTES, "k2": b"2" * crypto.KEY_BYTES})
OLD = Keyring("k1", {"k1": RING.keys["k1"]})


@given(st.text())
def test_any_text_comes_back_as_it_went_in(plain: str) -> None:
    sealed = RING.seal(plain, PLACE)
    assert RING.open(sealed, PLACE) == plain
    assert crypto.key_id(sealed) == "k2"


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert RING.seal("code", PLACE) != RING.seal("code", PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        ("domains", "auth_code", "row-2"),
        ("domains", "other_code", "row-1"),
        ("notices", "auth_code", "row-1"),
        ("domainsauth_code", "", "row-1"),
    ],
)
def test_a_value_copied_to_another_row_column_or_table_does_not_open(elsewhere: tuple[str, ...]) -> None:
    with pytest.raises(Unsealable):
        RING.open(RING.seal("code", PLACE), elsewhere)


def test_a_value_with_any_byte_changed_does_not_open() -> None:
    version, kid, nonce, text = RING.seal("code", PLACE).split(".")
    for part in (nonce, text):
        raw = bytearray(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for at in range(len(raw)):
            changed = bytearray(raw)
            changed[at] ^= 1
            other = base64.urlsafe_b64encode(bytes(changed)).decode().rstrip("=")
            forged = [version, kid, *([other, text] if part is nonce else [nonce, other])]
            with pytest.raises(Unsealable):
                RING.open(".".join(forged), PLACE)


@pytest.mark.parametrize("damaged", ["", "v1", "code", "v2.k2.a.b", "v1.k2.a", "v1.k2..", "v1.k2.!.!", "v1.k2.a.b.c"])
def test_what_is_not_sealed_says_so_and_shows_no_value(damaged: str) -> None:
    with pytest.raises(Unsealable) as refusal:
        RING.open(damaged, PLACE)
    assert "domains.auth_code" in str(refusal.value)


def test_text_behind_a_sealed_value_is_refused() -> None:
    with pytest.raises(Unsealable):
        RING.open(RING.seal("code", PLACE) + ".more", PLACE)


def test_a_value_under_another_keys_name_does_not_open() -> None:
    with pytest.raises(Unsealable):
        RING.open(RING.seal("code", PLACE).replace("v1.k2.", "v1.k1."), PLACE)


def test_a_value_whose_key_is_gone_names_the_key() -> None:
    with pytest.raises(Unsealable, match="'k2'"):
        OLD.open(RING.seal("code", PLACE), PLACE)


def test_an_old_key_still_opens_its_values() -> None:
    assert RING.open(OLD.seal("code", PLACE), PLACE) == "code"


def test_a_fingerprint_tells_two_codes_of_a_row_apart_and_says_nothing_across_rows_or_keys() -> None:
    print_of = RING.fingerprint("code", PLACE)
    assert print_of == RING.fingerprint("code", PLACE)
    assert print_of.startswith("k2:")
    assert "code" not in print_of
    others = {
        RING.fingerprint("other", PLACE),
        RING.fingerprint("code", ("domains", "auth_code", "row-2")),
        RING.fingerprint("code", PLACE, "k1"),
    }
    assert len(others | {print_of}) == 4


def test_a_new_keyring_is_its_owners_alone_and_replaces_none(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "ring.json"
    crypto.new_keyring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_text()
    with pytest.raises(FileExistsError):
        crypto.new_keyring(path)
    assert path.read_text() == first
    assert [file.name for file in path.parent.iterdir()] == ["ring.json"], "a draft is left behind"


def test_rotation_adds_a_current_key_and_keeps_the_old_ones(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    crypto.new_keyring(path)
    before = crypto.read_keyring(path)
    assert crypto.rotate_keyring(path) == "k2"
    after = crypto.read_keyring(path)
    assert after.current == "k2"
    assert after.keys["k1"] == before.keys["k1"]
    assert after.keys["k2"] != after.keys["k1"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert crypto.rotate_keyring(path) == "k3"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"current": "k1", "keys": {}}',
        '{"current": "k1", "keys": {"k1": "c2hvcnQ="}}',
        '{"current": "k1", "keys": {"k1": 7}}',
        json.dumps({"current": "a.b", "keys": {"a.b": base64.b64encode(b"1" * 64).decode()}}),
    ],
)
def test_a_file_that_is_no_keyring_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ring.json"
    path.write_text(text)
    with pytest.raises(ImproperlyConfigured, match="MACAW_KEYRING_FILE"):
        crypto.read_keyring(path)


def test_a_rotated_keyring_is_used_without_a_restart(tmp_path: Path, settings: pytest.FixtureRequest) -> None:
    path = tmp_path / "ring.json"
    crypto.new_keyring(path)
    settings.MACAW_KEYRING_FILE = path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    assert crypto.keyring().current == "k1"
    assert crypto.keyring() is crypto.keyring(), "read once while the file stays"
    crypto.rotate_keyring(path)
    assert crypto.keyring().current == "k2"


def test_a_missing_keyring_is_made_in_a_demo_and_refused_elsewhere(
    tmp_path: Path, settings: pytest.FixtureRequest
) -> None:
    settings.MACAW_KEYRING_FILE = tmp_path / "ring.json"  # type: ignore[attr-defined]
    settings.MACAW_DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        crypto.keyring()
    settings.MACAW_DEMO = True  # type: ignore[attr-defined]
    assert crypto.keyring().current == "k1"
