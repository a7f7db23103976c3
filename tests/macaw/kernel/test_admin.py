"""Every record has its pages in the admin, for staff alone, with as many queries for thirty rows as for one."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.forms import SplitDateTimeField
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Contact, Customer, User
from macaw.kernel import tables
from macaw.kernel.admin import ReadOnlyAdmin
from macaw.kernel.sealed import SealedField
from tests import make, rows
from tests.plain import ThroughDjango

OURS = tables.our_models()
every = pytest.mark.parametrize("model", [pytest.param(model, id=model._meta.db_table) for model in OURS])
NEVER_DELETED = {"customers", "domains", "invoices", "payments", "audit_log"}
USUAL = 5  # session, user, the customer they act for, count, rows
# A filter by whatever values there are asks for them; a date hierarchy asks for its ends and for the days between.
MORE = {"customers": 1, "users": 1, "jobs": 1, "invoice_taxes": 1, "domains": 2, "invoices": 3}


def address(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def pages(model: Any, key: Any) -> dict[str, str]:
    return {
        "list": address(model, "changelist"),
        "add": address(model, "add"),
        "change": address(model, "change", key),
        "history": address(model, "history", key),
        "delete": address(model, "delete", key),
    }


@every
def test_every_table_of_ours_is_in_the_admin_and_explains_how_it_is_found(model: Any) -> None:
    registered: Any = admin.site._registry[model]
    assert registered.search_fields
    assert not registered.list_editable
    joined = {field.name for field in model._meta.concrete_fields if field.is_relation} & set(registered.list_display)
    assert joined <= set(registered.list_select_related or ()), "a query for each row"


@every
@pytest.mark.django_db
def test_staff_see_every_page_and_none_that_deletes(as_sam: Client, model: Any) -> None:
    found = pages(model, rows.insert(ThroughDjango(), model))
    may_add = admin.site._registry[model].has_add_permission
    for name in ("list", "change", "history"):
        assert as_sam.get(found[name]).status_code == 200, name
    expected = 403 if isinstance(admin.site._registry[model], ReadOnlyAdmin) or not _adds(model) else 200
    assert as_sam.get(found["add"]).status_code == expected, may_add
    assert as_sam.post(found["delete"], {"post": "yes"}).status_code == 403
    assert model._base_manager.exists()


def _adds(model: Any) -> bool:
    return model in {Customer, Contact}


@every
@pytest.mark.django_db
def test_nobody_else_sees_any_page(as_charlie: Client, model: Any) -> None:
    key = rows.insert(ThroughDjango(), model)
    for name, page in pages(model, key).items():
        assert as_charlie.get(page).status_code == 404, name
        assert Client().get(page).status_code == 302, name


@every
@pytest.mark.django_db
def test_staff_without_the_right_see_nothing(model: Any) -> None:
    client = Client()
    client.force_login(make.staff("tom", is_superuser=False))
    for name, page in pages(model, rows.insert(ThroughDjango(), model)).items():
        assert client.get(page).status_code == 403, name


@every
@pytest.mark.django_db
def test_a_list_asks_as_often_for_thirty_rows_as_for_one(as_sam: Client, model: Any) -> None:
    for count in (1, 29):
        for _ in range(count):
            rows.insert(ThroughDjango(), model, filled=filled(model))
        with CaptureQueriesContext(connection) as asked:
            assert as_sam.get(address(model, "changelist")).status_code == 200
        said = [query["sql"] for query in asked.captured_queries]
        assert len(asked) == USUAL + MORE.get(model._meta.db_table, 0), "\n".join(said)


def filled(model: Any) -> set[str]:
    """Foreign keys that may be empty are not, so that following one would be seen."""
    return {field.column for field in model._meta.concrete_fields if field.is_relation}


@every
@pytest.mark.django_db
def test_a_sealed_value_is_on_no_page(as_sam: Client, model: Any) -> None:
    sealed = [field.name for field in model._meta.concrete_fields if isinstance(field, SealedField)]
    found = pages(model, rows.insert(ThroughDjango(), model))
    text = as_sam.get(found["list"]).content + as_sam.get(found["change"]).content
    for name in sealed:
        assert f'field-{name}"'.encode() not in text
        assert f"field-{name} ".encode() not in text


def test_the_caches_papers_and_evidence_cannot_be_written() -> None:
    for table in tables.declared().values():
        model = next((model for model in OURS if model._meta.db_table == table.name), None)
        if model is not None and table.kind is not tables.Class.AUDITED:
            assert isinstance(admin.site._registry[model], ReadOnlyAdmin), table.name
    for cache in tables.caches():
        name, _dot, column = cache.column.partition(".")
        model = next(model for model in OURS if model._meta.db_table == name)
        registered = admin.site._registry[model]
        assert isinstance(registered, ReadOnlyAdmin) or column not in _editable(registered), cache.column


def _editable(registered: Any) -> set[str]:
    named = {name for _title, options in registered.fieldsets for name in options["fields"]}
    fixed = registered.get_readonly_fields(None, None)
    return named - set(fixed)


@every
@pytest.mark.django_db
def test_no_form_asks_for_a_moment_in_two_inputs_that_share_a_label(rf: RequestFactory, sam: User, model: Any) -> None:
    """Django's split date and time fail axe; whoever needs a moment here gives it an input of its own."""
    request = rf.get("/")
    request.user = sam
    options = admin.site._registry[model]
    form = options.get_form(request, change=not options.has_add_permission(request))
    assert not [name for name, field in form.base_fields.items() if isinstance(field, SplitDateTimeField)]


