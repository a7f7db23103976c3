"""An export is proven elsewhere by one file that needs nothing of ours, and by the mathematics of the standards."""

import json
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import keys, verifier
from audit.capture import standing
from customers.models import Contact, Customer
from tests.audit.trail import Line, changed, doctor_says

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(trail: Contact, tmp_path: Path) -> Path:
    standing.put_up(connection)
    call_command("audit_export", tmp_path / "trail.jsonl.gz", stdout=StringIO())
    call_command("audit_anchor", tmp_path / "anchor.jsonl", stdout=StringIO())
    return tmp_path / "trail.jsonl.gz"


def prove(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The file alone, in a Python without site-packages and away from this tree."""
    copy = path.parent / "verifier.py"
    copy.write_text(Path(verifier.__file__).read_text())
    command = [sys.executable, "-I", "-S", str(copy), str(path), *options]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)


def test_an_export_is_proven_by_one_file_that_needs_nothing(exported: Path) -> None:
    done = prove(exported, "--anchor", str(exported.parent / "anchor.jsonl"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Proven: 4 seals over")
    assert "Without --anchor" in prove(exported).stdout


def unpacked(exported: Path, change: Callable[[list[Line]], list[Line]]) -> Path:
    lines = change(list(verifier._lines(exported)))
    path = exported.parent / "changed.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def _edit(lines: list[Line]) -> list[Line]:
    lines[1]["changed_by"] = "user:mallory"
    return lines


def _sign_anew(lines: list[Line]) -> list[Line]:
    """With a key of one's own, which the header then gives as the true one."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    lines[0]["keys"]["a1"]["public"] = key.public_key().public_bytes_raw().hex()
    before: Line | None = None
    for line in lines[1:]:
        if line["kind"] == "seal":
            line["previous"] = verifier.digest(before) if before else ""
            line["signature"] = key.sign(verifier.signed(line)).hex()
            before = line
    return lines


ELSEWHERE: dict[str, tuple[Callable[[list[Line]], list[Line]], str]] = {
    "untouched": (lambda lines: lines, ""),
    "edited": (_edit, "it is not what was sealed"),
    "an entry less": (lambda lines: lines[:1] + lines[2:], "removed"),
    "an entry twice": (lambda lines: [*lines[:2], lines[1], *lines[2:]], "doubled"),
    "cut off": (lambda lines: lines[:-2], "cut off"),
    "no header": (lambda lines: lines[1:], "cannot be read"),
    "empty": (lambda _lines: [], "cannot be read"),
    "signed anew": (_sign_anew, "its signature is not its own"),
}


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_an_export_that_was_tampered_with_is_not_proven(exported: Path, kind: str) -> None:
    change, told = ELSEWHERE[kind]
    done = prove(unpacked(exported, change), "--anchor", str(exported.parent / "anchor.jsonl"))
    assert done.returncode == (1 if told else 0), done.stdout
    assert done.stderr == ""
    assert told in done.stdout


def test_without_an_anchor_a_trail_signed_anew_passes_and_the_program_says_that_it_would(exported: Path) -> None:
    done = prove(unpacked(exported, _sign_anew))
    assert "a trail written anew would pass" in done.stdout


def test_a_range_is_proven_by_itself(exported: Path) -> None:
    part = exported.parent / "part.jsonl"
    call_command("audit_export", part, first=2, last=3, stdout=StringIO())
    done = prove(part, "--anchor", str(exported.parent / "anchor.jsonl"))
    assert "Proven: 2 seals" in prove(part).stdout
    assert "seal 4: an anchor knows it" in done.stdout
    with pytest.raises(CommandError, match="stays as it is"):
        call_command("audit_export", part, stdout=StringIO())


@pytest.mark.parametrize("command", [["audit_verify"], ["audit_anchor"], ["audit_export", "/nonexistent/file"]])
def test_without_its_key_file_a_command_says_so_in_a_sentence(
    ashdown: Customer, settings: Any, tmp_path: Path, command: list[str]
) -> None:
    settings.MACAW_AUDIT_KEY_FILE = tmp_path / "none.json"
    settings.MACAW_DEMO = False
    with pytest.raises(CommandError, match="MACAW_AUDIT_KEY_FILE"):
        call_command(*command)
    assert "MACAW_AUDIT_KEY_FILE" in doctor_says("seals").first


def test_the_command_names_the_first_fault_and_fails(trail: Contact, tmp_path: Path) -> None:
    standing.put_up(connection)
    call_command("audit_anchor", tmp_path / "anchor", stdout=StringIO())
    said = StringIO()
    call_command("audit_verify", anchor=[tmp_path / "anchor"], stdout=said)
    assert said.getvalue().count("true ") == 4
    assert "0 of them redacted" in said.getvalue()
    standing.take_down(connection)
    told = changed("verb", "'x'")()
    standing.put_up(connection)
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("audit_verify", stdout=said)
    assert f"FALSE every seal holds: {told}" in said.getvalue()
    assert "written anew" in said.getvalue()


# The mathematics, by the vectors of the standards

CT_INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_tree_is_that_of_rfc_9162() -> None:
    import hashlib

    leaves = [hashlib.sha256(b"\0" + bytes.fromhex(text)).hexdigest() for text in CT_INPUTS]
    assert [verifier.root(leaves[: count + 1]) for count in range(8)] == CT_ROOTS
    assert verifier.root([]) == hashlib.sha256().hexdigest()


RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


@pytest.mark.parametrize("check", [verifier.check_signature, keys.check_signature])
@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_both_ways_to_check_a_signature_agree_with_rfc_8032(
    check: verifier.CheckSignature, public: str, message: str, signature: str
) -> None:
    key, text, sign = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert check(key, text, sign)
    assert not check(key, text + b"x", sign)
    assert not check(key[::-1], text, sign)
    for at in (0, 31, 32, 63):
        wrong = bytearray(sign)
        wrong[at] ^= 1
        assert not check(key, text, bytes(wrong))
    order = verifier.Q + int.from_bytes(sign[32:], "little")
    assert not check(key, text, sign[:32] + order.to_bytes(32, "little")), "one signature has one form"
    assert not check(key, text, sign[:-1])
