"""People without a customer: what they are told, who may link them, and that a reason stays."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.mailing.models import Notice
from customers.models import Customer, Membership, User
from tests import make

pytestmark = pytest.mark.django_db
LIST = "/desk/people/"
OPENED = {"company_name": "Dahl Books", "email": "office@dahl.example", "currency": "EUR", "reason": "ticket 9"}


@pytest.fixture
def dora(db: None) -> User:
    return make.user("dora", full_name="Dora Dahl")


def text(client: Client, path: str = LIST) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def link(client: Client, user: User, customer: Customer, **facts: str) -> Any:
    sent = {"number": str(customer.pk), "role": "manager", "reason": "they called, ticket 7", **facts}
    return client.post(f"{LIST}{user.pk}/link/?q=a", sent)


def as_role(role: str) -> Client:
    member = make.staff(f"staff-{role}", is_superuser=False)
    member.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(member)
    return client


def test_who_acts_for_nobody_is_told_what_to_do(dora: User) -> None:
    client = Client()
    client.force_login(dora)
    page = text(client, "/")
    assert "Your login here is dora." in page
    assert "Ask an owner" in page
    assert "The staff see" in page


def test_the_list_has_those_without_a_customer_and_no_others(
    as_sam: Client, alice: User, ashdown: Customer, dora: User
) -> None:
    make.user("gone", full_name="Gone Girl", is_active=False)
    page = text(as_sam)
    assert "Dora Dahl" in page
    for other in ("Alice Ashdown", "Gone Girl"):
        assert other not in page
    assert "One person acts for no customer" in text(as_sam, "/desk/")


def test_staff_link_a_person_who_is_told(as_sam: Client, dora: User, ashdown: Customer) -> None:
    assert "Ashdown Studio" in text(as_sam, f"{LIST}{dora.pk}/?q=studio")
    answer = link(as_sam, dora, ashdown)
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    made = Membership.objects.get(user=dora)
    assert (made.customer, made.role) == (ashdown, "manager")
    notice = Notice.objects.get()
    assert (notice.recipient, notice.user, notice.subject) == (dora.email, dora, "You now act for Ashdown Studio")
    entry = LogEntry.objects.get()
    assert (entry.change_message, entry.user.username) == ("they called, ticket 7", "sam")
    assert "Nobody waits" in text(as_sam)


def test_staff_make_a_customer_for_a_person(as_sam: Client, dora: User) -> None:
    make.customer(username="dora")  # the name is taken, and gives nothing
    assert as_sam.post(f"{LIST}{dora.pk}/customer/", OPENED).status_code == 303
    made = Customer.objects.get(company_name="Dahl Books")
    assert (made.username, made.currency, made.email) == ("dora-2", "EUR", "office@dahl.example")
    assert dict(made.memberships.values_list("user__username", "role")) == {"dora": "owner"}
    assert Notice.objects.get().subject == "Your Macaw account Dahl Books is open"
    assert set(LogEntry.objects.values_list("change_message", flat=True)) == {"ticket 9"}


def test_who_has_no_address_is_linked_and_staff_hear_of_it(as_sam: Client, dora: User, ashdown: Customer) -> None:
    User.objects.filter(pk=dora.pk).update(email="")
    assert link(as_sam, dora, ashdown).status_code == 303
    assert not Notice.objects.exists()
    assert "has no mail address here and was not told" in text(as_sam)


@pytest.mark.parametrize(
    "facts", [{"reason": ""}, {"reason": "  "}, {"role": "root"}, {"role": ""}, {"number": "0"}, {"number": "x"}]
)
def test_an_incomplete_link_comes_back(as_sam: Client, dora: User, ashdown: Customer, facts: dict[str, str]) -> None:
    answer = link(as_sam, dora, ashdown, **facts)
    assert answer.status_code == 422
    assert "Nobody was linked." in answer.content.decode()
    assert not Membership.objects.filter(user=dora).exists()


@pytest.mark.parametrize("facts", [{"reason": ""}, {"email": "x"}, {"currency": "usd"}, {"currency": "EURO"}])
def test_an_incomplete_customer_comes_back(as_sam: Client, dora: User, facts: dict[str, str]) -> None:
    answer = as_sam.post(f"{LIST}{dora.pk}/customer/", {**OPENED, **facts})
    assert answer.status_code == 422
    assert "No customer was made." in answer.content.decode()
    assert not Customer.objects.exists()


def test_who_acts_for_it_already_is_not_linked_twice(as_sam: Client, bob: User, ashdown: Customer) -> None:
    answer = link(as_sam, bob, ashdown, role="owner")
    assert answer.status_code == 422
    assert "Bob Breton acts for Ashdown Studio already" in answer.content.decode()
    assert Membership.objects.get(user=bob).role == "viewer"


def test_nobody_is_linked_to_a_closed_customer(as_sam: Client, dora: User, ashdown: Customer) -> None:
    Customer.objects.filter(pk=ashdown.pk).update(status="closed")
    assert link(as_sam, dora, ashdown).status_code == 422
    assert not Membership.objects.filter(user=dora).exists()


def test_a_customer_is_found_before_it_is_picked(as_sam: Client, dora: User, ashdown: Customer) -> None:
    assert "Find the customer first" in text(as_sam, f"{LIST}{dora.pk}/")
    assert "No customer is found by that." in text(as_sam, f"{LIST}{dora.pk}/?q=nowhere")
    assert f'name="number" value="{ashdown.pk}"' in text(as_sam, f"{LIST}{dora.pk}/?q=studio")
    Customer.objects.filter(pk=ashdown.pk).update(status="closed")
    assert 'name="number"' not in text(as_sam, f"{LIST}{dora.pk}/?q=studio")


def test_nobody_gives_a_customer_to_themselves(as_sam: Client, sam: User, ashdown: Customer) -> None:
    assert link(as_sam, sam, ashdown).status_code == 422
    assert as_sam.post(f"{LIST}{sam.pk}/customer/", OPENED).status_code == 422
    assert not Membership.objects.filter(user=sam).exists()


@pytest.mark.parametrize(
    ("role", "may_link", "may_open"),
    [("support", True, False), ("finance", False, False), ("operator", False, False), ("admin", True, True)],
)
def test_each_staff_role_does_what_its_rights_say(
    dora: User, ashdown: Customer, role: str, may_link: bool, may_open: bool
) -> None:
    client = as_role(role)
    page = text(client, f"{LIST}{dora.pk}/?q=studio")
    assert ("Make a customer for them" in page) is may_open
    assert ('name="number"' in page) is may_link
    assert client.post(f"{LIST}{dora.pk}/customer/", OPENED).status_code == (303 if may_open else 403)
    assert link(client, dora, ashdown).status_code == (303 if may_link else 403)
    assert Membership.objects.filter(user=dora).count() == may_link + may_open


def test_customers_link_nobody(as_alice: Client, dora: User, ashdown: Customer) -> None:
    assert as_alice.get(LIST).status_code == 403
    assert link(as_alice, dora, ashdown).status_code == 403
    assert as_alice.post(f"{LIST}{dora.pk}/customer/", OPENED).status_code == 403
    assert not Membership.objects.filter(user=dora).exists()


def test_who_does_not_exist_is_missing(as_sam: Client, ashdown: Customer) -> None:
    assert as_sam.get(f"{LIST}0/").status_code == 404
    assert as_sam.post(f"{LIST}0/link/").status_code == 404


@pytest.mark.parametrize("path", [LIST, "/desk/customers/", "/desk/customers/?q=c"])
@pytest.mark.parametrize("number", [1, 30])
def test_the_lists_ask_as_much_for_thirty(
    as_sam: Client, path: str, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for nth in range(number):
        make.user(f"p{nth}")
        make.customer(username=f"c{nth}")
    with django_assert_num_queries(6):  # session, user, memberships, unread; length, page
        text(as_sam, path)


def test_a_list_has_fifty_a_page(as_sam: Client) -> None:
    for nth in range(51):
        make.user(f"p{nth}")
    assert "1–50 of 51" in text(as_sam)
    assert text(as_sam, f"{LIST}?page=2").count('id="p-') == 1


@pytest.mark.parametrize("query", ["studio", "ALICE", "alice@example", "{pk}"])
def test_a_customer_is_found_by_company_login_address_and_number(as_sam: Client, ashdown: Customer, query: str) -> None:
    make.customer(username="other", company_name="Elsewhere", email="other@example.com")
    page = text(as_sam, f"/desk/customers/?q={query.format(pk=ashdown.pk)}")
    assert "Ashdown Studio" in page
    assert "Elsewhere" not in page


@pytest.mark.parametrize("query", ["nothing", "9" * 40, "²"])
def test_what_is_not_there_is_not_found(as_sam: Client, ashdown: Customer, query: str) -> None:
    assert "No customer is found by that" in text(as_sam, f"/desk/customers/?q={query}")
