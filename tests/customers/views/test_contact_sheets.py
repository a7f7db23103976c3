"""Contacts from and to a spreadsheet: looked at first, taken in as shown, and the same file again changes nothing."""

import csv
import io
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from customers import sheets
from customers.models import Contact, Customer, User
from customers.services import contact_sheets
from customers.services.contact_sheets import Plan
from customers.sheets import Sheet
from domains.models import DomainContact
from macaw.kernel.errors import Stale
from tests import make
from tests.sending import send

HEAD = "Type,First name,Last name,Company,E-mail,Phone,Street,Town,State,Post code,Country"
ADA = "owner,Ada,Byron,,ada@example.com,020 7946 0000,1 Square,London,,sw1y 4le,UK"
GRACE = "tech,Grace,Hopper,Navy,grace@example.com,202 456 1111,2 Yard,Arlington,Virginia,22202,usa"
WRONG = "tech,Wrong,One,,half,12,3 Lane,Austin,Texaz,1,US"


def look(client: Client, text: str | bytes, **sent: str) -> Any:
    content = text if isinstance(text, bytes) else text.encode()
    return send(client, "/contacts/import/", {"file": SimpleUploadedFile("contacts.csv", content), **sent})


def take(client: Client, shown: Any) -> Any:
    """Press Import on the page that was shown, as a browser sends it: with CR LF."""
    text = shown.context["text"].replace("\r\n", "\n").replace("\n", "\r\n")
    return send(client, "/contacts/import/", {"text": text, "plan": shown.context["plan"].digest})


def counts(shown: Any) -> tuple[int, ...]:
    return tuple(shown.context["plan"].counts[name] for name in ("new", "changed", "same", "faulty"))


def file(*rows: str) -> str:
    return "\n".join([HEAD, *rows, ""])


def exported(client: Client) -> bytes:
    return client.get("/contacts/export/").getvalue()


def faults(shown: Any) -> dict[int, list[str]]:
    """By row: the fields and what is wrong with them."""
    lines = shown.context["plan"].lines
    return {line.number: [f"{field}: {words}" for field, words in line.faults] for line in lines if line.faults}


# Looking, then taking in


def test_a_look_shows_what_would_happen_and_changes_nothing(as_alice: Client, ashdown: Customer) -> None:
    make.contact(ashdown, phone="+44.2079460001")
    shown = look(as_alice, file(ADA, GRACE, WRONG))
    assert counts(shown) == (1, 1, 0, 1)
    assert faults(shown) == {
        4: [
            "State or province: United States of America: “Texaz” is not there. Choose one of the list.",
            "Postal code: United States of America: it looks like 95014 or 22162-1010 there, not like “1”.",
            "Email: This is no email address. One looks like name@example.com.",
            "Phone: Digits are missing. A number looks like +1 201-555-0123.",
        ]
    }
    page = shown.content.decode()
    assert "+44.2079460001</del>" in page
    assert "Import without the rows to correct" in page
    assert ashdown.contacts.get().phone == "+44.2079460001"


def test_what_was_shown_is_taken_in_and_the_wrong_rows_are_left_out(as_alice: Client, ashdown: Customer) -> None:
    old = make.contact(ashdown, phone="+44.2079460001")
    answer = take(as_alice, look(as_alice, file(ADA, GRACE, WRONG)))
    assert (answer.status_code, answer["Location"]) == (303, "/contacts/")
    assert "1 contact added. 1 changed." in as_alice.get("/contacts/").content.decode()
    grace = ashdown.contacts.get(last_name="Hopper")
    assert (grace.contact_type, grace.state_province, grace.phone, grace.country_code) == (
        "tech", "VA", "+1.2024561111", "US",
    )  # fmt: skip
    old.refresh_from_db()
    assert (old.phone, old.version) == ("+44.2079460000", 2)


def test_the_same_file_again_changes_nothing(as_alice: Client, ashdown: Customer) -> None:
    text = file(ADA, GRACE, ADA.replace("ada@example.com", "Ada@BÜCHER.example"))
    take(as_alice, look(as_alice, text))
    before = list(ashdown.contacts.order_by("pk").values())
    assert len(before) == 3
    shown = look(as_alice, text)
    assert counts(shown) == (0, 0, 3, 0)
    assert "Nothing would change" in shown.content.decode()
    assert 'name="plan"' not in shown.content.decode()
    assert list(ashdown.contacts.order_by("pk").values()) == before


