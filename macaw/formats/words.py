"""Amounts, distances in time and names, as people read them."""

import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from macaw.kernel import clock

MINUS = "\u2212"
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
PLACES = {"JPY": 0, "KRW": 0, "CLP": 0}  # ISO 4217 exponents other than two
MONTH = 30.44
YEAR = 365.25
PRECISE = 100  # so many seconds or minutes are told as such


def amount(value: Decimal | int, currency: str) -> str:
    """`$1,204.50`, `−€3.00`, `12.00 CHF`. Exact: what is not a whole number of minor units is refused, never rounded."""
    if isinstance(value, float):
        raise TypeError("Money is a Decimal, never a float.")
    exact = Decimal(value)
    places = PLACES.get(currency, 2)
    if exact != exact.quantize(Decimal(1).scaleb(-places)):
        raise ValueError(f"{value} is not a whole number of minor units of {currency}.")
    digits = formats.number_format(abs(exact), places, use_l10n=True, force_grouping=True)
    sign = SIGNS.get(currency)
    return (MINUS if exact < 0 else "") + (f"{sign}{digits}" if sign else f"{digits}\u00a0{currency}")


def day(moment: date | datetime) -> date:
    """The UTC date of a moment."""
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment


def distance(moment: date | datetime) -> str:
    """How far away: `today`, `in 6 days`, `3 months ago`; below a day, for a moment, in hours and minutes."""
    days = (day(moment) - clock.today()).days
    if isinstance(moment, datetime) and abs(gap := moment - clock.now()) < timedelta(days=1):
        return _nearby(gap)
    if days in _NEAR_DAYS:
        return _NEAR_DAYS[days]()
    words = _length(abs(days))
    return _("in %(length)s") % {"length": words} if days > 0 else _("%(length)s ago") % {"length": words}


_NEAR_DAYS = {0: lambda: _("today"), 1: lambda: _("tomorrow"), -1: lambda: _("yesterday")}


def _nearby(gap: timedelta) -> str:
    minutes = int(abs(gap).total_seconds() // 60)
    if minutes == 0:
        return _("now")
    hours = minutes // 60
    words = (
        ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
        if hours
        else ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    )
    return _("in %(length)s") % {"length": words} if gap > timedelta() else _("%(length)s ago") % {"length": words}


def _length(days: int) -> str:
    if days < 2 * MONTH:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if days < YEAR - MONTH / 2:
        count = round(days / MONTH)
        return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}
    count = round(days / YEAR)
    return ngettext("%(count)s year", "%(count)s years", count) % {"count": count}


def wait(seconds: int) -> str:
    """How long to wait, rounded up so that it is long enough: `40 seconds`, `2 minutes`, `3 hours`."""
    if seconds < PRECISE:
        return ngettext("%(count)s second", "%(count)s seconds", seconds) % {"count": seconds}
    if seconds < PRECISE * 60:
        minutes = -(-seconds // 60)
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    hours = -(-seconds // 3600)
    return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}


def unicode_name(name: str) -> str:
    """An international name in its own letters; what does not decode cleanly, or hides something, stays as it is."""
    return ".".join(_unicode_label(label) for label in name.split("."))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        text = label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
    visible = all(unicodedata.category(char)[0] in "LMN" or char in "-·・" for char in text)
    return text if visible and text and text == unicodedata.normalize("NFC", text) else label
