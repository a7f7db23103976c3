"""The product's own words in templates: icons, names, states, money and dates."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString

from macaw.formats import words

register = template.Library()

STATES = {
    "ok": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-alert",
    "info": "info",
    "mute": "circle-slash",
}


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One icon of the sprite, silent to screen readers: the words stand beside it."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        static("icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def for_customer(context: template.Context) -> SafeString:
    """In every form that does something for a customer: says for which one it was made."""
    return format_html('<input type="hidden" name="customer" value="{}">', context["shell"].customer.pk)


@register.simple_tag
def dn(name: Any, href: str = "", extra: str = "") -> SafeString:
    """A domain name: label in ink, suffix quiet; an international one in its letters first, then as the registry has it."""
    ascii_name = str(name)
    shown = words.unicode_name(ascii_name)
    label, dot, suffix = shown.partition(".")
    tag = format_html('a href="{}"', href) if href else SafeString("span")
    lockup = format_html(
        '<{} class="dn{}" translate="no">{}<i>{}</i></{}>',
        tag,
        f" {extra}" if extra else "",
        label,
        dot + suffix,
        "a" if href else "span",
    )
    if shown == ascii_name:
        return lockup
    return format_html('{}<span class="idn" translate="no">{}</span>', lockup, ascii_name)


@register.simple_tag
def st(kind: str, text: Any, icon_name: str = "", pill: bool = False) -> SafeString:
    """A status: icon and words; `kind` is ok, warn, bad, info or mute."""
    return format_html(
        '<span class="st st-{}{}">{}{}</span>', kind, " pill" if pill else "", icon(icon_name or STATES[kind]), text
    )


@register.simple_tag
def money(value: Decimal | int, currency: str) -> SafeString:
    return format_html('<span class="money" translate="no">{}</span>', words.amount(value, currency))


@register.simple_tag
def when(moment: date | datetime, relative: bool = False, time: bool = False) -> SafeString:
    """A date, `12 Jun 2027`, in UTC; with its time, and how far away it is, where asked."""
    if time and isinstance(moment, datetime):
        stamp, text = moment.isoformat(timespec="minutes"), formats.date_format(moment, "DATETIME_FORMAT")
    else:
        stamp, text = words.day(moment).isoformat(), formats.date_format(words.day(moment), "DATE_FORMAT")
    mark = format_html('<time datetime="{}">{}</time>', stamp, text)
    return format_html("{} <small>{}</small>", mark, words.distance(moment)) if relative else mark


@register.filter
def distance(moment: date | datetime) -> str:
    return words.distance(moment)


@register.filter
def wait(seconds: int) -> str:
    return words.wait(seconds)


@register.filter(is_safe=True)
def without_empty_heads(table: str) -> str:
    """Of a table in Django's admin: a head cell without words tells a screen reader nothing, so it becomes a plain cell."""
    return re.sub(r"<th([^>]*)></th>", r"<td\1></td>", table)