def test_a_second_click_on_import_is_shown_what_is_left_to_do(as_alice: Client, ashdown: Customer) -> None:
    shown = look(as_alice, file(ADA, GRACE))
    assert take(as_alice, shown).status_code == 303
    again = take(as_alice, shown)
    assert again.status_code == 409
    assert "Your contacts changed meanwhile" in again.content.decode()
    assert counts(again) == (0, 0, 2, 0)
    assert ashdown.contacts.count() == 2


def test_what_somebody_changed_meanwhile_is_shown_before_it_is_overwritten(as_alice: Client, ashdown: Customer) -> None:
    ada = make.contact(ashdown)
    shown = look(as_alice, file(ADA.replace("London", "Lewes")))
    ada.city = "Brighton"
    ada.save_over(1)
    answer = take(as_alice, shown)
    assert answer.status_code == 409
    assert "Brighton</del>" in answer.content.decode()
    ada.refresh_from_db()
    assert ada.city == "Brighton"
    assert take(as_alice, answer).status_code == 303
    ada.refresh_from_db()
    assert (ada.city, ada.version) == ("Lewes", 3)


def test_rows_are_matched_by_number_or_by_who_they_name(as_alice: Client, ashdown: Customer) -> None:
    ada = make.contact(ashdown, contact_type="admin")
    make.contact(ashdown, contact_type="tech")
    head = "id,type,first name,last name,email,city\n"
    shown = look(
        as_alice, f"{head},admin,ADA,byron ,ADA@example.com,Lewes\n{ada.pk},billing,Augusta,King,k@example.com,\n"
    )
    assert [line.contact.pk for line in shown.context["plan"].lines if line.contact.pk] == [ada.pk]
    assert faults(shown) == {3: ["City: This field cannot be blank."]}
    either = look(as_alice, "first name,last name,email,city\nAda,Byron,ada@example.com,Lewes\n")
    assert "It can be any of these" in faults(either)[2][0]


def test_two_rows_about_one_contact_may_not_disagree(as_alice: Client, ashdown: Customer) -> None:
    shown = look(as_alice, file(ADA, ADA, ADA.replace("London", "Lewes")))
    assert counts(shown) == (1, 0, 1, 1)
    assert faults(shown) == {4: [": Row 2 is about the same contact and says otherwise."]}


@pytest.mark.parametrize("number", ["{theirs}", "999999", "0", "-1", "x", "1; DROP TABLE contacts"])
def test_a_number_that_is_not_ones_own_is_no_number(
    as_alice: Client, ashdown: Customer, charlie: User, number: str
) -> None:
    theirs = make.contact(charlie.memberships.get().customer)
    number = number.format(theirs=theirs.pk)
    shown = look(as_alice, f"id,city\n{number},Lewes\n")
    words = f"You have no contact of number {number}. Empty the cell, and the row adds a new one."
    assert faults(shown) == {2: [f"Contact id: {words}"]}
    assert "<button" not in shown.content.decode().partition("h-plan")[2].partition("</section>")[0]
    theirs.refresh_from_db()
    assert theirs.city == "London"


def test_a_column_that_is_left_out_stays_and_an_empty_cell_empties(as_alice: Client, ashdown: Customer) -> None:
    ada = make.contact(ashdown, organization="Engines", fax="+44.2079460002")
    take(as_alice, look(as_alice, f"contact_id,organization\n{ada.pk},\n"))
    ada.refresh_from_db()
    assert (ada.organization, ada.fax, ada.version) == (None, "+44.2079460002", 2)


