"""Times of change and versions hold for every way of writing a row."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from customers.models import Contact, Customer, User
from domains.models import Domain
from macaw.kernel.clock import now
from macaw.kernel.errors import Stale
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(clock: time_machine.Traveller, ashdown: Customer) -> Contact:
    made = make.contact(ashdown)
    clock.shift(timedelta(minutes=5))
    return made


def changed_at(row: Any) -> Any:
    return type(row).objects.values_list("updated_at", flat=True).get(pk=row.pk)


def test_every_way_of_writing_moves_the_time_of_change(contact: Contact, ashdown: Customer) -> None:
    before = changed_at(contact)
    assert before == now() - timedelta(minutes=5)

    def saved() -> None:
        contact.save()

    def saved_one_column() -> None:
        contact.city = "Leeds"
        contact.save(update_fields=["city"])

    def updated() -> None:
        Contact.objects.filter(pk=contact.pk).update(city="York")

    def updated_through_its_parent() -> None:
        ashdown.contacts.update(city="Hull")

    def updated_in_bulk() -> None:
        contact.city = "Bath"
        Contact.objects.bulk_update([contact], ["city"])

    for write in (saved, saved_one_column, updated, updated_through_its_parent, updated_in_bulk):
        Contact.objects.filter(pk=contact.pk).update(updated_at=before)
        write()
        assert changed_at(contact) == now(), write.__name__


def test_users_and_domains_keep_it_too(clock: time_machine.Traveller, alice: User, ashdown: Customer) -> None:
    domain = make.domain(ashdown)
    clock.shift(timedelta(minutes=5))
    User.objects.update(theme="dark")
    Domain.objects.held().update(auto_renew=False)
    assert changed_at(alice) == changed_at(domain) == now()


def test_a_time_that_is_given_is_kept(contact: Contact) -> None:
    then = now() - timedelta(days=9)
    Contact.objects.update(updated_at=then)
    assert changed_at(contact) == then


def test_saving_over_the_version_that_was_seen_moves_it_on(contact: Contact) -> None:
    contact.city = "Leeds"
    contact.save_over(1)
    contact.refresh_from_db()
    assert (contact.city, contact.version) == ("Leeds", 2)


def test_saving_over_a_version_that_is_gone_is_stale_and_writes_nothing(contact: Contact) -> None:
    second = Contact.objects.get(pk=contact.pk)
    contact.city = "Leeds"
    contact.save_over(1)
    second.city = "York"
    with pytest.raises(Stale):
        second.save_over(1)
    second.refresh_from_db()
    assert (second.city, second.version) == ("Leeds", 2)
