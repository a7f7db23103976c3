"""Names in the admin: the registry's columns are read, our own wish is written, and no code is shown."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer
from domains.models import Domain
from tests import make

pytestmark = pytest.mark.django_db
PARTS = ("domain_contacts", "nameservers", "tld_data")


def test_only_auto_renew_is_set_here(as_sam: Client, ashdown: Customer) -> None:
    domain = make.domain(ashdown, "example.com")
    empty = {f"{part}-{form}_FORMS": 0 for part in PARTS for form in ("TOTAL", "INITIAL")}
    sent = empty | {
        "status": "cancelled",
        "domain_name": "other.com",
        "transfer_lock": "",
        "auth_code": "x",
        "reason": "asked",
    }
    assert as_sam.post(reverse("admin:domains_domain_change", args=[domain.pk]), sent).status_code == 302
    found = Domain.objects.get(pk=domain.pk)
    assert found.auto_renew is False
    assert (found.status, found.domain_name, found.transfer_lock, found.auth_code) == (
        "active", "example.com", True, None,
    )  # fmt: skip


def test_a_code_is_neither_shown_nor_opened(as_sam: Client, ashdown: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    domain = make.domain(ashdown, auth_code="Very-Secret-1")
    monkeypatch.setattr("macaw.kernel.crypto.Keyring.open", lambda *_: pytest.fail("a page opened a code"))
    text = as_sam.get(reverse("admin:domains_domain_change", args=[domain.pk])).content.decode()
    assert "Very-Secret-1" not in text
    assert "v1." not in text
    assert domain.auth_code_fingerprint not in text


def test_a_domains_page_asks_as_often_for_many_parts_as_for_few(as_sam: Client, ashdown: Customer) -> None:
    domain = make.domain(ashdown)
    address = reverse("admin:domains_domain_change", args=[domain.pk])
    as_sam.get(address)  # Django looks up its content types once
    asked = []
    for start, end in ((0, 1), (1, 4)):
        for number in range(start, end):
            role = ("registrant", "admin", "tech", "billing")[number]
            domain.domain_contacts.create(contact=make.contact(ashdown), contact_role=role)
            domain.nameservers.create(hostname=f"ns{number}.example.net")
            domain.tld_data.create(data_key=f"key-{number}", data_value="1")
        with CaptureQueriesContext(connection) as queries:
            assert as_sam.get(address).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]
