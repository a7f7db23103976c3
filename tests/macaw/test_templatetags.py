"""The product's words in templates, letter by letter."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.template import Context, Template

from macaw.formats import words
from macaw.templatetags import macaw as tags

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
Clock = time_machine.Traveller


def shown(source: str, **facts: object) -> str:
    return Template(source).render(Context(facts))


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (Decimal("1204.50"), "USD", "$1,204.50"),
        (Decimal(-3), "EUR", "\u2212€3.00"),
        (Decimal("0.30"), "GBP", "£0.30"),
        (12, "CHF", "12.00\u00a0CHF"),
        (Decimal(1200), "JPY", "¥1,200"),
        (Decimal("99999999.99"), "USD", "$99,999,999.99"),
    ],
)
def test_money_reads_exactly(value: Decimal, currency: str, text: str) -> None:
    assert words.amount(value, currency) == text


@pytest.mark.parametrize("value", [Decimal("0.005"), Decimal("1.001")])
def test_money_that_is_not_whole_cents_is_refused(value: Decimal) -> None:
    with pytest.raises(ValueError, match="minor units"):
        words.amount(value, "USD")


def test_yen_have_no_cents() -> None:
    with pytest.raises(ValueError, match="JPY"):
        words.amount(Decimal("0.50"), "JPY")


def test_money_is_never_a_float() -> None:
    with pytest.raises(TypeError):
        words.amount(0.3, "USD")  # type: ignore[arg-type]  # the point


def test_money_is_not_translated() -> None:
    assert shown('{% money value "USD" %}', value=Decimal(2)) == '<span class="money" translate="no">$2.00</span>'


@pytest.mark.parametrize(
    ("name", "lockup"),
    [
        ("northwind.coffee", '<span class="dn" translate="no">northwind<i>.coffee</i></span>'),
        ("quill.co.uk", '<span class="dn" translate="no">quill<i>.co.uk</i></span>'),
        (
            "xn--bcher-kva.example",
            (
                '<span class="dn" translate="no">bücher<i>.example</i></span>'
                '<span class="idn" translate="no">xn--bcher-kva.example</span>'
            ),
        ),
    ],
)
def test_a_name_is_label_and_quiet_suffix(name: str, lockup: str) -> None:
    assert tags.dn(name) == lockup


def test_a_name_can_be_a_link() -> None:
    assert (
        tags.dn("a.com", href="/x/?a=1&b=2") == '<a href="/x/?a=1&amp;b=2" class="dn" translate="no">a<i>.com</i></a>'
    )


@pytest.mark.parametrize("name", ["xn--", "xn--a", "xn--ls8h.la", "xn--.com", "xn--bcher-kva-\u200b.com"])
def test_what_does_not_decode_to_letters_stays_as_it_is(name: str) -> None:
    assert words.unicode_name(name) == name


def test_an_invisible_character_is_never_decoded() -> None:
    hidden = "xn--" + "ab\u200dc".encode("punycode").decode() + ".com"
    assert words.unicode_name(hidden) == hidden


def test_a_name_from_outside_is_escaped() -> None:
    assert "<script>" not in tags.dn("<script>.com")


@pytest.mark.parametrize("kind", tags.STATES)
def test_a_status_is_an_icon_and_words(kind: str) -> None:
    made = tags.st(kind, "<b>Active")
    assert f'class="st st-{kind}"' in made
    assert "&lt;b&gt;Active" in made
    assert f"#{tags.STATES[kind]}" in made
    assert "pill" in tags.st(kind, "Active", pill=True)


def test_an_icon_is_silent() -> None:
    assert tags.icon("bell") == (
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="/static/icons.svg#bell"/></svg>'
    )


def test_a_date_is_british_and_machine_readable() -> None:
    assert tags.when(date(2027, 6, 12)) == '<time datetime="2027-06-12">12 Jun 2027</time>'
    assert tags.when(NOON, time=True) == '<time datetime="2026-11-21T12:00+00:00">21 Nov 2026, 12:00 UTC</time>'


def test_a_moment_is_dated_in_utc() -> None:
    late_in_new_york = datetime.fromisoformat("2026-11-21T22:00:00-05:00")
    assert "22 Nov 2026" in tags.when(late_in_new_york)


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (6, "in 6 days"),
        (-12, "12 days ago"),
        (60, "in 60 days"),
        (92, "in 3 months"),
        (330, "in 11 months"),
        (364, "in 1 year"),
        (730, "in 2 years"),
        (-400, "1 year ago"),
    ],
)
def test_days_away_are_told_as_people_say_it(clock: Clock, days: int, text: str) -> None:
    assert words.distance(date(2026, 11, 21) + timedelta(days=days)) == text


@pytest.mark.parametrize(
    ("gap", "text"),
    [
        (timedelta(seconds=30), "now"),
        (timedelta(minutes=5), "in 5 minutes"),
        (timedelta(minutes=-1), "1 minute ago"),
        (timedelta(hours=-3), "3 hours ago"),
        (timedelta(hours=25), "tomorrow"),
    ],
)
def test_a_near_moment_is_told_in_minutes_and_hours(clock: Clock, gap: timedelta, text: str) -> None:
    assert words.distance(datetime(2026, 11, 21, 9, 0, tzinfo=UTC) + gap) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "1 second"), (40, "40 seconds"), (101, "2 minutes"), (7_201, "3 hours")]
)
def test_a_wait_is_long_enough(seconds: int, text: str) -> None:
    assert words.wait(seconds) == text


def test_relative_stands_beside_the_date(clock: Clock) -> None:
    assert shown("{% when day relative=True %}", day=date(2026, 11, 27)).endswith(
        "27 Nov 2026</time> <small>in 6 days</small>"
    )
