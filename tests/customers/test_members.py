"""The page of a customer and its members: who may change what, that an owner always remains, and nobody else's people."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.models import Customer, Membership, User
from customers.services import members
from macaw.kernel.errors import Invalid, MacawError, NotAllowed
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/settings/customer/"
FRAME = 4  # session, user, memberships, unread notices


@pytest.fixture
def as_bob(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


def of(user: User, customer: Customer) -> Membership:
    return Membership.objects.get(user=user, customer=customer)


def become(user: User, customer: Customer, role: str) -> None:
    Membership.objects.filter(user=user, customer=customer).update(role=role)


def roles(customer: Customer) -> dict[str, str]:
    return dict(customer.memberships.values_list("user__username", "role"))


def text(client: Client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def path(member: Membership, end: bool = False) -> str:
    return f"{PAGE}members/{member.pk}/" + ("end/" if end else "")


def test_the_page_tells_money_status_and_members(as_alice: Client, ashdown: Customer, bob: User) -> None:
    Customer.objects.filter(pk=ashdown.pk).update(account_balance="12.50", held_amount="2.00", credit_limit="40.00")
    page = text(as_alice)
    for words in ("$12.50", "$2.00", "$40.00", "$50.50", "Active:", "Bob Breton", "bob@example.com", "2 people"):
        assert words in page


def test_a_suspended_customer_says_what_it_still_can(as_alice: Client, ashdown: Customer) -> None:
    Customer.objects.filter(pk=ashdown.pk).update(status="suspended")
    assert "Suspended: it can look, pay and move its names away." in text(as_alice)


def test_who_acts_for_no_customer_finds_nothing_here(as_sam: Client) -> None:
    assert as_sam.get(PAGE).status_code == 404


def test_an_owner_changes_name_and_address_and_nothing_else(as_alice: Client, ashdown: Customer) -> None:
    sent = {"customer": ashdown.pk, "company_name": "Ashdown & Co", "email": "office@ashdown.example"}
    answer = as_alice.post(PAGE, {**sent, "credit_limit": "9999", "status": "closed", "username": "root"})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    ashdown.refresh_from_db()
    assert (ashdown.company_name, ashdown.email) == ("Ashdown & Co", "office@ashdown.example")
    assert (ashdown.credit_limit, ashdown.status, ashdown.username) == (Decimal(), "active", "alice")


def test_a_person_has_no_company(as_alice: Client, ashdown: Customer) -> None:
    as_alice.post(PAGE, {"customer": ashdown.pk, "company_name": " ", "email": ashdown.email})
    ashdown.refresh_from_db()
    assert ashdown.company_name is None


@pytest.mark.parametrize("email", ["", "nobody", "a@b\nBcc: c@d.example"])
def test_a_wrong_address_comes_back_with_what_was_typed(as_alice: Client, ashdown: Customer, email: str) -> None:
    answer = as_alice.post(PAGE, {"customer": ashdown.pk, "company_name": "Other", "email": email})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nothing was saved." in page
    assert 'value="Other"' in page
    assert '<h1 translate="no">Ashdown Studio</h1>' in page  # the name that counts is the stored one
    ashdown.refresh_from_db()
    assert ashdown.company_name == "Ashdown Studio"


@pytest.mark.parametrize(("role", "may"), [("owner", True), ("manager", True), ("billing", False), ("viewer", False)])
def test_who_may_change_the_address(as_bob: Client, bob: User, ashdown: Customer, role: str, may: bool) -> None:
    become(bob, ashdown, role)
    assert ("Save name and address" in text(as_bob)) is may
    answer = as_bob.post(PAGE, {"customer": ashdown.pk, "company_name": "", "email": "b@example.com"})
    assert answer.status_code == (303 if may else 403)
    ashdown.refresh_from_db()
    assert (ashdown.email == "b@example.com") is may


@pytest.mark.parametrize("role", ["manager", "billing", "viewer"])
def test_only_an_owner_touches_members(as_bob: Client, bob: User, alice: User, ashdown: Customer, role: str) -> None:
    become(bob, ashdown, role)
    owner = of(alice, ashdown)
    before = roles(ashdown)
    for where in (path(owner), path(of(bob, ashdown))):
        answer = as_bob.post(where, {"customer": ashdown.pk, "role": "owner"})
        assert answer.status_code == 403
        assert "who may: Owner." in answer.content.decode()
    assert as_bob.post(path(owner, end=True), {"customer": ashdown.pk}).status_code == 403
    assert roles(ashdown) == before
    assert "Change the role" not in text(as_bob, path(owner))


def test_an_owner_changes_a_role(as_alice: Client, bob: User, ashdown: Customer) -> None:
    answer = as_alice.post(path(of(bob, ashdown)), {"customer": ashdown.pk, "role": "manager"})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert roles(ashdown) == {"alice": "owner", "bob": "manager"}


@pytest.mark.parametrize("role", ["", "root", "OWNER"])
def test_a_role_that_is_none_is_refused(as_alice: Client, bob: User, ashdown: Customer, role: str) -> None:
    assert as_alice.post(path(of(bob, ashdown)), {"customer": ashdown.pk, "role": role}).status_code == 422
    assert roles(ashdown)["bob"] == "viewer"


def test_who_is_removed_sees_nothing_at_their_next_step(
    as_alice: Client, as_bob: Client, bob: User, ashdown: Customer
) -> None:
    assert "Ashdown Studio" in text(as_bob)
    answer = as_alice.post(path(of(bob, ashdown), end=True), {"customer": ashdown.pk})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert as_bob.get(PAGE).status_code == 404
    assert as_bob.post(PAGE, {"customer": ashdown.pk, "email": "x@example.com"}).status_code == 404
    assert "Ashdown" not in text(as_bob, "/")


def test_everybody_may_leave(as_bob: Client, bob: User, ashdown: Customer) -> None:
    assert "Leave" in text(as_bob)
    answer = as_bob.post(path(of(bob, ashdown), end=True), {"customer": ashdown.pk})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert roles(ashdown) == {"alice": "owner"}


@pytest.mark.parametrize("end", [True, False])
def test_the_last_owner_stays_one(as_alice: Client, alice: User, bob: User, ashdown: Customer, end: bool) -> None:
    answer = as_alice.post(path(of(alice, ashdown), end), {"customer": ashdown.pk, "role": "viewer"})
    assert answer.status_code == 422
    assert "Alice Ashdown is the only owner of Ashdown Studio" in answer.content.decode()
    assert roles(ashdown)["alice"] == "owner"
    become(bob, ashdown, "owner")  # the control: with another one, it goes
    assert as_alice.post(path(of(alice, ashdown), end), {"customer": ashdown.pk, "role": "viewer"}).status_code == 303


def test_a_right_that_was_lost_meanwhile_counts_no_more(alice: User, bob: User, ashdown: Customer) -> None:
    """The page was shown to an owner; the service looks again."""
    become(bob, ashdown, "owner")
    seen = of(alice, ashdown)
    become(alice, ashdown, "viewer")
    for attempt in (members.change_role, members.end):
        facts: dict[str, Any] = {"role": "viewer"} if attempt is members.change_role else {}
        with pytest.raises(NotAllowed):
            attempt(actor=alice.actor, by=seen, member=of(bob, ashdown).pk, **facts)
    assert roles(ashdown) == {"alice": "viewer", "bob": "owner"}


def test_anothers_members_do_not_exist(as_alice: Client, charlie: User, ashdown: Customer) -> None:
    theirs = Membership.objects.get(user=charlie)
    for answer in (
        as_alice.get(path(theirs)),
        as_alice.post(path(theirs), {"customer": ashdown.pk, "role": "viewer"}),
        as_alice.post(path(theirs, end=True), {"customer": ashdown.pk}),
    ):
        assert answer.status_code == 404
        assert "Crane" not in answer.content.decode()
    assert Membership.objects.filter(user=charlie, role="owner").exists()


@pytest.mark.parametrize("sent", ["other", "none", "foreign"])
def test_a_form_of_another_customer_is_refused_in_words(
    as_alice: Client, alice: User, charlie: User, ashdown: Customer, sent: str
) -> None:
    breton = make.customer(alice, username="breton", company_name="Breton Books")
    crane = Customer.objects.get(company_name="Crane and Sons")
    meant = {"other": breton.pk, "none": "", "foreign": crane.pk}[sent]
    answer = as_alice.post(PAGE, {"customer": meant, "company_name": "X", "email": "x@example.com"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "other_customer" in page
    assert "Crane" not in page
    assert ("This form was made for Breton Books, and you now act for Ashdown Studio" in page) is (sent == "other")
    assert not Customer.objects.filter(email="x@example.com").exists()


def test_with_htmx_such_a_form_keeps_its_page(as_alice: Client, ashdown: Customer) -> None:
    answer = as_alice.post(PAGE, {"customer": "0"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#page-note")


def test_every_form_of_a_customer_says_which(as_alice: Client, bob: User, ashdown: Customer) -> None:
    for where in (PAGE, path(of(bob, ashdown))):
        page = as_alice.get(where).content.decode()
        main = page.partition("<main")[2].partition("</main>")[0]
        assert 0 < main.count('method="post"') == main.count(f'name="customer" value="{ashdown.pk}"')


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_asks_as_much_for_thirty_members(
    as_alice: Client, ashdown: Customer, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number - 1):
        ashdown.memberships.create(user=make.user(), role="viewer")
    with django_assert_num_queries(FRAME + 2):
        assert text(as_alice).count('id="m-') == number


def test_services_refuse_a_member_of_no_customer(alice: User, ashdown: Customer) -> None:
    with pytest.raises(MacawError):
        members.end(actor=alice.actor, by=of(alice, ashdown), member=0)
    with pytest.raises(Invalid):
        members.change_role(actor=alice.actor, by=of(alice, ashdown), member=0, role="none")
