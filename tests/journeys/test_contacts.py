"""A person and their contacts: made with mistakes and mended, copied, brought in from a file, kept while a name needs them."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_axe import broken
from tests.browser.visit import Visitor

scripts = pytest.mark.parametrize("javascript", [True, False], ids=["htmx", "plain"])
SHEET = """contact_id,Type,First name,Last name,Company,E-mail,Phone,Street,Town,State,ZIP,Country
,technical,Grace,Hopper,,grace@example.com,+1 202 456 1111,2 Yard,Arlington,Virginia,22202,USA
,owner,Wrong,One,,half,12,3 Lane,Austin,Texaz,1,US
"""


def fill(page: Page, **fields: str) -> None:
    for label, value in fields.items():
        page.get_by_label(label.replace("_", " "), exact=True).fill(value)


def choose_country(page: Page, name: str, *, javascript: bool) -> None:
    page.get_by_label("Country").select_option(label=name)
    if not javascript:
        page.get_by_role("button", name="Change country").click()


def fault(page: Page, label: str) -> str:
    """What is said at a field, as a screen reader finds it."""
    field = page.get_by_label(label, exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    described = (field.get_attribute("aria-describedby") or "").split()
    return " ".join(page.locator(f"#{name}").inner_text() for name in described if name.endswith("_error"))


@scripts
def test_a_contact_is_made_with_mistakes_and_mended(visit: Visitor, javascript: bool) -> None:
    page = visit("alice", "/contacts/", javascript=javascript)
    page.get_by_role("link", name="New contact").click()
    fill(page, First_name="Ada", Email="ada@example", City="Austin")
    page.get_by_label("Floor, suite or building").fill("Suite 3")
    choose_country(page, "United States of America", javascript=javascript)
    state = page.get_by_label("State", exact=True)
    expect(state.locator("option", has_text="Texas")).to_have_count(1)
    expect(page.get_by_label("Floor, suite or building")).to_have_value("Suite 3")
    fill(page, ZIP_code="7870", Phone="5550142")
    page.get_by_role("button", name="Add the contact").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("The contact was not saved.")
    expect(summary).to_be_focused()
    assert fault(page, "Last name") == "Registries need this. Fill it in."
    assert fault(page, "Email") == "This is no email address. One looks like name@example.com."
    assert fault(page, "ZIP code") == (
        "United States of America: it looks like 95014 or 22162-1010 there, not like “7870”."
    )
    assert fault(page, "Phone") == "The area code is missing. A number looks like +1 201-555-0123."
    assert fault(page, "State") == "United States of America: an address there needs it."
    if javascript:
        assert broken(page) == {}
    summary.get_by_role("link", name="Last name").click()
    expect(page.get_by_label("Last name")).to_be_focused()
    fill(page, Last_name="Byron", Email="ada@example.com", ZIP_code="78701", Phone="512 463 4630")
    page.get_by_label("Address", exact=True).fill("1100 Congress Avenue")
    state.select_option(label="Texas")
    page.get_by_role("button", name="Add the contact").click()
    expect(page.get_by_role("heading", name="Ada Byron")).to_be_visible()
    address = page.locator("address")
    expect(address).to_contain_text("Austin, TX 78701")
    expect(page.get_by_role("main")).to_contain_text("(512) 463-4630")
    expect(page.get_by_role("main")).to_contain_text("No name uses it")


def test_focus_stays_when_the_country_brings_other_fields(visit: Visitor) -> None:
    page = visit("alice", "/contacts/new/")
    country = page.get_by_label("Country")
    country.focus()
    with page.expect_response("**/contacts/new/"):
        country.select_option("CA")
    expect(page.get_by_label("Province")).to_be_visible()
    expect(country).to_be_focused()
    expect(country).to_have_value("CA")
    country.select_option("DE")
    expect(page.get_by_label("State or province")).to_be_visible()


def test_enter_saves_and_does_not_change_the_country(visit: Visitor) -> None:
    page = visit("alice", "/contacts/new/", javascript=False)
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("First name").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("The contact was not saved.")


@scripts
def test_a_contact_is_copied_changed_and_deleted(visit: Visitor, javascript: bool) -> None:
    page = visit("alice", "/contacts/?q=petra", javascript=javascript)
    page.get_by_role("link", name="Petra Holtkamp").click()
    page.get_by_role("link", name="Copy").click()
    expect(page.get_by_label("City")).to_have_value("Berlin")
    page.get_by_label("First name").fill("Paula")
    page.get_by_role("button", name="Add the contact").click()
    expect(page.get_by_role("heading", name="Paula Holtkamp")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("City").fill("Potsdam")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator("address")).to_contain_text("10119 Potsdam")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete the contact").click()
    expect(page.locator("#toasts .toast")).to_contain_text("Paula Holtkamp was deleted.")
    expect(page.get_by_role("link", name="Paula Holtkamp")).to_have_count(0)
    expect(page.get_by_role("link", name="Petra Holtkamp")).to_be_visible()


@scripts
def test_two_people_edit_one_contact_at_once(visit: Visitor, javascript: bool) -> None:
    page, other = (visit("alice", "/contacts/", javascript=javascript) for _ in range(2))
    for tab in (page, other):
        tab.get_by_role("link", name="Petra Holtkamp").click()
        tab.get_by_role("link", name="Edit").click()
    other.get_by_label("City").fill("Potsdam")
    other.get_by_role("button", name="Save").last.click()
    expect(other.locator("address")).to_contain_text("Potsdam")
    page.get_by_label("Last name").fill("Holt")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody changed this before you")
    expect(page.get_by_role("alert")).to_contain_text("City: Berlin Potsdam")
    if javascript:
        assert broken(page) == {}
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", name="Petra Holt")).to_be_visible()
    expect(page.locator("address")).to_contain_text("Potsdam")


@scripts
def test_a_file_is_looked_at_and_taken_in(visit: Visitor, javascript: bool) -> None:
    page = visit("alice", "/contacts/", javascript=javascript)
    page.get_by_role("link", name="Import").click()
    sheet = {"name": "contacts.csv", "mimeType": "text/csv", "buffer": SHEET.encode()}
    page.get_by_label("CSV file").set_input_files(sheet)  # type: ignore[arg-type]  # a file that is no file
    page.get_by_role("button", name="Look what it would do").click()
    plan = page.get_by_role("region", name="What the file would do")
    expect(plan).to_contain_text("1 row to correct")
    expect(plan).to_contain_text("“Texaz” is not there")
    if javascript:
        assert broken(page) == {}
    page.get_by_role("button", name="Import without the rows to correct").click()
    expect(page.locator("#toasts .toast")).to_contain_text("1 contact added. 0 changed.")
    expect(page.get_by_role("link", name="Grace Hopper")).to_be_visible()
    page.get_by_role("link", name="Import").click()
    page.get_by_label("CSV file").set_input_files(sheet)  # type: ignore[arg-type]  # a file that is no file
    page.get_by_role("button", name="Look what it would do").click()
    expect(plan).to_contain_text("0 new")
    expect(page.get_by_role("button", name="Import")).to_have_count(0)


def test_a_contact_that_a_name_uses_is_kept(visit: Visitor) -> None:
    page = visit("alice", "/contacts/")
    page.get_by_role("link", name="Ashdown Studio Canada Inc.").click()
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("cannot be deleted")
    expect(page.get_by_role("main")).to_contain_text("ashdown.ca")
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)


def test_the_list_follows_what_is_typed(visit: Visitor) -> None:
    page = visit("alice", "/contacts/")
    box = page.get_by_role("search", name="Filter contacts").get_by_role("searchbox")
    box.press_sequentially("canada")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(box).to_be_focused()
    expect(page).to_have_url("/contacts/?q=canada&use=")
    page.get_by_label("Usual use").select_option("tech")
    expect(page.get_by_text("No contact fits")).to_be_visible()


def test_who_only_looks_sees_contacts_and_no_way_to_change_them(visit: Visitor) -> None:
    page = visit("bob", "/contacts/")
    page.get_by_role("link", name="Petra Holtkamp").click()
    expect(page.get_by_role("heading", name="Petra Holtkamp")).to_be_visible()
    for name in ("Edit", "Copy", "Delete", "New contact", "Import"):
        expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
