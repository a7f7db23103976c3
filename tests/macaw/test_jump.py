"""The jump box finds pages and help for everyone, records for staff, and nobody else's things for anybody."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from customers.models import Customer, User
from macaw.help import TOPICS
from macaw.jump import EACH
from tests import make

HTMX = {"HX-Request": "true"}


@pytest.fixture
def rows(ashdown: Customer) -> Customer:
    make.domain(ashdown, "harborlight.studio")
    make.domain(ashdown, "xn--bcher-kva.com")
    make.contact(ashdown, first_name="Harriet", last_name="Harbor")
    ashdown.invoices.create(invoice_number="MC-2026-0077", due_date="2026-12-01T00:00Z", status="issued")
    ashdown.invoices.create(invoice_number="draft-2026-0077", due_date="2026-12-01T00:00Z")
    return ashdown


def found(client: Client, query: str) -> str:
    return client.get("/jump/", {"q": query}, headers=HTMX).content.decode()


def test_pages_and_help_topics_are_found_by_a_few_letters(as_alice: Client) -> None:
    assert 'href="/settings/"' in found(as_alice, "sett")
    assert 'href="/help/#keyboard"' in found(as_alice, "KEYB")


def test_nothing_asked_shows_the_ways(as_alice: Client) -> None:
    assert 'href="/settings/"' in found(as_alice, "")


def test_a_customer_finds_their_own_contacts_and_nobody_elses(
    as_alice: Client, as_charlie: Client, rows: Customer
) -> None:
    contact = rows.contacts.get()
    assert f'href="/contacts/{contact.pk}/"' in found(as_alice, "harriet")
    assert "Harriet" not in found(as_charlie, "harriet")


def test_nothing_found_is_said_and_quoted_back(as_alice: Client) -> None:
    assert "Nothing is called “&lt;b&gt;x” here." in found(as_alice, "<b>x")


def test_every_topic_stands_on_the_help_page() -> None:
    page = Client().get("/help/").content.decode()
    for anchor, _label in TOPICS:
        assert f'id="{anchor}"' in page


@pytest.mark.parametrize("query", ["harbor", "2026-0077", "ashdown", "alice"])
def test_a_customer_finds_no_records(as_charlie: Client, as_alice: Client, rows: Customer, query: str) -> None:
    assert "/admin/" not in found(as_charlie, query)
    assert "/admin/" not in found(as_alice, query)


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("HARBOR", "/admin/domains/domain/"),
        ("harbor", "/admin/customers/contact/"),
        ("bücher", "/admin/domains/domain/"),
        ("ashdown studio", "/admin/customers/customer/"),
        ("alice@example", "/admin/customers/customer/"),
        ("mc-2026", "/admin/billing/invoice/"),
    ],
)
def test_staff_find_records_in_the_admin(as_sam: Client, rows: Customer, query: str, where: str) -> None:
    assert where in found(as_sam, query)


def test_the_number_of_a_draft_is_never_shown(as_sam: Client, rows: Customer) -> None:
    assert "draft-2026" not in found(as_sam, "draft-2026")[: found(as_sam, "draft-2026").find("Nothing")]


def test_staff_without_the_right_do_not_find_it(rows: Customer, db: None) -> None:
    clerk: User = make.staff("clerk", is_superuser=False)
    group = Group.objects.create(name="clerks")
    group.permissions.add(Permission.objects.get(codename="view_domain"))
    clerk.groups.add(group)
    client = Client()
    client.force_login(clerk)
    assert "/admin/domains/domain/" in found(client, "harbor")
    assert "/admin/customers/contact/" not in found(client, "harbor")


def test_without_javascript_the_results_are_a_page(as_alice: Client) -> None:
    page = as_alice.get("/jump/", {"q": "help"}).content.decode()
    assert '<input id="q" name="q" type="search" value="help"' in page
    assert found(as_alice, "help").strip() in page


@pytest.mark.parametrize("names", [1, 30])
def test_jump_asks_the_same_however_much_it_finds(
    as_sam: Client, ashdown: Customer, names: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(names):
        make.domain(ashdown, f"harbor-{number}.com")
    with django_assert_num_queries(3 + 4 + LIMIT):
        found(as_sam, "harbor")


@pytest.mark.parametrize("contacts", [1, 30])
def test_jump_asks_a_customer_the_same_however_many_contacts_there_are(
    as_alice: Client, ashdown: Customer, contacts: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(contacts):
        make.contact(ashdown, last_name=f"Harbor {number}")
    with django_assert_num_queries(3 + 1 + LIMIT):
        assert found(as_alice, "harbor").count('href="/contacts/') == min(contacts, EACH)


LIMIT = 4  # a transaction with a token each for person and address


def test_searching_too_often_is_refused(clock: Traveller, as_alice: Client) -> None:
    answers = {as_alice.get("/jump/", {"q": "a"}, headers=HTMX).status_code for _ in range(32)}
    assert answers == {200, 429}
    assert as_alice.get("/jump/").status_code == 200
