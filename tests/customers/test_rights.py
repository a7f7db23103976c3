"""What a role covers and a status allows, cell by cell."""

import pytest
from django.test import Client

from customers.models import Customer, Membership, User
from customers.rights import ROLES, STATUSES, Act, insist, may
from macaw.kernel.errors import NotAllowed
from tests import make

# One letter for each role that may: owner, manager, billing, viewer.
CELLS = {
    #                     active  suspended closed
    Act.LOOK:            ("ombv", "ombv",   ""),
    Act.CHANGE_CONTACTS: ("om",   "",       ""),
    Act.CHANGE_NAMES:    ("om",   "",       ""),
    Act.ORDER:           ("om",   "",       ""),
    Act.TRANSFER_OUT:    ("om",   "om",     ""),
    Act.PAY:             ("omb",  "omb",    ""),
    Act.CHANGE_MEMBERS:  ("o",    "",       ""),
    Act.CLOSE:           ("o",    "",       ""),
}  # fmt: skip


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize(("column", "status"), list(enumerate(Customer.Status.values)))
@pytest.mark.parametrize("role", Membership.Role.values)
def test_each_cell_is_as_it_was_decided(role: str, column: int, status: str, act: Act) -> None:
    allowed = role[0] in CELLS[act][column]
    assert may(role, status, act) is allowed
    customer = Customer(status=status)
    if allowed:
        insist(role, customer, act)
    else:
        with pytest.raises(NotAllowed):
            insist(role, customer, act)


def test_the_tables_name_every_role_and_status() -> None:
    assert set(ROLES) == set(Membership.Role.values)
    assert set(STATUSES) == set(Customer.Status.values)
    assert set(CELLS) == set(Act)


def test_who_is_not_a_member_may_nothing() -> None:
    assert not any(may("", status, act) for status in Customer.Status.values for act in Act)


@pytest.mark.parametrize(
    ("role", "status", "looks", "changes"),
    [
        ("owner", "active", 200, 200),
        ("manager", "active", 200, 200),
        ("billing", "active", 200, 403),
        ("viewer", "active", 200, 403),
        ("owner", "suspended", 200, 403),
        ("viewer", "suspended", 200, 403),
        ("owner", "closed", 403, 403),
    ],
)
@pytest.mark.django_db
def test_pages_hold_to_the_table(role: str, status: str, looks: int, changes: int) -> None:
    user: User = make.user("dora")
    customer = make.customer(user, role=role, status=status)
    contact = make.contact(customer)
    client = Client()
    client.force_login(user)
    for path in ("/contacts/", f"/contacts/{contact.pk}/", "/contacts/export/"):
        assert client.get(path).status_code == looks, path
    for path in (
        "/contacts/new/",
        f"/contacts/{contact.pk}/edit/",
        f"/contacts/{contact.pk}/delete/",
        "/contacts/import/",
    ):
        assert client.get(path).status_code == changes, path
        if changes == 403:
            assert client.post(path, {"seen": contact.version}).status_code == 403, path
    shown = client.get("/contacts/").content.decode() if looks == 200 else ""
    assert ("/contacts/new/" in shown) is (changes == 200)
    assert customer.contacts.count() == 1


def test_a_suspended_customer_is_told_so(db: None) -> None:
    user = make.user("dora")
    make.customer(user, status="suspended")
    client = Client()
    client.force_login(user)
    assert "This customer is suspended" in client.get("/contacts/new/").content.decode()
