"""Names as staff see them. What the registry holds changes by services alone, so all but our own wish is read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from domains.models import Domain, DomainContact, GlueAddress, Nameserver, TldDatum
from macaw.kernel.admin import ReadOnlyAdmin, ReadOnlyInline, RecordAdmin


class DomainContactInline(ReadOnlyInline):
    model = DomainContact
    fields = ("contact_role", "contact")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DomainContact]:
        return super().get_queryset(request).select_related("contact")


class NameserverInline(ReadOnlyInline):
    model = Nameserver
    fields = ("priority", "hostname", "ip_address")
    ordering = ("priority", "hostname")


class TldDatumInline(ReadOnlyInline):
    model = TldDatum
    fields = ("data_key", "data_value", "updated_at")


class GlueAddressInline(ReadOnlyInline):
    model = GlueAddress
    fields = ("ip_address",)


@admin.register(Domain)
class DomainAdmin(RecordAdmin):
    list_display = ("domain_name", "customer", "status", "expiration_date", "dates_confirmed", "auto_renew")
    list_filter = ("status", "auto_renew", "dates_confirmed")
    list_select_related = ("customer",)
    date_hierarchy = "expiration_date"
    search_fields = ("domain_name", "customer__username", "customer__company_name", "registry_domain_id")
    inlines = (DomainContactInline, NameserverInline, TldDatumInline)
    fieldsets = (
        (None, {"fields": ("domain_name", "tld", "customer", "status", "ended_reason", "auto_renew")}),
        (_("Dates"), {"fields": ("registration_date", "expiration_date", "dates_confirmed")}),
        (_("At the registry"), {"fields": ("transfer_lock", "whois_privacy", "has_auth_code", "registry_domain_id")}),
        (_("Times"), {"fields": ("created_at", "updated_at")}),
    )
    readonly_fields = (
        "domain_name", "tld", "customer", "status", "ended_reason", "registration_date", "expiration_date",
        "dates_confirmed", "transfer_lock", "whois_privacy", "has_auth_code", "registry_domain_id", "created_at",
        "updated_at",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(boolean=True, description=_("auth code known"))
    def has_auth_code(self, domain: Domain) -> bool:
        """Whether there is one; the code itself is shown to its owner alone."""
        return domain.auth_code is not None


@admin.register(DomainContact)
class DomainContactAdmin(ReadOnlyAdmin):
    list_display = ("domain", "contact_role", "contact")
    list_filter = ("contact_role",)
    list_select_related = ("domain", "contact")
    search_fields = ("domain__domain_name", "contact__email", "contact__last_name")


@admin.register(Nameserver)
class NameserverAdmin(ReadOnlyAdmin):
    list_display = ("hostname", "domain", "ip_address", "priority", "created_at")
    list_select_related = ("domain",)
    search_fields = ("hostname", "domain__domain_name")
    inlines = (GlueAddressInline,)


@admin.register(GlueAddress)
class GlueAddressAdmin(ReadOnlyAdmin):
    list_display = ("ip_address", "nameserver", "created_at")
    list_select_related = ("nameserver",)
    search_fields = ("ip_address", "nameserver__hostname")


@admin.register(TldDatum)
class TldDatumAdmin(ReadOnlyAdmin):
    list_display = ("domain", "data_key", "data_value", "updated_at")
    list_select_related = ("domain",)
    search_fields = ("domain__domain_name", "data_key")
