"""Every address answers everybody as the table says: nobody, the owner, another customer's owner, staff."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from customers.models import User
from macaw.demo import seed
from tests.browser.addresses import ADDRESSES, LOGIN, MISSING, OK
from tests.browser.records import ADMIN_MODELS, records

PEOPLE = {"nobody": "", "owner": "alice", "other": "charlie", "staff": "sam"}


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """The names of all addresses below, with their namespaces; the admin's own are asked for by model."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            assert entry.name, f"{entry.pattern} has no name"
            yield f"{space}{entry.name}"
        elif entry.namespace != admin.site.name:
            yield from names(entry, f"{space}{entry.namespace}:" if entry.namespace else space)


@pytest.fixture
def demo(db: None) -> None:
    seed.plant()


def client(who: str) -> Client:
    made = Client()
    if who:
        made.force_login(User.objects.get(username=who))
    return made


def test_the_table_names_every_address_and_no_other() -> None:
    listed = [address.view for address in ADDRESSES]
    assert sorted(listed) == sorted(set(names(get_resolver())))


def test_every_address_is_looked_at_or_says_why_not() -> None:
    assert [address.view for address in ADDRESSES if bool(address.seen_by) == bool(address.because)] == []


def test_a_name_left_out_would_be_noticed() -> None:
    assert "home" in set(names(get_resolver()))
    assert {"home"} - {address.view for address in ADDRESSES[1:]} == {"home"}


@pytest.mark.parametrize("role", PEOPLE)
def test_every_address_answers_as_the_table_says(demo: None, role: str) -> None:
    person = client(PEOPLE[role])
    promised = {address.path: getattr(address, role) for address in ADDRESSES}
    assert {path: person.get(path).status_code for path in promised} == promised


@pytest.mark.parametrize("role", PEOPLE)
def test_the_admin_answers_staff_alone(demo: None, role: str) -> None:
    person = client(PEOPLE[role])
    expected = {"nobody": LOGIN, "staff": OK}.get(role, MISSING)
    paths = {"/admin/", *(path for record in records().values() for path in record.values())}
    assert len(paths) > len(ADMIN_MODELS)
    answers = {path: person.get(path).status_code for path in paths}
    assert {path: answer for path, answer in answers.items() if answer != expected} == {}
