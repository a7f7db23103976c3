"""The audit trail's own tables. Entries point at nothing by foreign key: what they tell of may be gone."""

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.expressions import Func
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from macaw.kernel import clock
from macaw.kernel.ids import NewUuid
from macaw.kernel.rows import Line


class TransactionNumber(Func):
    """PostgreSQL's number of the running transaction: it tells which entries no open one can still come before."""

    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="0", **extra)  # one writer: the entries' own order is enough

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="(pg_current_xact_id()::text::bigint)", **extra)


class Entry(models.Model):
    """What changes of rows and events have in common: by whom, in which gesture, about what, and under which seal."""

    changed_by = Line(_("by"), help_text=_("Who did it, such as user:alice or db:psql."))
    ip_address = Line(_("address"), null=True, blank=True, help_text=_("Where the request came from."))
    user_agent = Line(_("browser"), null=True, blank=True, help_text=_("What the request said it was."))
    timestamp = models.DateTimeField(_("when"), default=clock.now, db_default=Now(), help_text=_("When it happened."))
    gesture = models.UUIDField(
        _("gesture"), default=uuid4, db_default=NewUuid(), help_text=_("One act of one actor; its entries share it.")
    )
    verb = Line(
        _("verb"), blank=True, default="", db_default="", help_text=_("What was done, such as contact.changed.")
    )
    request_id = Line(
        _("request"), blank=True, default="", db_default="", help_text=_("The id of the request that did it.")
    )
    customer_id = models.BigIntegerField(
        _("customer"), null=True, blank=True, help_text=_("Whose it is; they may read it on their activity page.")
    )
    object_table = Line(
        _("of"), blank=True, default="", db_default="", help_text=_("The table of the thing it is about.")
    )
    object_id = models.BigIntegerField(
        _("key"), null=True, blank=True, help_text=_("That thing's key: for a nameserver, its domain's.")
    )
    transaction_id = models.BigIntegerField(
        _("transaction"), db_default=TransactionNumber(), editable=False, help_text=_("PostgreSQL's number; else 0.")
    )
    seal_id = models.BigIntegerField(
        _("seal"), null=True, blank=True, editable=False, help_text=_("The seal that covers it; empty for seconds.")
    )
    salt = models.UUIDField(
        _("salt"),
        null=True,
        blank=True,
        default=uuid4,
        db_default=NewUuid(),
        editable=False,
        help_text=_("Keeps its values from being guessed from the seal; deleted with them."),
    )
    commitment = Line(
        _("commitment"),
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text=_("What stands for values that were redacted."),
    )

    class Meta:
        abstract = True


class AuditLog(Entry):
    class Action(models.TextChoices):
        INSERT = "INSERT", _("Made")
        UPDATE = "UPDATE", _("Changed")
        DELETE = "DELETE", _("Removed")

    audit_id = models.BigAutoField(primary_key=True, help_text=_("Number of the entry."))
    table_name = Line(_("table"), help_text=_("The table whose row changed."))
    record_id = models.BigIntegerField(_("row"), help_text=_("The row's key in that table."))
    action = Line(_("action"), choices=Action.choices, help_text=_("What was done to the row."))
    old_values = models.TextField(_("before"), null=True, blank=True, help_text=_("The row before, as JSON."))
    new_values = models.TextField(_("after"), null=True, blank=True, help_text=_("The row after, as JSON."))

    class Meta:
        db_table = "audit_log"
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["table_name", "record_id"], name="idx_audit_table_record"),  # one row's history
            models.Index(fields=["changed_by"], name="idx_audit_changed_by"),  # what one actor did
            models.Index(fields=["timestamp"], name="idx_audit_timestamp"),  # the feed
            models.Index(fields=["customer_id", "timestamp"], name="audit_log_customer"),  # a customer's activity
            models.Index(fields=["object_table", "object_id"], name="audit_log_object"),  # one thing's activity
            models.Index(fields=["gesture"], name="audit_log_gesture"),  # one gesture opened
            # staff who have a request id from a log or an error page
            models.Index(fields=["request_id"], condition=~Q(request_id=""), name="audit_log_request"),
            # the duty that seals
            models.Index(fields=["transaction_id"], condition=Q(seal_id=None), name="audit_log_unsealed"),
            models.Index(fields=["seal_id"], name="audit_log_seal"),  # verification, seal by seal
        ]
        constraints = [
            models.CheckConstraint(condition=Q(action__in=["INSERT", "UPDATE", "DELETE"]), name="audit_log_action")
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.record_id} {self.action}"


