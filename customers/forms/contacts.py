"""The form of a contact. It knows the country: which fields are needed there, what they are called, what is a postal code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import phones, postal
from customers.models import Contact
from macaw.kernel.errors import Words

CHOOSE = gettext_lazy("Choose…")
FIELDS = (
    "contact_type", "organization", "first_name", "last_name", "country_code", "address1", "address2", "city",
    "state_province", "postal_code", "email", "phone", "fax",
)  # fmt: skip
AUTOCOMPLETE = {
    "organization": "organization", "first_name": "given-name", "last_name": "family-name", "country_code": "country",
    "address1": "address-line1", "address2": "address-line2", "city": "address-level2",
    "state_province": "address-level1", "postal_code": "postal-code", "email": "email", "phone": "tel",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else changed meanwhile, and what becomes of it."""

    label: Words
    before: str
    stored: str
    yours: str  # empty if theirs is taken over


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the stubs alone
    """`judge=False` fits the fields to the country that was chosen and says nothing about what is in them yet."""

    class Meta:
        model = Contact
        fields = FIELDS
        labels = {"organization": gettext_lazy("Organisation"), "address2": gettext_lazy("Floor, suite or building")}
        help_texts = {
            "contact_type": gettext_lazy("Offered first for this role; any contact can serve in any."),
            "organization": gettext_lazy(
                "If you name one, it is legally the owner of your names, and the person only speaks for it. "
                "Leave it empty if the names are to be the person’s own."
            ),
            "first_name": "",
            "last_name": "",
            "country_code": "",
            "address1": gettext_lazy("Street and number."),
            "address2": "",
            "city": "",
            "state_province": "",
            "phone": gettext_lazy("A number of another country begins with + and its code."),
            "fax": gettext_lazy("Few registries still ask for one."),
        }
        widgets = {
            "country_code": forms.Select(choices=lambda: [("", CHOOSE), *postal.choices()]),  # type: ignore[arg-type]  # may be callable
            "email": forms.EmailInput,
            "phone": forms.TextInput(attrs={"type": "tel"}),
            "fax": forms.TextInput(attrs={"type": "tel"}),
        }

    def __init__(self, data: Mapping[str, str] | QueryDict | None = None, *, judge: bool = True, **kwargs: Any) -> None:
        super().__init__(data.dict() if isinstance(data, QueryDict) else data, **kwargs)
        self.judge = judge
        self.there = postal.country(self._country())
        for field in self.fields.values():
            field.error_messages["required"] = _("Registries need this. Fill it in.")
        for name, kind in AUTOCOMPLETE.items():
            self.fields[name].widget.attrs["autocomplete"] = kind
        if self.instance.pk:
            self.initial = {**self.initial, **written(self.instance)}
        self._fit_state()
        self._fit_postal_code()

    def full_clean(self) -> None:
        super().full_clean()
        if not self.judge:
            self.errors.clear()

    def add_error(self, field: str | None, error: Any) -> None:
        """A field says one thing: what the form knows to be wrong with it is not said by the model in other words."""
        if hasattr(error, "error_dict"):
            error = ValidationError({name: said for name, said in error.error_dict.items() if name not in self.errors})
        super().add_error(field, error)

    def says(self, contact: Contact) -> bool:
        """Whether that contact is already as this form would have it."""
        return all((getattr(self.instance, name) or "") == (getattr(contact, name) or "") for name in FIELDS)

    def _country(self) -> str:
        chosen = self.data.get("country_code", "") if self.is_bound else self.get_initial_for_field(
            self.fields["country_code"], "country_code"
        )  # fmt: skip
        return postal.find(str(chosen or ""))

    def _fit_state(self) -> None:
        field = self.fields["state_province"]
        field.label, field.required = str(self.there.area_label), self.there.area_required
        field.error_messages["required"] = postal.needed(self.there)
        if not self.there.areas:
            return
        areas = [(area.code, area.name) for area in self.there.areas]
        typed = self.data.get("state_province", "") if self.is_bound else self.initial.get("state_province", "")
        known = self.there.area(typed)
        if self.is_bound and known:
            self.data = {**self.data, "state_province": known.code}
        elif typed and not known:
            areas.insert(0, (typed, typed))  # what was typed is not lost, though it will be refused
        attrs = {"translate": "no", "autocomplete": AUTOCOMPLETE["state_province"]}
        field.widget = forms.Select(choices=[("", CHOOSE), *areas], attrs=attrs)

    def _fit_postal_code(self) -> None:
        field = self.fields["postal_code"]
        field.label, field.required = str(self.there.postal_label), self.there.postal_required
        field.error_messages["required"] = postal.needed(self.there)
        hint = self.there.postal_hint
        field.help_text = _("Such as %(examples)s.") % {"examples": hint} if hint else ""


class NewContactForm(ContactForm):
    """Carries a key, so that a second click makes no second contact."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def renew(self, message: str) -> None:
        """Give the form another key, and say why it came back."""
        self.data = {**self.data, "key": str(uuid4())}
        self.add_error(None, message)


class ContactEditForm(ContactForm):
    """Carries the version that was seen and what stood in it, so that two people who edit at once both keep their work."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, str] | QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.initial["seen"] = self.instance.version
        for name in FIELDS:
            self.fields[name].show_hidden_initial = True

    def over(self, stored: Contact) -> "ContactEditForm":
        """This edit on top of what is stored by now: what was not touched here follows it."""
        now = {name: value or "" for name, value in written(stored).items()}
        touched = {name for name in FIELDS if self.data.get(name, "") != self._before(name)}
        data = {name: self.data.get(name, "") if name in touched else now[name] for name in FIELDS}
        seen_now = {f"initial-{name}": value for name, value in now.items()}
        return ContactEditForm({**data, **seen_now, "seen": str(stored.version)}, instance=stored, judge=False)

    def differences(self, stored: Contact) -> list[Difference]:
        """What somebody else changed since this form was shown."""
        now = written(stored)
        return [
            Difference(
                self.fields[name].label or "",
                self._before(name),
                now[name] or "",
                yours if (yours := self.data.get(name, "")) not in {self._before(name), now[name]} else "",
            )
            for name in FIELDS
            if self._before(name) != (now[name] or "")
        ]

    def _before(self, name: str) -> str:
        return str(self.data.get(f"initial-{name}", ""))


def written(contact: Contact) -> dict[str, Any]:
    """The values as the form shows them: numbers that can be read, and no state that only repeats the city."""
    values: Mapping[str, Any] = {name: getattr(contact, name) or "" for name in FIELDS}
    return {
        **values,
        "state_province": contact.own_state,
        "phone": phones.shown(contact.phone),
        "fax": phones.shown(contact.fax or ""),
    }
