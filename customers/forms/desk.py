"""What staff fill in about people and customers."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Membership


class ReasonForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")  # two may stand on one page
        super().__init__(*args, **kwargs)

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Why you do this; it stays in the history.")
    )


class LinkForm(ReasonForm):
    number = forms.ModelChoiceField(
        Customer.objects.exclude(status=Customer.Status.CLOSED),
        label=_("Customer"),
        widget=forms.NumberInput,
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.VIEWER, widget=forms.RadioSelect
    )
    field_order = ("number", "role", "reason")


class OpenForm(ReasonForm):
    company_name = forms.CharField(
        label=_("Company"), required=False, max_length=200, empty_value=None, help_text=_("Empty for a person.")
    )
    email = forms.EmailField(label=_("Email"), help_text=_("Where letters to the customer go."))
    currency = forms.CharField(
        label=_("Currency"),
        initial="USD",
        validators=[RegexValidator("^[A-Z]{3}$", _("Three capital letters, such as USD."))],
        help_text=_("ISO 4217 code; fixed once money has moved."),
    )
    field_order = ("company_name", "email", "currency", "reason")
