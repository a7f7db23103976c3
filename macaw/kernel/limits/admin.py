"""Token buckets, to read; a full one has no row."""

from django.contrib import admin

from macaw.kernel.admin import ReadOnlyAdmin
from macaw.kernel.limits.models import Bucket


@admin.register(Bucket)
class BucketAdmin(ReadOnlyAdmin):
    list_display = ("key", "full_at")
    search_fields = ("key",)
    ordering = ("-full_at",)