@pytest.mark.django_db
def test_a_change_needs_a_reason_and_keeps_it_in_the_history(as_sam: Client, sam: User, ashdown: Customer) -> None:
    contact = make.contact(ashdown)
    page = address(Contact, "change", contact.pk)
    sent = as_sent(contact, city="Leeds")
    refused = as_sam.post(page, sent)
    assert refused.status_code == 200
    contact.refresh_from_db()
    assert contact.city == "London"
    assert as_sam.post(page, sent | {"reason": "They moved; letter of 3 May"}).status_code == 302
    contact.refresh_from_db()
    assert contact.city == "Leeds"
    entry = LogEntry.objects.get(content_type=ContentType.objects.get_for_model(Contact), object_id=str(contact.pk))
    assert entry.user == sam
    assert entry.get_change_message() == "They moved; letter of 3 May · Changed City."


@pytest.mark.django_db
def test_a_change_is_one_gesture_of_the_person(
    as_sam: Client, ashdown: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = make.contact(ashdown)
    gestures: list[Any] = []
    monkeypatch.setattr("macaw.kernel.writing._writers", [gestures.append])
    as_sam.post(address(Contact, "change", contact.pk), as_sent(contact, city="Leeds", reason="moved"))
    assert [(str(gesture.actor), gesture.verb) for gesture in gestures if gesture] == [("user:sam", "contact.changed")]
    assert gestures[0].request_id


@pytest.mark.django_db
def test_the_second_editor_is_told_what_stands_there_now_and_overwrites_nothing(
    as_sam: Client, ashdown: Customer
) -> None:
    contact = make.contact(ashdown)
    page = address(Contact, "change", contact.pk)
    first, second = as_sent(contact, city="Leeds", reason="one"), as_sent(contact, city="York", reason="two")
    assert as_sam.post(page, first).status_code == 302
    told = as_sam.post(page, second)
    assert told.status_code == 200
    assert "Stored now: City: Leeds" in told.content.decode()
    contact.refresh_from_db()
    assert (contact.city, contact.version) == ("Leeds", 2)


@pytest.mark.django_db
def test_an_editor_who_loses_the_race_after_the_check_gets_409(
    as_sam: Client, ashdown: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = make.contact(ashdown)
    save_over = Contact.save_over

    def beaten(self: Contact, seen: int) -> None:
        Contact.objects.filter(pk=self.pk).update(version=seen + 1, city="Leeds")
        save_over(self, seen)

    monkeypatch.setattr(Contact, "save_over", beaten)
    answer = as_sam.post(address(Contact, "change", contact.pk), as_sent(contact, city="York", reason="two"))
    assert answer.status_code == 409
    assert not LogEntry.objects.exists()


def as_sent(contact: Contact, **changes: Any) -> dict[str, Any]:
    """The form of a contact as a browser sends it."""
    names = (
        "contact_type", "first_name", "last_name", "email", "phone", "address1", "city", "state_province",
        "postal_code", "country_code",
    )  # fmt: skip
    return {name: getattr(contact, name) for name in names} | {"seen": contact.version} | changes


@pytest.mark.django_db
def test_staff_who_may_only_look_see_no_field_to_fill(ashdown: Customer) -> None:
    contact = make.contact(ashdown)
    tom = make.staff("tom", is_superuser=False)
    tom.user_permissions.add(Permission.objects.get(codename="view_contact"))
    client = Client()
    client.force_login(tom)
    page = client.get(address(Contact, "change", contact.pk))
    assert page.status_code == 200
    assert b'name="city"' not in page.content
    assert b'name="reason"' not in page.content
    assert client.post(address(Contact, "change", contact.pk), as_sent(contact, reason="x")).status_code == 403