class AuditEvent(Entry):
    """Something worth proving that changed no row: a login, an export, a code shown."""

    event_id = models.BigAutoField(primary_key=True, help_text=_("Number of the event."))
    detail = models.TextField(
        _("detail"), default="{}", db_default="{}", help_text=_("What there is to tell, as JSON.")
    )

    class Meta:
        db_table = "audit_events"
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["customer_id", "timestamp"], name="audit_events_customer"),  # a customer's activity
            models.Index(fields=["object_table", "object_id"], name="audit_events_object"),  # one thing's activity
            models.Index(fields=["changed_by"], name="audit_events_changed_by"),  # what one actor did
            models.Index(fields=["timestamp"], name="audit_events_timestamp"),  # the feed
            models.Index(fields=["verb"], name="audit_events_verb"),  # refused logins; redactions, for verification
            models.Index(fields=["gesture"], name="audit_events_gesture"),  # one gesture opened
            # staff who have a request id from a log or an error page
            models.Index(fields=["request_id"], condition=~Q(request_id=""), name="audit_events_request"),
            # the duty that seals
            models.Index(fields=["transaction_id"], condition=Q(seal_id=None), name="audit_events_unsealed"),
            models.Index(fields=["seal_id"], name="audit_events_seal"),  # verification, seal by seal
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.changed_by}"


class AuditContext(models.Model):
    """On SQLite: the gesture under way. Its one row never outlives its transaction; on PostgreSQL there is none."""

    gesture = models.UUIDField(_("gesture"), primary_key=True, help_text=_("The gesture's id."))
    actor = Line(_("by"), help_text=_("Who acts."))
    verb = Line(_("verb"), help_text=_("What is being done."))
    request_id = Line(_("request"), help_text=_("The id of the request that does it."))
    ip_address = Line(_("address"), null=True, help_text=_("Where the request came from."))
    user_agent = Line(_("browser"), null=True, help_text=_("What the request said it was."))
    moment = models.DateTimeField(_("since"), help_text=_("When the gesture began."))

    class Meta:
        db_table = "audit_context"
        verbose_name = _("gesture under way")
        verbose_name_plural = _("gestures under way")

    def __str__(self) -> str:
        return f"{self.actor} {self.verb}"


class Seal(models.Model):
    """A signed statement over a batch of entries and the seal before it: nobody changes one without the key."""

    seal_id = models.BigIntegerField(
        primary_key=True, help_text=_("Number of the seal: one more than the one before it.")
    )
    entries = models.PositiveIntegerField(_("entries"), help_text=_("How many entries it covers."))
    leaves = models.TextField(
        _("leaves"),
        editable=False,
        help_text=_("A hash of each entry, in hex, end to end: they name the one that was changed."),
    )
    root = Line(_("root"), help_text=_("Merkle root of the leaves (RFC 9162), in hex."))
    previous = Line(
        _("previous"), blank=True, help_text=_("SHA-256 of the seal before it, in hex; empty for the first.")
    )
    sealed_at = models.DateTimeField(_("sealed"), help_text=_("When it was made."))
    cluster = Line(
        _("cluster"), blank=True, help_text=_("Which PostgreSQL cluster numbered the transactions; empty on SQLite.")
    )
    key_id = Line(_("key"), help_text=_("Which key signed it."))
    signature = Line(_("signature"), help_text=_("Ed25519 over all the above but the leaves, in hex."))

    class Meta:
        db_table = "audit_seals"
        verbose_name = _("seal")
        verbose_name_plural = _("seals")

    def __str__(self) -> str:
        return f"{self.seal_id}"
