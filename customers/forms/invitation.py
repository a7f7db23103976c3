"""Whom an owner invites, and as what."""

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Membership


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("Email"), help_text=_("Whoever has the mail can accept, so check it: it is good for seven days, once.")
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.VIEWER, widget=forms.RadioSelect
    )
