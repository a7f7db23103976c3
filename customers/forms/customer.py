"""What members write about their customer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Customer


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the stubs alone
    email = forms.EmailField(label=_("Email"), help_text=_("Where letters to the customer go."))
    company_name = forms.CharField(
        label=_("Company"), required=False, max_length=200, help_text=_("Empty for a person.")
    )

    class Meta:
        model = Customer
        fields = ("company_name", "email")

    def clean_company_name(self) -> str | None:
        return self.cleaned_data["company_name"] or None
