#!/usr/bin/env python3
"""Proves an export of the audit trail, or names the first thing that is wrong. It needs Python and nothing else.

    python3 verifier.py trail.jsonl.gz --anchor anchors.jsonl

Copy this file to where the portal's own people cannot change it, and keep the anchors (`manage.py audit_anchor`) there too:
whoever holds the database and the signing key can write a trail anew, but not one that meets an anchor they do not hold.

An export has one JSON object a line: a header, then the entries of each seal followed by the seal. An entry's leaf is
SHA-256 over a zero byte and its canonical JSON (sorted keys, no blanks, UTF-8), in which its values are replaced by their
commitment: SHA-256 over the entry's salt and the values. The leaves make a Merkle tree as in RFC 9162; its root, the hash of the
seal before it and the time are signed with Ed25519 (RFC 8032).
"""

import argparse
import gzip
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FORMAT = "macaw-audit-1"
KINDS = {"log": "audit_id", "event": "event_id"}
TABLES = {"log": "audit_log", "event": "audit_events"}
VALUES = {"old_values", "new_values", "detail", "ip_address", "user_agent"}
UNSEALED = {"kind", "seal_id", "salt", "commitment"}
SIGNED = ("seal_id", "entries", "root", "previous", "sealed_at", "cluster", "key_id")
MARKER = '{"redacted":true}'
LONGEST_TRANSACTION = timedelta(hours=1)

Line = dict[str, Any]
CheckSignature = Callable[[bytes, bytes, bytes], bool]  # public key, message, signature


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def commitment(entry: Line) -> str:
    """What stands for an entry's values: told by them as long as they are there."""
    if entry["commitment"]:
        return str(entry["commitment"])
    values = {name: entry[name] for name in entry if name in VALUES}
    return hashlib.sha256(bytes.fromhex(entry["salt"] or "") + canonical(values)).hexdigest()


def leaf(entry: Line) -> str:
    facts = {name: value for name, value in entry.items() if name not in VALUES | UNSEALED}
    return hashlib.sha256(b"\0" + canonical(facts | {"commitment": commitment(entry)})).hexdigest()


def root(leaves: list[str]) -> str:
    """The Merkle tree hash of RFC 9162, section 2.1.1."""
    return _tree([bytes.fromhex(each) for each in leaves]).hex()


def _tree(leaves: list[bytes]) -> bytes:
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256().digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + _tree(leaves[:left]) + _tree(leaves[left:])).digest()


def signed(seal: Line) -> bytes:
    """The bytes a seal's signature is over."""
    return canonical({name: seal[name] for name in SIGNED})


def digest(seal: Line) -> str:
    """What the next seal, and an anchor, know of a seal."""
    return hashlib.sha256(signed(seal) + bytes.fromhex(seal["signature"])).hexdigest()


def order(entry: Line) -> tuple[int, int]:
    return int(entry["transaction_id"]), int(entry[KINDS[entry["kind"]]])


def place(entry: Line) -> tuple[int, str, int]:
    """Where an entry stands in its seal."""
    transaction, number = order(entry)
    return transaction, entry["kind"], number


def name(entry: Line) -> str:
    return f"{TABLES[entry['kind']]} {entry[KINDS[entry['kind']]]}"


class Verifier:
    """Takes seal after seal with the entries of each, and tells what is wrong."""

    def __init__(self, keys: dict[str, Line], anchors: Iterable[Line], check: CheckSignature) -> None:
        self.keys = keys
        self.check = check
        self.anchors: dict[int, set[str]] = {}
        self.seals = self.entries = 0
        self.before: Line | None = None
        self.last: dict[str, tuple[int, int]] = {}
        self.redacted: dict[str, None] = {}
        self.explained: set[str] = set()
        self.early: list[str] = []
        for anchor in anchors:
            self.early += [f"anchor of seal {anchor['seal_id']}: {fault}" for fault in self._signature(anchor)]
            self.anchors.setdefault(anchor["seal_id"], set()).add(digest(anchor))

    def take(self, seal: Line, entries: list[Line]) -> Iterator[str]:
        """One seal and the entries that say they are under it."""
        number = seal["seal_id"]
        yield from (f"seal {number}: {fault}" for fault in self._seal(seal))
        leaves = [seal["leaves"][at : at + 64] for at in range(0, len(seal["leaves"]), 64)]
        if len(leaves) != seal["entries"] or root(leaves) != seal["root"]:
            yield f"seal {number}: its leaves are not those that were sealed"
        yield from (f"{fault} (seal {number})" for fault in self._entries(seal, sorted(entries, key=place), leaves))
        self.before = seal
        self.seals += 1
        self.entries += len(entries)

    def finish(self, *, complete: bool) -> Iterator[str]:
        """What can only be told at the end."""
        yield from self.early
        newest = self.before["seal_id"] if self.before else 0
        for number in sorted(self.anchors):
            if number > newest:
                yield f"seal {number}: an anchor knows it, and it is gone: the end was cut off, or an older copy restored"
        if complete:
            yield from (
                f"{entry}: redacted, and no record says why" for entry in self.redacted if entry not in self.explained
            )

    def _seal(self, seal: Line) -> Iterator[str]:
        number, before = seal["seal_id"], self.before
        expected = before["seal_id"] + 1 if before else number
        if number != expected:
            yield f"it should be seal {expected}: one is missing, or there are two"
        elif before and seal["previous"] != digest(before):
            yield "it does not follow from the seal before it, which was changed or replaced"
        elif number == 1 and seal["previous"]:
            yield "it is the first, and says that there is one before it"
        if before and seal["sealed_at"] < before["sealed_at"]:
            yield "it is older than the seal before it"
        if number in self.anchors and self.anchors[number] != {digest(seal)}:
            yield "an anchor knows it otherwise: the trail was written anew, or forked"
        yield from self._signature(seal)

    def _signature(self, seal: Line) -> Iterator[str]:
        key = self.keys.get(seal["key_id"])
        if key is None:
            yield f"it is signed with the key {seal['key_id']!r}, which nobody knows"
            return
        if key["until"] and seal["sealed_at"] > key["until"]:
            yield f"it is signed with the key {seal['key_id']!r}, which was retired before"
        if not self.check(bytes.fromhex(key["public"]), signed(seal), bytes.fromhex(seal["signature"])):
            yield "its signature is not its own"

    def _entries(self, seal: Line, entries: list[Line], leaves: list[str]) -> Iterator[str]:
        found = [leaf(entry) for entry in entries]
        yield from _first_difference(entries, found, leaves)
        opens = self.before is not None and seal["cluster"] != self.before["cluster"]  # transactions are counted anew
        last = dict(self.last)
        for entry in entries:
            yield from self._redaction(entry)
            if opens:
                continue
            if order(entry) <= self.last.get(entry["kind"], (-1, 0)):
                yield f"{name(entry)}: it was put in before entries that were sealed already"
            if self.before and _moment(entry["timestamp"]) < _moment(self.before["sealed_at"]) - LONGEST_TRANSACTION:
                yield f"{name(entry)}: it claims to be older than the seal before it"
            last[entry["kind"]] = max(order(entry), last.get(entry["kind"], (-1, 0)))
        self.last = {} if opens else last

    def _redaction(self, entry: Line) -> Iterator[str]:
        if entry["commitment"]:
            self.redacted[name(entry)] = None
            if any(entry[column] not in {None, MARKER} for column in entry if column in VALUES):
                yield f"{name(entry)}: it says it is redacted, and holds values that nothing proves"
        self.hear(entry)

    def hear(self, entry: Line) -> None:
        """Remember which redactions an event accounts for."""
        if entry["kind"] == "event" and entry["verb"] == "trail.redacted" and not entry["commitment"]:
            self.explained.update(json.loads(entry["detail"]).get("entries", []))


