"""What is typed about mail."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TestMailForm(forms.Form):
    recipient = forms.EmailField(
        label=_("Address"),
        help_text=_("Your own, or another that you may write to. It gets one short mail that says it is a test."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
