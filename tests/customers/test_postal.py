"""Real addresses of many countries are taken as their people write them; what cannot be is refused with the way to mend it."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from customers import postal
from customers.models import Contact

PERSON = {"contact_type": "registrant", "first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"}

# city, state as typed, postal code as typed, country as typed, phone; then what is stored for all but the city
ADDRESSES = {
    "London": ("London", "", "sw1a 2aa", "uk", "020 7219 3000", "London", "SW1A 2AA", "GB", "+44.2072193000"),
    "Washington": ("Washington", "district of columbia", "20500", "US", "(202) 456-1111", "DC", "20500", "US", "+1.2024561111"),
    "Ottawa": ("Ottawa", "Ontario", "k1a 0a9", "CA", "613 992-4211 ext 12", "ON", "K1A 0A9", "CA", "+1.6139924211x12"),
    "Québec": ("Québec", "quebec", "G1R 4P5", "CA", "+1 418 643 2688", "QC", "G1R 4P5", "CA", "+1.4186432688"),
    "Canberra": ("Canberra", "ACT", "2600", "Australia", "02 6277 7111", "ACT", "2600", "AU", "+61.262777111"),
    "Berlin": ("Berlin", "", "11011", "Germany", "030 22732152", "Berlin", "11011", "DE", "+49.3022732152"),
    "Paris": ("Paris", "Île-de-France", "75007", "FR", "01 40 63 60 00", "Île-de-France", "75007", "FR", "+33.140636000"),
    "Roma": ("Roma", "roma", "00186", "IT", "06 67601", "RM", "00186", "IT", "+39.0667601"),
    "Madrid": ("Madrid", "Madrid", "28014", "ES", "913 90 60 00", "M", "28014", "ES", "+34.913906000"),
    "Den Haag": ("Den Haag", "", "2513 aa", "NL", "070 318 2211", "Den Haag", "2513 AA", "NL", "+31.703182211"),
    "Dublin": ("Dublin", "", "d02 a272", "IE", "01 618 3000", "Dublin", "D02 A272", "IE", "+353.16183000"),
    "Tokyo": ("Chiyoda", "東京都", "100-8914", "JP", "03-3581-5111", "Tokyo", "100-8914", "JP", "+81.335815111"),
    "Brasília": ("Brasília", "distrito federal", "70160-900", "BR", "(61) 3216-0000", "DF", "70160-900", "BR", "+55.6132160000"),
    "New Delhi": ("New Delhi", "Delhi", "110001", "IN", "011 2303 4000", "Delhi", "110001", "IN", "+91.1123034000"),
    "Hong Kong": ("Central", "Hong Kong Island", "", "HK", "3919 3300", "Hong Kong Island", "", "HK", "+852.39193300"),
    "Dubai": ("Dubai", "Dubai", "", "AE", "04 353 5000", "Dubai", "", "AE", "+971.43535000"),
    "Singapore": ("Singapore", "", "178957", "SG", "6336 8811", "Singapore", "178957", "SG", "+65.63368811"),
    "Zürich": ("Zürich", "ZH", "8001", "CH", "044 267 31 11", "ZH", "8001", "CH", "+41.442673111"),
    "Mexico City": ("Cuauhtémoc", "Ciudad de México", "06000", "MX", "55 3688 1100", "CDMX", "06000", "MX", "+52.5536881100"),
}  # fmt: skip


def contact(**facts: str) -> Contact:
    return Contact(**{**PERSON, "address1": "1 Main Street", **facts})


def cleaned(contact: Contact) -> Contact:
    contact.full_clean(exclude=["customer"], validate_unique=False, validate_constraints=False)
    return contact


def faults(contact: Contact) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refusal:
        cleaned(contact)
    return refusal.value.message_dict


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_a_real_address_is_taken_and_stored_as_registries_want_it(address: tuple[str, ...]) -> None:
    city, state, code, country, phone, *stored = address
    made = cleaned(contact(city=city, state_province=state, postal_code=code, country_code=country, phone=phone))
    assert [made.state_province, made.postal_code, made.country_code, made.phone] == stored
    again = [made.state_province, made.postal_code, made.country_code, made.phone]
    cleaned(made)
    assert [made.state_province, made.postal_code, made.country_code, made.phone] == again, "a second look changes it"


@pytest.mark.parametrize(
    ("country", "state", "code", "field", "words"),
    [
        ("US", "CA", "9021", "postal_code", "United States of America: it looks like 95014 or 22162-1010 there, not like “9021”."),
        ("US", "NY", "90210", "postal_code", "“90210” is not in New York. Correct one of the two."),
        ("US", "", "20500", "state_province", "United States of America: an address there needs it."),
        ("US", "Ontario", "20500", "state_province", "United States of America: “Ontario” is not there. Choose one of the list."),
        ("CA", "ON", "K1A", "postal_code", "Canada: it looks like H3Z 2Y7 or V8X 3X4 there, not like “K1A”."),
        ("DE", "", "", "postal_code", "Germany: an address there needs it."),
        ("ES", "Madrid", "08001", "postal_code", "“08001” is not in Madrid. Correct one of the two."),
        ("Atlantis", "", "1", "country_code", "“Atlantis” is no country. Choose one of the list."),
    ],
)  # fmt: skip
def test_what_an_address_cannot_be_is_said_at_its_field(
    country: str, state: str, code: str, field: str, words: str
) -> None:
    found = faults(
        contact(city="X", state_province=state, postal_code=code, country_code=country, phone="+12024561111")
    )
    assert found == {field: [words]}


def test_every_country_has_rules_and_its_own_examples_fit_them() -> None:
    assert len(postal.NAMES) == 249
    for code in postal.NAMES:
        there = postal.country(code)
        for example in there.postal_examples:
            assert there.postal_codes is None or there.postal_codes.fullmatch(example), (code, example)
        assert len({area.code for area in there.areas}) == len(there.areas), code
        for area in there.areas:
            assert len(area.code) <= 32, area
            assert there.area(area.code) is area
            assert there.area(area.name) is area


def test_a_country_that_is_not_known_asks_for_nothing() -> None:
    assert postal.country("XX") is postal.NOWHERE
    assert postal.checked_postal_code("whatever", postal.NOWHERE, "") == "WHATEVER"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "DE"),
        ("DEU", "DE"),
        ("Deutschland", ""),
        ("turkey", "TR"),
        ("Côte d'Ivoire", "CI"),
        ("UK", "GB"),
        ("", ""),
    ],
)
def test_a_country_is_found_by_code_and_name(text: str, code: str) -> None:
    assert postal.find(text) == code


def test_countries_are_named_and_sorted_in_the_readers_language() -> None:
    assert [str(name) for _code, name in postal.choices()][:2] == ["Afghanistan", "Åland Islands"]
    with translation.override("de"):
        assert postal.country("DE").name == "Deutschland"
        assert postal.find("deutschland") == "DE"
        assert [str(name) for _code, name in postal.choices()][1] == "Ägypten"


@pytest.mark.parametrize(
    ("country", "state", "lines"),
    [
        ("GB", "East Sussex", ["Lewes", "East Sussex", "BN7 1AA"]),
        ("US", "CA", ["Lewes, CA BN7 1AA"]),
        ("DE", "", ["BN7 1AA Lewes"]),
        ("HK", "", ["Lewes", "BN7 1AA"]),
    ],
)
def test_an_address_is_written_as_in_its_country(country: str, state: str, lines: list[str]) -> None:
    assert postal.country(country).written("Lewes", state, "BN7 1AA") == lines