def _first_difference(entries: list[Line], found: list[str], sealed: list[str]) -> Iterator[str]:
    """The first entry that is not the one that was sealed in its place, and how it differs."""
    if found == sealed:
        return
    at = next((at for at, (one, other) in enumerate(zip(found, sealed, strict=False)) if one != other), None)
    at = min(len(found), len(sealed)) if at is None else at
    missing, strange = set(sealed) - set(found), set(found) - set(sealed)
    here = name(entries[at]) if at < len(entries) else "the last entry"
    if not missing and not strange:
        yield f"{here}: entries were moved, or doubled"
    elif not missing:
        yield f"{name(entries[found.index(next(each for each in found if each in strange))])}: it was put in after sealing"
    elif not strange:
        yield f"{here}: {len(missing)} of the entries sealed before it {'was' if len(missing) == 1 else 'were'} removed"
    else:
        yield f"{here}: it is not what was sealed"


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat("0001-01-02T00:00:00Z")


# Ed25519, as RFC 8032 has it; slow, and readable

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
I = pow(2, (P - 1) // 4, P)  # noqa: E741  # the root of -1
Point = tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    three, four = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


def _point(raw: bytes) -> Point | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * I % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def check_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64:  # noqa: PLR2004  # bytes of RFC 8032
        return False
    key, begun, scalar = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if key is None or begun is None or BASE is None or scalar >= Q:
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    one, two = _times(scalar, BASE), _add(begun, _times(hashed, key))
    return (one[0] * two[2] - two[0] * one[2]) % P == 0 and (one[1] * two[2] - two[1] * one[2]) % P == 0


# The program


def _lines(path: Path) -> Iterator[Line]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def examine(lines: Iterator[Line], anchors: list[Line]) -> tuple[Verifier, list[str]]:
    header = next(lines, {})
    if header.get("format") != FORMAT:
        raise ValueError("this is no export of an audit trail")
    keys = {kid: key for anchor in anchors for kid, key in anchor["keys"].items()}
    verifier, entries, faults = Verifier(keys or header["keys"], anchors, check_signature), list[Line](), list[str]()
    for line in lines:
        if line["kind"] == "seal":
            faults += verifier.take(line, entries)
            entries = []
        else:
            entries.append(line)
    faults += [f"{name(entries[0])}: no seal follows it; the file is cut off"] if entries else []
    if verifier.before is None or verifier.before["seal_id"] != header["last"]:
        faults.append(f"seal {header['last']}: the header promises it; the file is cut off")
    return verifier, [*faults, *verifier.finish(complete=header["complete"])]


def main() -> int:
    parser = argparse.ArgumentParser(description="Prove an export of Macaw's audit trail.")
    parser.add_argument("export", type=Path, help="What `manage.py audit_export` wrote.")
    parser.add_argument("--anchor", type=Path, action="append", default=[], help="What `manage.py audit_anchor` wrote.")
    options = parser.parse_args()
    anchors = [anchor for path in options.anchor for anchor in _lines(path)]
    try:
        verifier, faults = examine(_lines(options.export), anchors)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as failure:
        sys.stdout.write(f"NOT PROVEN: the file cannot be read ({failure}).\n")
        return 1
    if not anchors:
        sys.stdout.write("Without --anchor the keys are the file's own: a trail written anew would pass.\n")
    for fault in faults:
        sys.stdout.write(f"FALSE {fault}\n")
    told = f"{verifier.seals} seals over {verifier.entries} entries, {len(verifier.redacted)} of them redacted"
    sys.stdout.write(f"{'NOT PROVEN' if faults else 'Proven'}: {told}.\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
