"""The audit trail's own table."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from macaw.kernel import clock
from macaw.kernel.rows import Line


class AuditLog(models.Model):
    class Action(models.TextChoices):
        INSERT = "INSERT", _("Made")
        UPDATE = "UPDATE", _("Changed")
        DELETE = "DELETE", _("Removed")

    audit_id = models.BigAutoField(primary_key=True, help_text=_("Number of the entry."))
    table_name = Line(_("table"), help_text=_("The table whose row changed."))
    record_id = models.BigIntegerField(_("row"), help_text=_("The row's key in that table."))
    action = Line(_("action"), choices=Action.choices, help_text=_("What was done to the row."))
    changed_by = Line(_("by"), help_text=_("Who did it, such as user:alice or db:psql."))
    old_values = models.TextField(_("before"), null=True, blank=True, help_text=_("The row before, as JSON."))
    new_values = models.TextField(_("after"), null=True, blank=True, help_text=_("The row after, as JSON."))
    ip_address = Line(_("address"), null=True, blank=True, help_text=_("Where the request came from."))
    user_agent = Line(_("browser"), null=True, blank=True, help_text=_("What the request said it was."))
    timestamp = models.DateTimeField(_("when"), default=clock.now, db_default=Now(), help_text=_("When it happened."))

    class Meta:
        db_table = "audit_log"
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["table_name", "record_id"], name="idx_audit_table_record"),  # one row's history
            models.Index(fields=["changed_by"], name="idx_audit_changed_by"),  # what one actor did
            models.Index(fields=["timestamp"], name="idx_audit_timestamp"),  # the feed
        ]
        constraints = [
            models.CheckConstraint(condition=Q(action__in=["INSERT", "UPDATE", "DELETE"]), name="audit_log_action")
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.record_id} {self.action}"
