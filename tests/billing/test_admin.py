"""Papers and payments in the admin are read, whoever asks."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.models import Invoice
from customers.models import Customer
from macaw.kernel import clock
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(ashdown: Customer) -> Invoice:
    return Invoice.objects.create(customer=ashdown, invoice_number="MC-1", due_date=clock.now(), status="issued")


def test_an_invoice_is_shown_with_lines_and_payments_and_cannot_be_written(as_sam: Client, invoice: Invoice) -> None:
    invoice.items.create(item_type="renewal", description="example.com, 1 year", unit_price="9.00", total_price="9.00")
    invoice.payments.create(customer=invoice.customer, payment_method="paypal", amount="9.00", transaction_id="PP-77")
    address = reverse("admin:billing_invoice_change", args=[invoice.pk])
    text = as_sam.get(address).content.decode()
    assert "example.com, 1 year" in text
    assert "PP-77" in text
    assert as_sam.post(address, {"total_amount": "0.01", "reason": "x"}).status_code == 403


def test_an_invoices_page_asks_as_often_for_many_lines_as_for_one(as_sam: Client, invoice: Invoice) -> None:
    address = reverse("admin:billing_invoice_change", args=[invoice.pk])
    as_sam.get(address)  # Django looks up its content types once
    asked = []
    for count in (1, 29):
        for _ in range(count):
            domain = make.domain(invoice.customer)
            invoice.items.create(item_type="renewal", domain=domain, description="1 year", unit_price=1, total_price=1)
        with CaptureQueriesContext(connection) as queries:
            assert as_sam.get(address).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]
