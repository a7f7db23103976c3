"""A trail with three seals, and a signing key of its own."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from audit import events, keys, sealing
from audit.capture import standing
from audit.verbs import Event
from customers.models import Contact, Customer
from macaw.kernel.writing import writing
from tests import make
from tests.audit.trail import ALICE, SQLITE, run


@pytest.fixture
def key_file(tmp_path: Path, settings: Any) -> Path:
    path = tmp_path / "audit-key.json"
    keys.make(path)
    settings.MACAW_AUDIT_KEY_FILE = path
    return path


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch, key_file: Path) -> None:
    """Entries of the test's own transaction count as finished, which on PostgreSQL they are not."""
    monkeypatch.setattr(sealing, "_horizon", lambda: ("9223372036854775807", "" if SQLITE else "a-cluster"))


@pytest.fixture
def trail(finished: None, ashdown: Customer) -> Contact:
    """Three seals over a handful of entries and events, and triggers that are off, as an intruder would have them."""
    contact = make.contact(ashdown)
    for city in ("Leeds", "York", "Hull"):
        with writing(ALICE, "contact.changed"):
            Contact.objects.update(city=city)
            Contact.objects.update(fax=city)
            events.record(Event.EXPORTED, actor=ALICE, customer_id=ashdown.pk, about=("contacts", contact.pk), rows=1)
        sealing.seal_all()
    if not SQLITE:
        run("SET CONSTRAINTS ALL IMMEDIATE")
    standing.take_down(connection)
    return contact
