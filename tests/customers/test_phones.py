"""A number is read as people write it, stored as registries take it, and shown as it is dialled."""

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from customers import phones, postal

REGISTRY = re.compile(r"^\+\d{1,3}\.\d{1,12}(x\d{1,4})?$")


@pytest.mark.parametrize(
    ("typed", "country", "stored", "at_home", "abroad"),
    [
        ("020 7946 0000", "GB", "+44.2079460000", "020 7946 0000", "+44 20 7946 0000"),
        ("+1 (613) 555-0142 ext. 7", "GB", "+1.6135550142x7", "+1 613-555-0142 ext. 7", "+1 613-555-0142 ext. 7"),
        ("+1.4165550123x12", "CA", "+1.4165550123x12", "(416) 555-0123 ext. 12", "+1 416-555-0123 ext. 12"),
        ("06 6982", "IT", "+39.066982", "06 6982", "+39 06 6982"),
        ("0049 30 123456", "FR", "+49.30123456", "+49 30 123456", "+49 30 123456"),
        ("+44 1632 960961", "GB", "+44.1632960961", "01632 960961", "+44 1632 960961"),
    ],
)
def test_a_number_is_stored_in_one_form_and_shown_in_two(
    typed: str, country: str, stored: str, at_home: str, abroad: str
) -> None:
    assert phones.checked(typed, country) == stored
    assert phones.checked(stored, country) == stored
    assert phones.shown(stored, country) == at_home
    assert phones.shown(stored) == abroad
    assert phones.checked(abroad, "JP") == stored


@pytest.mark.parametrize(
    ("typed", "country", "words"),
    [
        ("12", "GB", "Digits are missing. A number looks like +44 121 234 5678."),
        ("5550142", "US", "The area code is missing. A number looks like +1 201-555-0123."),
        ("+44 20 7946 0000 0000", "GB", "There are too many digits. A number looks like +44 121 234 5678."),
        ("call me", "DE", "This is no phone number. One looks like +49 30 123456."),
        ("030 123456", "", "Begin with + and the country code, such as +44 121 234 5678."),
        ("+1 613 555 0142 x123456", "CA", "Registries take an extension of 4 digits, and no more."),
    ],
)
def test_what_is_wrong_with_a_number_is_said_with_an_example(typed: str, country: str, words: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        phones.checked(typed, country)
    assert refusal.value.messages == [words]


def test_what_a_plain_client_wrote_is_shown_as_it_is() -> None:
    assert phones.shown("ask Ada", "GB") == "ask Ada"
    assert phones.shown("") == ""


@settings(deadline=None)  # the first call loads tables
@given(
    typed=st.text(st.characters(codec="utf-8")) | st.from_regex(r"\+?[0-9 ().x-]{3,20}"),
    country=st.sampled_from(sorted(postal.NAMES)),
)
def test_whatever_is_typed_is_refused_in_words_or_stored_as_registries_take_it(typed: str, country: str) -> None:
    try:
        stored = phones.checked(typed, country)
    except ValidationError:
        pass  # refused in words
    else:
        assert REGISTRY.match(stored)
        assert len(stored) <= 20
        assert phones.checked(stored, country) == stored
