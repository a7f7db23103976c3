"""Samples for the states page: each part in each condition it can be in. Nothing here is stored or true."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from domains.models import Domain
from macaw import horizon
from macaw.kernel import clock


class SampleForm(forms.Form):
    host = forms.CharField(label=_("Nameserver 1"), help_text=_("Host name in lower case."))
    second = forms.GenericIPAddressField(label=_("Glue address"))
    ending = forms.ChoiceField(
        label=_("Ending"), choices=[(".com", ".com"), (".coffee", ".coffee")], widget=forms.Select({"translate": "no"})
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label=_("I have told the owner"), required=False)


def _name(name: str, days: int, *, auto_renew: bool = True) -> Domain:
    return Domain(domain_name=name, expiration_date=clock.now() + timedelta(days=days), auto_renew=auto_renew)


def page() -> dict[str, Any]:
    """What the page shows; no query."""
    names = [
        _name("harborlight.studio", 6, auto_renew=False),
        _name("oakhall.org", 11),
        _name("tidewaterprint.com", 18),
        _name("quillandpress.co.uk", 23),
        _name("ilovel1lac.io", 28, auto_renew=False),
        _name("saltmarsh.blog", 52),
        _name("fernandpine.com", 75),
        _name("oakandember.com", 82),
    ]
    return {
        "form": SampleForm({"host": "ns1.example.net", "second": "192.0.2", "ending": ".com"}),
        "names": names,
        "points": horizon.points(names),
        "months": horizon.months(),
        "rows": names[:4],
        "phases": ["active", "grace", "redemption"],
        "bars": [("26", "74"), ("65", "35"), ("15", "85"), ("21", "79"), ("98", "2"), ("71", "29")],
        "yesterday": clock.now() - timedelta(days=1),
        "moment": clock.now(),
    }
