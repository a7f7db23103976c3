"""Workers, duties and long jobs, to read; the desk is where work is paused, cancelled and tried again."""

from django.contrib import admin

from macaw.kernel.admin import ReadOnlyAdmin
from macaw.kernel.jobs.models import Duty, Heartbeat, Job


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("worker", "host", "pid", "started_at", "beat_at", "doing")
    search_fields = ("worker", "host")


@admin.register(Duty)
class DutyAdmin(ReadOnlyAdmin):
    list_display = ("name", "every", "due_at", "last_started_at", "last_finished_at", "attempts", "failed_at")
    search_fields = ("name",)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "state", "done_count", "total_count", "created_by", "created_at")
    list_filter = ("state", "kind")
    search_fields = ("title", "kind", "created_by")
