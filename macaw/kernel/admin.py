"""What every record in the admin has: a reason for each change, one gesture for all it writes, and no button that deletes.

Most records are read-only here: caches, papers, evidence and what belongs to the registrar change by services alone.
"""

import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from macaw.kernel.rows import Versioned
from macaw.kernel.sealed import SealedField
from macaw.kernel.writing import writing

NOT_OF_THE_ROW = {"reason", "seen"}


class ReasonForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the stubs alone
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Why you change this; it stays in the record's history.")
    )

    @cached_property
    def changed_data(self) -> list[str]:
        """The row's own fields alone: a reason changes nothing."""
        return [name for name in super().changed_data if name not in NOT_OF_THE_ROW]


class VersionedForm(ReasonForm):
    """Carries the version that was seen, and says what differs if somebody was faster."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.version

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.instance.pk and self.cleaned_data.get("seen") != self.instance.version:
            stored = "; ".join(f"{self.fields[name].label}: {self.initial.get(name)}" for name in self.changed_data)
            words = _("Somebody changed this before you, and nothing of yours is saved. Stored now: %(stored)s.")
            self.add_error(None, words % {"stored": stored or _("the same as you sent")})
        return cleaned


class RecordAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the stubs alone
    form = ReasonForm
    list_per_page = 50
    show_full_result_count = False
    save_on_top = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Asks the reason last, of those who may write."""
        fieldsets = list(super().get_fieldsets(request, obj))
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        named = {name for _title, options in fieldsets for name in options["fields"]}
        extra = [name for name in self.form.declared_fields if name not in named] if may_write else []
        return [*fieldsets, (None, {"fields": extra})] if extra else fieldsets

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """All that one form writes, the row, its inlines and its history, is one gesture of this person."""
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        verb = f"{self.opts.model_name}.{'changed' if object_id else 'added'}"
        with writing(request.user.actor, verb, request_id=getattr(request, "id", "")):  # type: ignore[union-attr]  # staff are our users
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and isinstance(obj, Versioned):
            obj.save_over(form.cleaned_data["seen"])
        else:
            super().save_model(request, obj, form, change)

    def construct_change_message(  # type: ignore[override]  # the history takes plain words as well
        self, request: HttpRequest, form: Any, formsets: Iterable[Any], add: bool = False
    ) -> str:
        """The reason, then Django's own words for what changed."""
        changes = super().construct_change_message(request, form, formsets, add)
        words = LogEntry(change_message=json.dumps(changes)).get_change_message()
        return f"{form.cleaned_data['reason']} · {words}"


class ReadOnlyAdmin(RecordAdmin):
    """A record to look at. Every column is shown but the sealed ones."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [field.name for field in self.opts.concrete_fields if not isinstance(field, SealedField)]


class RowsInline(admin.TabularInline):  # type: ignore[type-arg]  # generic for the stubs alone
    template = "admin/rows.html"


class ReadOnlyInline(RowsInline):
    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
