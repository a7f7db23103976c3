"""The pages of contacts: made once, changed by one at a time, deleted when nothing uses them, seen by nobody else."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.forms.contacts import FIELDS, written
from customers.models import Contact, Customer, User
from domains.models import DomainContact
from macaw import shell
from macaw.demo import names
from tests import make
from tests.sending import send

OPENING = 3  # session, user, memberships
BELL = sum(door.view == shell.BELL for door in shell.DOORS)  # its count is one query
HTMX = {"HX-Request": "true"}
TYPED = {
    "contact_type": "registrant", "organization": "", "first_name": " Ada ", "last_name": "Byron", "country_code": "GB",
    "address1": "1 Square", "address2": "", "city": "London", "state_province": "", "postal_code": "sw1y 4le",
    "email": "ada@Example.com", "phone": "+44 20 7946 0000", "fax": "",
}  # fmt: skip


@pytest.fixture
def ada(ashdown: Customer) -> Contact:
    return make.contact(ashdown)


def new(client: Client, **facts: Any) -> Any:
    return send(client, "/contacts/new/", {"key": str(uuid4()), **TYPED, **facts})


def edit(client: Client, contact: Contact, seen: Contact | None = None, **facts: Any) -> Any:
    """What the form sends that was shown when the contact was as `seen`."""
    before = {name: value or "" for name, value in written(seen or contact).items()}
    sent = {**before, **{f"initial-{name}": value for name, value in before.items()}, "seen": (seen or contact).version}
    return send(client, f"/contacts/{contact.pk}/edit/", {**sent, **facts})


def use(contact: Contact, name: str, *roles: str) -> None:
    domain = make.domain(contact.customer, name)
    for role in roles:
        DomainContact.objects.create(domain=domain, contact=contact, contact_role=role)


def text(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


# Making


def test_a_contact_is_made_in_the_form_registries_take(as_alice: Client, ashdown: Customer) -> None:
    answer = new(as_alice)
    made = ashdown.contacts.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/contacts/{made.pk}/")
    assert (made.first_name, made.email, made.phone) == ("Ada", "ada@example.com", "+44.2079460000")
    assert (made.postal_code, made.state_province, made.organization) == ("SW1Y 4LE", "London", None)
    assert "Ada Byron was added." in as_alice.get(answer["Location"]).content.decode()


def test_a_second_click_makes_no_second_contact(as_alice: Client, ashdown: Customer) -> None:
    key = str(uuid4())
    places = {new(as_alice, key=key)["Location"] for _ in range(3)}
    assert places == {f"/contacts/{ashdown.contacts.get().pk}/"}


def test_the_same_form_with_other_words_asks_before_it_makes_another(as_alice: Client, ashdown: Customer) -> None:
    key = str(uuid4())
    new(as_alice, key=key)
    answer = new(as_alice, key=key, first_name="Grace")
    assert answer.status_code == 422
    assert "This form has made a contact already" in text(answer)
    fresh = answer.context["form"]["key"].value()
    assert fresh != key
    assert ashdown.contacts.count() == 1
    assert new(as_alice, key=fresh, first_name="Grace").status_code == 303
    assert ashdown.contacts.count() == 2


def test_a_key_of_another_customer_is_no_key_here(as_alice: Client, as_charlie: Client) -> None:
    key = str(uuid4())
    assert new(as_charlie, key=key).status_code == new(as_alice, key=key).status_code == 303
    assert Contact.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("first_name", "  ", "Registries need this. Fill it in."),
        ("email", "ada@", "This is no email address. One looks like name@example.com."),
        ("email", "ada@exa mple.com", "This is no email address. One looks like name@example.com."),
        ("phone", "12", "Digits are missing. A number looks like +44 121 234 5678."),
        ("postal_code", "12345", "United Kingdom: it looks like EC1Y 8SY or GIR 0AA there, not like “12345”."),
        ("postal_code", "", "United Kingdom: an address there needs it."),
        ("city", "Lon\u202edon", "It holds a character that cannot be printed. Type it anew."),
        ("last_name", "x" * 65, "Ensure this value has at most 64 characters (it has 65)."),
        ("country_code", "XX", "“XX” is no country. Choose one of the list."),
        ("contact_type", "boss", "Select a valid choice. boss is not one of the available choices."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    as_alice: Client, ashdown: Customer, field: str, typed: str, words: str
) -> None:
    answer = new(as_alice, **{field: typed})
    assert answer.status_code == 422
    assert errors(answer) == {field: [words]}
    page = answer.content.decode()
    assert f'aria-describedby="id_{field}' in page or f'id="id_{field}_error"' in page
    assert 'value="1 Square"' in page
    assert ashdown.contacts.count() == 0


def test_a_mailbox_in_other_letters_is_stored_as_its_registry_has_it(as_alice: Client, ashdown: Customer) -> None:
    new(as_alice, email="Ada@BÜCHER.example")
    assert ashdown.contacts.get().email == "Ada@xn--bcher-kva.example"


def test_a_new_form_starts_in_the_country_of_the_last_contact(as_alice: Client, ashdown: Customer) -> None:
    assert as_alice.get("/contacts/new/").context["form"]["country_code"].value() == ""
    make.contact(ashdown, country_code="CA", state_province="ON", postal_code="K1A 0A9")
    form = as_alice.get("/contacts/new/").context["form"]
    assert form["country_code"].value() == "CA"
    assert form["state_province"].label == "Province"


# The country decides


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_another_country_brings_its_own_fields_and_saves_nothing(
    as_alice: Client, ashdown: Customer, headers: dict[str, str]
) -> None:
    sent = {
        "key": str(uuid4()),
        **TYPED,
        "country_code": "US",
        "state_province": "california",
        "email": "half",
        "act": "country",
    }
    answer = send(as_alice, "/contacts/new/", sent, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert ("<html" in page) is not bool(headers)
    assert '<option value="CA" selected>California</option>' in page
    assert "ZIP code" in page
    assert 'value="half"' in page
    assert "field-err" not in page
    assert ashdown.contacts.count() == 0


def test_a_state_that_is_not_there_stays_to_be_seen(as_alice: Client) -> None:
    answer = new(as_alice, country_code="US", state_province="East Sussex", postal_code="20500")
    assert errors(answer) == {
        "state_province": ["United States of America: “East Sussex” is not there. Choose one of the list."]
    }
    assert '<option value="East Sussex" selected>East Sussex</option>' in answer.content.decode()


def test_a_country_that_does_not_exist_breaks_no_page(as_alice: Client) -> None:
    for country in ("", "ZZ", "zzz", "\0", "../us"):
        assert send(as_alice, "/contacts/new/", {**TYPED, "country_code": country, "act": "country"}).status_code == 200


# Changing


def test_a_change_is_saved_and_the_version_rises(as_alice: Client, ada: Contact) -> None:
    answer = edit(as_alice, ada, city="Lewes", postal_code="bn7 1aa")
    assert (answer.status_code, answer["Location"]) == (303, f"/contacts/{ada.pk}/")
    ada.refresh_from_db()
    assert (ada.city, ada.postal_code, ada.version) == ("Lewes", "BN7 1AA", 2)
    assert ada.state_province == "Lewes", "what only repeated the city follows it"


def test_the_second_of_two_is_shown_what_changed_and_can_take_over(as_alice: Client, ada: Contact) -> None:
    seen = Contact.objects.get(pk=ada.pk)
    edit(as_alice, ada, city="Lewes", email="lewes@example.com")
    answer = edit(as_alice, ada, seen=seen, email="mine@example.com", first_name="Augusta")
    assert answer.status_code == 409
    assert "Somebody changed this before you" in text(answer)
    told = {(one.before, one.stored, one.yours) for one in answer.context["differences"]}
    assert told == {("London", "Lewes", ""), ("ada@example.com", "lewes@example.com", "mine@example.com")}
    ada.refresh_from_db()
    assert (ada.first_name, ada.version) == ("Ada", 2)
    form = answer.context["form"]
    merged = {name: form[name].value() for name in ("city", "email", "first_name", "seen")}
    assert merged == {"city": "Lewes", "email": "mine@example.com", "first_name": "Augusta", "seen": "2"}
    sent = {name: form[name].value() for name in (*FIELDS, "seen")}
    assert send(as_alice, f"/contacts/{ada.pk}/edit/", sent).status_code == 303
    ada.refresh_from_db()
    assert (ada.first_name, ada.city, ada.email, ada.version) == ("Augusta", "Lewes", "mine@example.com", 3)


def test_a_second_click_on_save_is_no_conflict(as_alice: Client, ada: Contact) -> None:
    seen = Contact.objects.get(pk=ada.pk)
    assert [edit(as_alice, ada, seen=seen, city="Lewes").status_code for _ in range(2)] == [303, 303]
    ada.refresh_from_db()
    assert ada.version == 2


def test_a_form_that_is_wrong_keeps_what_was_seen(as_alice: Client, ada: Contact) -> None:
    answer = edit(as_alice, ada, email="half", city="Lewes")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'name="initial-city" value="London"' in page
    assert 'name="city" value="Lewes"' in page
    assert "Edit <span" in page
    ada.refresh_from_db()
    assert ada.version == 1


def test_whoever_edits_a_contact_in_use_is_told_what_it_means(as_alice: Client, ada: Contact) -> None:
    assert "names use this contact" not in text(as_alice.get(f"/contacts/{ada.pk}/edit/"))
    use(ada, "harbor.com", "registrant", "tech")
    use(ada, "pier.com", "admin")
    assert "2 names use this contact." in text(as_alice.get(f"/contacts/{ada.pk}/edit/"))


def test_only_the_fields_of_the_form_can_be_sent(as_alice: Client, ada: Contact, charlie: User) -> None:
    other = charlie.memberships.get().customer
    forged: dict[str, Any] = {"customer_id": other.pk, "contact_id": 999, "version": 77, "creation_key": str(uuid4()),
              "created_at": "2001-01-01", "updated_at": "2001-01-01"}  # fmt: skip
    assert edit(as_alice, ada, **forged).status_code == 303
    assert new(as_alice, **forged).status_code == 303
    ada.refresh_from_db()
    assert (ada.version, ada.creation_key) == (2, None)
    assert set(Contact.objects.values_list("customer__username", flat=True)) == {"alice"}


# Copying and deleting


def test_a_copy_is_a_new_form_with_the_same_words(as_alice: Client, ada: Contact, ashdown: Customer) -> None:
    form = as_alice.get(f"/contacts/new/?from={ada.pk}").context["form"]
    assert {name: form[name].value() or "" for name in FIELDS} == {
        name: value or "" for name, value in written(ada).items()
    }
    assert form["phone"].value() == "+44 20 7946 0000"
    assert ashdown.contacts.count() == 1


def test_a_contact_that_nothing_uses_is_deleted_once_somebody_said_so(as_alice: Client, ada: Contact) -> None:
    page = as_alice.get(f"/contacts/{ada.pk}/delete/")
    assert "Delete Ada Byron ?" in text(page)
    assert Contact.objects.filter(pk=ada.pk).exists()
    answer = send(as_alice, f"/contacts/{ada.pk}/delete/", {"seen": ada.version})
    assert (answer.status_code, answer["Location"]) == (303, "/contacts/")
    assert not Contact.objects.filter(pk=ada.pk).exists()


def test_a_contact_in_use_is_not_deleted_and_the_page_says_where(as_alice: Client, ada: Contact) -> None:
    use(ada, "harbor.com", "registrant", "tech")
    use(ada, "xn--bcher-kva.com", "billing")
    for answer in (
        as_alice.get(f"/contacts/{ada.pk}/delete/"),
        send(as_alice, f"/contacts/{ada.pk}/delete/", {"seen": 1}),
    ):
        assert "cannot be deleted" in text(answer)
        assert "harbor .com Owner, Technical" in text(answer)
        assert "bücher .com xn--bcher-kva.com Billing" in text(answer)
        assert "<button" not in answer.content.decode().partition("<main")[2].partition("</main>")[0]
    assert answer.status_code == 409
    assert Contact.objects.filter(pk=ada.pk).exists()


@pytest.mark.parametrize(("seen", "status"), [("7", 409), ("", 422), ("x", 422), ("9" * 5000, 422)])
def test_only_what_was_seen_is_deleted(as_alice: Client, ada: Contact, seen: str, status: int) -> None:
    assert send(as_alice, f"/contacts/{ada.pk}/delete/", {"seen": seen}).status_code == status
    assert Contact.objects.filter(pk=ada.pk).exists()


# Whose they are


def test_another_customers_contact_is_nowhere(as_charlie: Client, ada: Contact) -> None:
    before = Contact.objects.filter(pk=ada.pk).values().get()
    missing = ada.pk + 1000
    for path in ("", "edit/", "delete/"):
        there, nowhere = (as_charlie.get(f"/contacts/{pk}/{path}") for pk in (ada.pk, missing))
        assert there.status_code == nowhere.status_code == 404
        assert same(there) == same(nowhere)
        posted = send(as_charlie, f"/contacts/{ada.pk}/{path}", {"seen": 1, **TYPED})
        assert posted.status_code == (405 if path == "" else 404)
    assert as_charlie.get(f"/contacts/new/?from={ada.pk}").status_code == 404
    assert "Byron" not in as_charlie.get("/contacts/").content.decode()
    assert "Byron" not in as_charlie.get("/contacts/export/").getvalue().decode()
    assert "Byron" not in as_charlie.get("/jump/?q=byron", headers=HTMX).content.decode()
    assert Contact.objects.filter(pk=ada.pk).values().get() == before


def same(answer: Any) -> str:
    """An answer without what differs each time."""
    return re.sub(r"/contacts/\d+/|value=\"\w{64}\"|<code[^>]*>\w{16}</code>|\w{16}", "", answer.content.decode())


def test_who_acts_for_no_customer_finds_no_contacts(as_sam: Client) -> None:
    assert as_sam.get("/contacts/").status_code == 404
    assert "/contacts/" not in as_sam.get("/").content.decode()


# The list


def test_contacts_are_found_by_their_words_and_their_use(as_alice: Client, ashdown: Customer) -> None:
    make.contact(ashdown, organization="Harbor Ltd", city="Lewes", email="a@harbor.example")
    make.contact(ashdown, first_name="Grace", last_name="Hopper", contact_type="tech")

    def found(**asked: str) -> list[str]:
        return [str(one) for one in as_alice.get("/contacts/", asked).context["page"]]

    assert found() == ["Harbor Ltd", "Grace Hopper"]
    assert found(q="harbor ada") == found(q="LEWES") == found(q="a@harbor") == ["Harbor Ltd"]
    assert found(use="tech") == ["Grace Hopper"]
    assert found(q="harbor", use="tech") == []
    assert found(use="nonsense") == found()


def test_nothing_found_and_nothing_there_are_said_differently(as_alice: Client, ashdown: Customer) -> None:
    assert "No contact yet" in text(as_alice.get("/contacts/"))
    answer = text(as_alice.get("/contacts/", {"q": "<b>x"}))
    assert "No contact fits" in answer
    assert "&lt;b&gt;x" in answer
    assert "None of your contacts has this use." in text(as_alice.get("/contacts/", {"use": "tech"}))


def test_the_list_has_pages_that_keep_the_filter(as_alice: Client, ashdown: Customer) -> None:
    for number in range(51):
        make.contact(ashdown, last_name=f"B{number:02}")
    first = as_alice.get("/contacts/", {"q": "ada"})
    assert "1–50 of 51" in text(first)
    assert 'href="/contacts/?q=ada&amp;use=&amp;page=2"' in first.content.decode()
    assert "51–51 of 51" in text(as_alice.get("/contacts/?q=ada&page=2"))


@pytest.mark.parametrize("rows", [1, 30])
def test_pages_ask_the_same_however_many_rows_there_are(
    as_alice: Client, ashdown: Customer, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        contact = make.contact(ashdown, last_name=f"B{number}")
        use(contact, f"b{number}.com", "registrant", "tech")
    for number in range(rows - 1):
        use(contact, f"c{number}.com", "admin")
    queries = {
        "": 2,
        f"{contact.pk}/": 2,
        "new/": 1,
        f"{contact.pk}/edit/": 1,
        f"{contact.pk}/delete/": 2,
        "import/": 0,
    }
    for path, count in queries.items():
        with django_assert_num_queries(OPENING + BELL + count):
            assert as_alice.get(f"/contacts/{path}").status_code == 200


def test_used_by_counts_names_and_not_roles(as_alice: Client, ada: Contact) -> None:
    use(ada, "harbor.com", "registrant", "admin", "tech", "billing")
    use(ada, "pier.com", "admin")
    assert "2 names" in text(as_alice.get("/contacts/"))


def test_names_of_people_are_shown_and_not_run(as_alice: Client, ashdown: Customer) -> None:
    evil = "<script>alert(1)</script>"
    contact = make.contact(ashdown, organization=evil, last_name=evil, city=evil)
    for path in ("", f"{contact.pk}/", f"{contact.pk}/edit/", f"{contact.pk}/delete/", f"new/?from={contact.pk}"):
        assert evil not in as_alice.get(f"/contacts/{path}").content.decode()


# What holds in the database


def test_a_contact_of_the_admin_follows_the_same_rules(as_sam: Client, ada: Contact) -> None:
    names = [*FIELDS, "customer"]
    sent = {name: getattr(ada, name) or "" for name in names if name != "customer"}
    page = f"/admin/customers/contact/{ada.pk}/change/"
    answer = as_sam.post(page, {**sent, "seen": 1, "reason": "x", "phone": "12", "postal_code": "1"})
    assert set(answer.context["adminform"].form.errors) == {"phone", "postal_code"}
    assert as_sam.post(page, {**sent, "seen": 1, "reason": "x", "phone": "020 7946 0001"}).status_code == 302
    ada.refresh_from_db()
    assert ada.phone == "+44.2079460001"


def test_the_demo_keeps_the_rules_it_shows(db: None) -> None:
    for facts in names.CONTACTS.values():
        contact = Contact(**facts)
        contact.full_clean(exclude=["customer"], validate_unique=False, validate_constraints=False)
        assert {name: getattr(contact, name) for name in facts} == facts
