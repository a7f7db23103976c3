"""People, customers and contacts, as staff see them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as django_auth  # noqa: F401  # registers Group, which is replaced below
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.models import Confirmation, Contact, Customer, Invitation, Membership, Session, User, Visit
from macaw.kernel.admin import ReadOnlyAdmin, ReasonForm, RecordAdmin, RowsInline, VersionedForm


class CustomerForm(ReasonForm):
    def clean_status(self) -> str:
        status: str = self.cleaned_data["status"]
        if status == Customer.Status.CLOSED and self.instance.pk and self.instance.domains.held().exists():
            raise ValidationError(_("This customer still holds names; they must end first."))
        return status


class OwnedFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]  # generic for the stubs alone
    def add_fields(self, form: Any, index: int | None) -> None:
        """In a table the head of a column is no label, so each field says its name itself."""
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs.setdefault("aria-label", field.label)

    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        if not any(row.get("role") == Membership.Role.OWNER for row in kept):
            raise ValidationError(_("A customer has at least one owner."))


class MembershipInline(RowsInline):
    model = Membership
    formset = OwnedFormSet
    fields = ("user", "role")
    raw_id_fields = ("user",)
    extra = 0


@admin.register(Customer)
class CustomerAdmin(RecordAdmin):
    form = CustomerForm
    list_display = ("name", "username", "email", "status", "currency", "account_balance", "credit_limit", "created_at")
    list_filter = ("status", "currency")
    search_fields = ("username", "email", "company_name")
    inlines = (MembershipInline,)
    fieldsets = (
        (None, {"fields": ("username", "company_name", "email", "status")}),
        (_("Money"), {"fields": ("currency", "credit_limit", "account_balance", "held_amount")}),
        (_("Times"), {"fields": ("created_at", "updated_at")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Customer | None = None) -> list[str]:
        """The caches always; the name once it is given; the currency once there are papers or money in it."""
        fixed = ["account_balance", "held_amount", "created_at", "updated_at"]
        if obj:
            fixed.append("username")
        if obj and (obj.invoices.exists() or obj.payments.exists()):
            fixed.append("currency")
        return fixed


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """To look for; members are changed on their customer's page, where an owner must remain."""

    list_display = ("user", "customer", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "customer")
    search_fields = ("user__username", "customer__username", "customer__company_name")


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("email", "customer", "role", "invited_by", "sent_at", "expires_at", "accepted_by", "revoked_at")
    list_filter = ("role",)
    list_select_related = ("customer", "invited_by", "accepted_by")
    search_fields = ("email", "customer__username", "customer__company_name")


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    list_display = ("staff", "customer", "reason", "created_at", "ends_at", "ended_at")
    list_select_related = ("staff", "customer")
    search_fields = ("staff__username", "customer__username", "customer__company_name")


@admin.register(User)
class UserAdmin(RecordAdmin):
    """A person as the login portal knows them. Here they can be locked out; rights come from the portal's groups."""

    list_display = ("username", "full_name", "email", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("username", "full_name", "email", "subject")
    fieldsets = (
        (None, {"fields": ("username", "full_name", "email", "is_active")}),
        (_("Identity"), {"fields": ("issuer", "subject", "last_login", "created_at", "updated_at")}),
        (_("Rights"), {"fields": ("is_staff", "is_superuser", "groups")}),
        (_("Preferences"), {"fields": ("language", "theme", "shortcuts")}),
    )
    readonly_fields = (
        "username", "full_name", "email", "issuer", "subject", "last_login", "created_at", "updated_at",
        "is_staff", "is_superuser", "groups", "language", "theme", "shortcuts",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """Who is signed in where; what a session remembers is its own affair."""

    list_display = ("user", "address", "browser", "began_at", "seen_at", "expire_date")
    list_select_related = ("user",)
    search_fields = ("user__username", "address")
    fields = ("user", "address", "browser", "began_at", "seen_at", "expire_date")
    ordering = ("-seen_at",)

    def get_fields(self, request: HttpRequest, obj: Session | None = None) -> tuple[str, ...]:
        return self.fields


@admin.register(Confirmation)
class ConfirmationAdmin(ReadOnlyAdmin):
    list_display = ("session", "kind", "expires_at")
    list_select_related = ("session", "session__user")
    search_fields = ("session__user__username",)
    ordering = ("-expires_at",)

    def get_fields(self, request: HttpRequest, obj: Confirmation | None = None) -> tuple[str, ...]:
        return ("kind", "expires_at")


@admin.register(Contact)
class ContactAdmin(RecordAdmin):
    """One that is used on a domain stands at the registrar too, so it changes by a service and is only shown here."""

    form = VersionedForm
    list_display = ("__str__", "customer", "contact_type", "email", "country_code", "updated_at")
    list_filter = ("contact_type",)
    list_select_related = ("customer",)
    search_fields = ("first_name", "last_name", "organization", "email")
    raw_id_fields = ("customer",)
    readonly_fields = ("created_at", "updated_at")
    fieldsets = (
        (None, {"fields": ("customer", "contact_type", "first_name", "last_name", "organization")}),
        (_("Reached at"), {"fields": ("email", "phone", "fax")}),
        (
            _("Address"),
            {"fields": ("address1", "address2", "city", "state_province", "postal_code", "country_code")},
        ),
        (_("Times"), {"fields": ("created_at", "updated_at")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Contact | None = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "customer") if obj else self.readonly_fields

    def has_change_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.domain_contacts.exists())


class GroupAdmin(ReadOnlyAdmin):
    """What each staff group may do is written in the code; here it can be read."""

    list_display = ("name",)
    search_fields = ("name",)

    def get_fields(self, request: HttpRequest, obj: Group | None = None) -> Any:
        return ["name", "permissions"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).prefetch_related("permissions__content_type")


admin.site.unregister(Group)
admin.site.register(Group, GroupAdmin)
