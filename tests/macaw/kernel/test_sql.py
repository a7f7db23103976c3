"""The expressions of our CHECKs agree with plain Python, and with each other on both databases."""

import re
from decimal import Decimal

import pytest
from django.db.models import DecimalField, Q, TextField, Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from macaw.kernel.sql import HostName, Minor, OnlyCharacters, begins
from tests import make

pytestmark = pytest.mark.django_db
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
text = st.text(alphabet="ab0-._A ", max_size=12)


def ask(condition: object) -> bool:
    return Customer.objects.filter(Q(condition)).exists()


@pytest.fixture
def row(db: None) -> Customer:
    return make.customer()


@many
@given(name=text)
def test_a_host_name_is_labels_and_dots(row: Customer, name: str) -> None:
    labels = name.split(".")
    expected = len(labels) > 1 and all(LABEL.fullmatch(label) for label in labels)
    assert ask(HostName(Value(name, TextField()))) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("example.com", True),
        ("xn--bcher-kva.example", True),
        (f"{'a' * 63}.com", True),
        (f"{'a' * 64}.com", False),
        (".".join(["a" * 49] * 5) + ".abc", True),
        (".".join(["a" * 49] * 5) + ".abcd", False),
        ("example.com\n", False),
        ("bücher.example", False),
    ],
)
def test_a_host_name_has_dns_lengths_and_letters(row: Customer, name: str, expected: bool) -> None:
    assert ask(HostName(Value(name, TextField()))) is expected


@many
@given(value=text)
def test_only_characters_is_what_it_says(row: Customer, value: str) -> None:
    expected = re.fullmatch(r"[a-z0-9.-]*", value) is not None
    assert ask(OnlyCharacters(Value(value, TextField()), allowed="a-z0-9.-")) is expected


def test_a_beginning_knows_its_case(row: Customer) -> None:
    Customer.objects.update(username="draft-1")
    assert ask(begins("username", "draft-"))
    assert not ask(begins("username", "DRAFT-"))


@many
@given(cents=st.integers(-9_999_999_999, 9_999_999_999))
def test_any_amount_in_minor_units_is_exact(row: Customer, cents: int) -> None:
    amount = Value(Decimal(cents) / 100, DecimalField(max_digits=10, decimal_places=2))
    assert Customer.objects.annotate(minor=Minor(amount)).get().minor == cents
