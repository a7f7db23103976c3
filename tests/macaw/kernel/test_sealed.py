"""A secret on a model: sealed the moment it is assigned, masked wherever it is shown, opened only when asked."""

import copy
import logging
import pickle
from io import StringIO
from uuid import uuid4

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.template import Context, Template

from customers.models import Customer
from domains.models import Domain
from macaw.kernel.crypto import Unsealable
from tests import make

pytestmark = pytest.mark.django_db
CODE = "Tr4nsfer-Me-Not"


@pytest.fixture
def domain(ashdown: Customer) -> Domain:
    return make.domain(ashdown, "example.com", auth_code=CODE)


def stored(domain: Domain) -> tuple[str | None, str]:
    """What stands in the database, without any model."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT auth_code, auth_code_fingerprint FROM domains WHERE domain_id = %s", [domain.pk])
        found: tuple[str | None, str] = cursor.fetchone()
        return found


def test_the_database_holds_it_sealed_and_it_opens_when_asked(domain: Domain) -> None:
    sealed, fingerprint = stored(domain)
    assert sealed is not None
    assert sealed.startswith("v1.")
    assert CODE not in sealed
    assert fingerprint == domain.auth_code_fingerprint
    assert Domain.objects.get(pk=domain.pk).auth_code.reveal() == CODE


def test_it_is_masked_wherever_it_could_slip_out(domain: Domain, caplog: pytest.LogCaptureFixture) -> None:
    fresh = Domain.objects.get(pk=domain.pk)
    logging.getLogger("tests").error("code %s of %r", fresh.auth_code, vars(fresh))
    dumped = StringIO()
    call_command("dumpdata", "domains", stdout=dumped)
    shown = [
        str(fresh.auth_code), repr(fresh.auth_code), f"{fresh.auth_code}", caplog.text, dumped.getvalue(),
        repr(vars(fresh)), repr(model_to_dict(fresh)), repr(pickle.dumps(fresh)), repr(pickle.dumps(fresh.auth_code)),
        Template("{{ d.auth_code }}{{ d.auth_code.reveal }}").render(Context({"d": fresh})),
    ]  # fmt: skip
    assert not [text for text in shown if CODE in text]
    assert str(fresh.auth_code) == "••••••••"


def test_an_instance_never_holds_the_plain_text(ashdown: Customer) -> None:
    unsaved = Domain(customer=ashdown, domain_name="example.org", auth_code=CODE)
    assert CODE not in repr(vars(unsaved))
    assert unsaved.auth_code.reveal() == CODE


def test_a_copied_ciphertext_opens_on_no_other_row(domain: Domain, ashdown: Customer) -> None:
    other = make.domain(ashdown, "other.com", auth_code="another")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE domains SET auth_code = %s WHERE domain_id = %s", [stored(domain)[0], other.pk])
    with pytest.raises(Unsealable):
        Domain.objects.get(pk=other.pk).auth_code.reveal()


def test_assigning_it_to_another_row_seals_it_again_for_there(domain: Domain, ashdown: Customer) -> None:
    other = make.domain(ashdown, "other.com", auth_code=domain.auth_code)
    assert Domain.objects.get(pk=other.pk).auth_code.reveal() == CODE
    assert stored(other)[0] != stored(domain)[0]
    assert stored(other)[1] != stored(domain)[1], "the fingerprint would tell that two rows share a code"


def test_a_copy_of_an_instance_needs_a_place_of_its_own(domain: Domain) -> None:
    twin = copy.copy(domain)
    twin.pk, twin.status, twin._state.adding = None, "cancelled", True
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    twin.row_uuid = uuid4()
    with pytest.raises(Unsealable):
        twin.auth_code.reveal()
    twin.auth_code = domain.auth_code
    twin.save()
    assert Domain.objects.get(pk=twin.pk).auth_code.reveal() == CODE


def test_the_fingerprint_follows_each_change(domain: Domain) -> None:
    first = stored(domain)[1]
    domain.auth_code = "another"
    domain.save()
    second = stored(domain)[1]
    domain.auth_code = None
    domain.save()
    assert stored(domain) == (None, "")
    domain.auth_code = CODE
    domain.save()
    assert stored(domain)[1] == first != second


@pytest.mark.parametrize("empty", [None, ""])
def test_nothing_is_no_secret(domain: Domain, empty: str | None) -> None:
    domain.auth_code = empty
    assert domain.auth_code is None


def test_plain_text_is_refused_by_bulk_updates_and_searches(domain: Domain) -> None:
    with pytest.raises(ValidationError), transaction.atomic():
        Domain.objects.update(auth_code=CODE)
    with pytest.raises(ValidationError):
        Domain.objects.filter(auth_code=CODE).exists()
    assert Domain.objects.get(pk=domain.pk).auth_code.reveal() == CODE


def test_the_database_refuses_plain_text_from_anybody(domain: Domain) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE domains SET auth_code = 'plain'")


def test_a_deferred_secret_is_fetched_by_one_query(
    domain: Domain, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    for partial in (Domain.objects.only("domain_name"), Domain.objects.defer("auth_code")):
        found = partial.get(pk=domain.pk)
        with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture is a function
            assert found.auth_code.reveal() == CODE


def test_reading_and_saving_again_leaves_the_ciphertext_alone(domain: Domain) -> None:
    before = stored(domain)
    found = Domain.objects.defer("auth_code").get(pk=domain.pk)
    assert found.auth_code
    found.refresh_from_db()
    found.save()
    assert stored(domain) == before


def test_a_dump_loads_again_and_still_opens(domain: Domain) -> None:
    dumped = serializers.serialize("json", [domain])
    Domain.objects.all().delete()
    for row in serializers.deserialize("json", dumped):
        row.save()
    assert Domain.objects.get().auth_code.reveal() == CODE


def test_many_at_once_are_sealed_each_for_itself(ashdown: Customer) -> None:
    facts = {
        "customer": ashdown,
        "tld": "com",
        "registration_date": "2026-01-01T00:00Z",
        "expiration_date": "2027-01-01T00:00Z",
    }
    Domain.objects.bulk_create(Domain(domain_name=f"n{n}.com", auth_code=f"code-{n}", **facts) for n in range(3))
    assert [domain.auth_code.reveal() for domain in Domain.objects.order_by("domain_name")] == [
        "code-0",
        "code-1",
        "code-2",
    ]


def test_a_pickled_instance_still_opens(domain: Domain) -> None:
    assert pickle.loads(pickle.dumps(domain)).auth_code.reveal() == CODE
