"""The trail, to read."""

from django.contrib import admin

from audit.models import AuditLog
from macaw.kernel.admin import ReadOnlyAdmin


@admin.register(AuditLog)
class AuditLogAdmin(ReadOnlyAdmin):
    list_display = ("timestamp", "table_name", "record_id", "action", "changed_by", "ip_address")
    list_filter = ("action",)
    search_fields = ("table_name__exact", "=record_id", "changed_by__exact")
    ordering = ("-timestamp",)
