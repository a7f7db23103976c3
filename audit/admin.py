"""The trail, to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.models import AuditContext, AuditEvent, AuditLog, Seal
from macaw.kernel.admin import ReadOnlyAdmin


@admin.register(AuditLog)
class AuditLogAdmin(ReadOnlyAdmin):
    list_display = ("timestamp", "changed_by", "verb", "table_name", "record_id", "action", "customer_id", "ip_address")
    list_filter = ("action",)
    search_fields = ("table_name__exact", "=record_id", "changed_by__exact", "request_id__exact", "verb__exact")
    ordering = ("-timestamp",)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("timestamp", "changed_by", "verb", "object_table", "object_id", "customer_id", "ip_address")
    search_fields = ("changed_by__exact", "request_id__exact", "verb__exact")
    ordering = ("-timestamp",)


@admin.register(AuditContext)
class AuditContextAdmin(ReadOnlyAdmin):
    list_display = ("moment", "actor", "verb")
    search_fields = ("actor__exact",)
    ordering = ("-moment",)


@admin.register(Seal)
class SealAdmin(ReadOnlyAdmin):
    list_display = ("seal_id", "sealed_at", "entries", "root", "key_id")
    search_fields = ("=seal_id", "root__exact")
    ordering = ("-seal_id",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """All but the leaves, which are sixty kilobytes of hashes."""
        return [name for name in super().get_fields(request, obj) if name != "leaves"]
