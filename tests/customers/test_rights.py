"""Who may do what: every cell of the table, and the words of a refusal."""

from itertools import product

import pytest

from customers import rights
from customers.models import Customer, Membership
from customers.rights import Act
from macaw.kernel.errors import NotAllowed

ACTS = ["look", "change_contacts", "change_names", "order", "transfer_out", "pay"]
ACTS += ["change_customer", "change_members", "close"]
# One mark a cell, in the order of ACTS: decisions 22 (roles) and 23 (statuses) as a picture.
CELLS = {
    ("owner", "active"): "xxxxxxxxx",
    ("owner", "suspended"): "x···xxxx·",
    ("owner", "closed"): "·········",
    ("manager", "active"): "xxxxxxx··",
    ("manager", "suspended"): "x···xxx··",
    ("manager", "closed"): "·········",
    ("billing", "active"): "x····x···",
    ("billing", "suspended"): "x····x···",
    ("billing", "closed"): "·········",
    ("viewer", "active"): "x········",
    ("viewer", "suspended"): "x········",
    ("viewer", "closed"): "·········",
}


def test_the_picture_has_every_cell() -> None:
    assert list(Act) == ACTS
    assert set(CELLS) == set(product(Membership.Role.values, Customer.Status.values))
    assert set(rights.ROLES) == set(Membership.Role)
    assert set(rights.STATUSES) == set(Customer.Status)


@pytest.mark.parametrize(("role", "status"), CELLS)
def test_each_cell_is_as_drawn(role: str, status: str) -> None:
    drawn = {act for act, mark in zip(Act, CELLS[role, status], strict=True) if mark == "x"}
    assert {act for act in Act if rights.may(role, status, act)} == drawn
    for act in Act:
        if act in drawn:
            rights.insist(role, Customer(status=status), act)
        else:
            with pytest.raises(NotAllowed):
                rights.insist(role, Customer(status=status), act)


def test_an_unknown_role_may_nothing() -> None:
    assert not any(rights.may("", "active", act) for act in Act)


@pytest.mark.parametrize(
    ("role", "act", "able"),
    [("viewer", Act.PAY, "Owner, Manager, Billing."), ("manager", Act.CHANGE_MEMBERS, ": Owner.")],
)
def test_a_refusal_says_who_can(role: str, act: Act, able: str) -> None:
    with pytest.raises(NotAllowed) as refused:
        rights.insist(role, Customer(company_name="Ashdown Studio"), act)
    assert "Ashdown Studio" in str(refused.value.next_step)
    assert able in str(refused.value.next_step)


@pytest.mark.parametrize(("status", "words"), [("suspended", "can look, pay"), ("closed", "nothing can be done")])
def test_a_refusal_for_its_status_says_what_is_left(status: str, words: str) -> None:
    with pytest.raises(NotAllowed, match=words):
        rights.insist("owner", Customer(company_name="Ashdown Studio", status=status), Act.ORDER)
