"""Notices, to read: they are evidence."""

from django.contrib import admin

from customers.mailing.models import Notice
from macaw.kernel.admin import ReadOnlyAdmin


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("subject", "kind", "recipient", "customer", "user", "decided_at", "sent_at", "failed_at")
    list_filter = ("kind",)
    list_select_related = ("customer", "user")
    search_fields = ("recipient", "subject", "customer__username")
