"""Staff and customers' records: what they may set, and what stays out of their reach."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from customers.models import Contact, Customer, User
from domains.models import DomainContact
from tests import make

pytestmark = pytest.mark.django_db


def as_sent(customer: Customer, **changes: Any) -> dict[str, Any]:
    """The form of a customer with its members, as a browser sends it."""
    members = list(customer.memberships.order_by("pk"))
    sent: dict[str, Any] = {
        "email": customer.email,
        "company_name": customer.company_name or "",
        "status": customer.status,
        "currency": customer.currency,
        "credit_limit": "0.00",
        "memberships-TOTAL_FORMS": len(members),
        "memberships-INITIAL_FORMS": len(members),
        "reason": "asked by letter",
    }
    for number, member in enumerate(members):
        row = {"id": member.pk, "customer": customer.pk, "user": member.user_id, "role": member.role}
        sent |= {f"memberships-{number}-{name}": value for name, value in row.items()}
    return sent | changes


def page(record: Any) -> str:
    return reverse(f"admin:customers_{record._meta.model_name}_change", args=[record.pk])


def test_credit_is_given_and_the_caches_stay(as_sam: Client, ashdown: Customer) -> None:
    sent = as_sent(ashdown, credit_limit="250.10", account_balance="1000000.00", held_amount="5.00", username="x")
    assert as_sam.post(page(ashdown), sent).status_code == 302
    ashdown.refresh_from_db()
    assert str(ashdown.credit_limit) == "250.10"
    assert (str(ashdown.account_balance), str(ashdown.held_amount)) == ("0.00", "0.00")
    assert ashdown.username == "alice"


def test_a_customer_who_holds_names_is_not_closed(as_sam: Client, ashdown: Customer) -> None:
    domain = make.domain(ashdown)
    assert b"still holds names" in as_sam.post(page(ashdown), as_sent(ashdown, status="closed")).content
    domain.status = "cancelled"
    domain.save()
    assert as_sam.post(page(ashdown), as_sent(ashdown, status="closed")).status_code == 302


@pytest.mark.parametrize("change", [{"memberships-0-DELETE": "on"}, {"memberships-0-role": "viewer"}])
def test_the_last_owner_stays(as_sam: Client, ashdown: Customer, bob: User, change: dict[str, str]) -> None:
    answer = as_sam.post(page(ashdown), as_sent(ashdown, **change))
    assert answer.status_code == 200
    assert b"at least one owner" in answer.content
    assert ashdown.memberships.filter(role="owner").count() == 1


def test_a_member_goes_while_an_owner_stays(as_sam: Client, ashdown: Customer, bob: User) -> None:
    assert as_sam.post(page(ashdown), as_sent(ashdown, **{"memberships-1-DELETE": "on"})).status_code == 302
    assert list(ashdown.memberships.values_list("user__username", flat=True)) == ["alice"]


def test_a_customer_is_made_with_an_owner(as_sam: Client, charlie: User) -> None:
    add = reverse("admin:customers_customer_add")
    sent = {
        "username": "newcomer", "email": "new@example.com", "status": "active", "currency": "EUR", "credit_limit": "0",
        "memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0, "reason": "signed on paper",
    }  # fmt: skip
    assert b"at least one owner" in as_sam.post(add, sent).content
    member = {"memberships-TOTAL_FORMS": 1, "memberships-0-user": charlie.pk, "memberships-0-role": "owner"}
    assert as_sam.post(add, sent | member).status_code == 302
    assert Customer.objects.get(username="newcomer").memberships.get().user == charlie


def test_the_currency_is_fixed_once_there_is_a_paper(as_sam: Client, ashdown: Customer) -> None:
    assert as_sam.post(page(ashdown), as_sent(ashdown, currency="EUR")).status_code == 302
    ashdown.invoices.create(invoice_number="MC-1", due_date="2027-01-01T00:00:00Z", currency="EUR")
    as_sam.post(page(ashdown), as_sent(ashdown, currency="USD"))
    ashdown.refresh_from_db()
    assert ashdown.currency == "EUR"


def test_a_user_can_be_locked_out_and_given_nothing(as_sam: Client, charlie: User) -> None:
    sent = {"is_superuser": "on", "is_staff": "on", "username": "root", "reason": "left the firm"}
    assert as_sam.post(page(charlie), sent).status_code == 302
    charlie.refresh_from_db()
    assert (charlie.is_active, charlie.is_staff, charlie.is_superuser) == (False, False, False)
    assert charlie.username == "charlie"


def test_a_contact_in_use_is_shown_and_not_changed(as_sam: Client, ashdown: Customer) -> None:
    contact = make.contact(ashdown)
    DomainContact.objects.create(domain=make.domain(ashdown), contact=contact, contact_role="registrant")
    assert as_sam.get(page(contact)).status_code == 200
    assert as_sam.post(page(contact), {"city": "Leeds", "reason": "x"}).status_code == 403


def test_a_contact_stays_with_its_customer(as_sam: Client, ashdown: Customer, charlie: User) -> None:
    contact = make.contact(ashdown)
    names = [field.name for field in Contact._meta.concrete_fields if field.editable and field.name != "contact_id"]
    sent = {name: getattr(contact, name) or "" for name in names} | {"seen": contact.version, "reason": "x"}
    other = charlie.memberships.get().customer
    assert as_sam.post(page(contact), sent | {"customer": other.pk}).status_code == 302
    contact.refresh_from_db()
    assert contact.customer == ashdown


def test_what_a_group_may_do_is_shown_and_not_changed(as_sam: Client, db: None) -> None:
    group = Group.objects.create(name="night shift")
    address = reverse("admin:auth_group_change", args=[group.pk])
    assert as_sam.get(address).status_code == 200
    assert as_sam.post(address, {"name": "day shift"}).status_code == 403
    assert as_sam.get(reverse("admin:auth_group_add")).status_code == 403