def test_a_change_to_a_contact_in_use_says_on_how_many_names_it_shows(as_alice: Client, ashdown: Customer) -> None:
    ada = make.contact(ashdown)
    DomainContact.objects.create(domain=make.domain(ashdown), contact=ada, contact_role="registrant")
    assert "1 name uses it" in look(as_alice, f"id,city\n{ada.pk},Lewes\n").content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The first line must name the columns, as in a file that was exported here."),
        (b"\xff\xfe\x00", "The file is not UTF-8. In a spreadsheet, choose “CSV UTF-8” when you save it."),
        (b"x" * (sheets.LARGEST + 1), "The file is larger than 500 KB. Split it and import one part after the other."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_its_field(as_alice: Client, content: bytes, words: str) -> None:
    answer = look(as_alice, content)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_no_file_is_said(as_alice: Client) -> None:
    answer = send(as_alice, "/contacts/import/", {})
    assert answer.status_code == 422
    assert "Choose a file first." in answer.content.decode()


@pytest.mark.parametrize("plan", ["", "x", "0" * 64])
def test_nothing_is_taken_in_that_was_not_shown(as_alice: Client, ashdown: Customer, plan: str) -> None:
    assert send(as_alice, "/contacts/import/", {"text": file(ADA), "plan": plan}).status_code == 409
    assert ashdown.contacts.count() == 0


def test_what_a_file_holds_is_shown_and_not_run(as_alice: Client) -> None:
    evil = "</textarea><script>alert(1)</script>"
    page = look(as_alice, f"{HEAD},{evil}\n{ADA.replace('Ada', evil)}\n").content.decode()
    assert "<script>alert" not in page
    assert "These columns are not read" in page


def test_many_rows_are_counted_and_the_first_hundred_shown(as_alice: Client) -> None:
    shown = look(as_alice, file(*(ADA.replace("Ada", f"Ada{number}") for number in range(130))))
    assert counts(shown)[0] == 130
    assert "and 30 rows more" in shown.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_a_look_asks_the_same_however_long_the_file_is(
    as_alice: Client, ashdown: Customer, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    text = file(*(ADA.replace("Ada", f"Ada{number}") for number in range(rows)))
    take(as_alice, look(as_alice, text.replace("London", "Lewes")))
    sheet = sheets.read(text.encode(), contact_sheets.HEADERS)
    with django_assert_num_queries(1):
        assert contact_sheets.plan(ashdown, sheet).counts["changed"] == rows


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_file_at_once_make_each_contact_once(
    alice: User, ashdown: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = sheets.read(file(ADA, GRACE).encode(), contact_sheets.HEADERS)
    plan = contact_sheets.plan
    digest = plan(ashdown, sheet).digest

    def slow_plan(customer: Customer, sheet: Sheet) -> Plan:
        planned = plan(customer, sheet)
        sleep(0.3)  # without the lock, all would have planned before the first one writes
        return planned

    monkeypatch.setattr(contact_sheets, "plan", slow_plan)

    def send(_turn: int) -> bool:
        try:
            contact_sheets.take_in(actor=alice.actor, customer=ashdown, sheet=sheet, shown=digest)
        except Stale:
            return False
        finally:
            connection.close()
        return True

    hands = 4 if connection.vendor == "postgresql" else 1  # SQLite has one writer, and in memory one connection
    with ThreadPoolExecutor(hands) as pool:
        assert sorted(pool.map(send, range(4))) == [False, False, False, True]
    assert ashdown.contacts.count() == 2


# Giving out


def test_an_export_is_read_again_and_changes_nothing(as_alice: Client, ashdown: Customer) -> None:
    make.contact(ashdown, organization="=HYPERLINK(1)", last_name="'t Hooft", city="-Lewes", first_name='A "B", C')
    make.contact(ashdown, country_code="US", state_province="DC", postal_code="20500", phone="+1.2024561111x12")
    text = exported(as_alice)
    assert text.startswith("\ufeffcontact_id,contact_type,organization,".encode())
    assert counts(look(as_alice, text)) == (0, 0, 2, 0)
    assert counts(look(as_alice, text.replace(b",", b";").replace(b'A ""B""; C', b'A ""B"", C'))) == (0, 0, 2, 0)


def test_no_cell_of_an_export_is_a_formula(as_alice: Client, ashdown: Customer) -> None:
    make.contact(ashdown, organization="=1+1", first_name="@SUM", last_name="-2", address1="+cmd", city="＝3")
    header, row = csv.reader(io.StringIO(exported(as_alice).decode("utf-8-sig")))
    assert header == list(contact_sheets.COLUMNS)
    assert [cell for cell in row if cell[:1] in "=+-@＝" and cell] == []
    assert row[2:5] == ["'=1+1", "'@SUM", "'-2"]


def test_an_export_is_a_file_with_the_day_in_its_name(as_alice: Client, clock: Traveller) -> None:
    answer = as_alice.get("/contacts/export/")
    assert answer["Content-Disposition"] == 'attachment; filename="contacts-2026-11-21.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"


def test_too_many_exports_are_refused(as_alice: Client, ashdown: Customer) -> None:
    assert [as_alice.get("/contacts/export/").status_code for _ in range(6)] == [200] * 5 + [429]


def test_memory_stays_flat_while_a_long_list_is_given_out(ashdown: Customer, pytestconfig: pytest.Config) -> None:
    def peak(rows: int) -> int:
        made = make.contact(ashdown)
        facts = {
            field.attname: getattr(made, field.attname)
            for field in Contact._meta.concrete_fields
            if not field.primary_key
        }
        Contact.objects.bulk_create((Contact(**facts) for _ in range(rows)), batch_size=500)
        tracemalloc.start()
        try:
            assert sum(len(piece) for piece in contact_sheets.written(ashdown)) > rows * 50
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few = 1_000
    many = 50_000 if pytestconfig.getoption("--full", default=False) else 8_000
    assert peak(many) < 1.5 * peak(few) + 500_000
