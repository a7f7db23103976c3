"""Notices: messages we owe somebody. The row holds what was said, to whom, and what the mail server answered."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Chr, StrIndex
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Membership, User, Visit
from macaw.kernel.ids import NewUuid
from macaw.kernel.jobs.models import Leased, LeasedQuerySet
from macaw.kernel.rows import Line

NEWLINE, RETURN = Value(10), Value(13)


def one_line(column: str) -> Q:
    """The text has no line break, so it cannot begin another header of the mail."""
    return Q(Exact(StrIndex(column, Chr(NEWLINE)), 0)) & Q(Exact(StrIndex(column, Chr(RETURN)), 0))


class NoticeQuerySet(LeasedQuerySet["Notice"]):
    def visible_to(self, user: User, visit: Visit | None = None) -> "NoticeQuerySet":
        """What is meant for this person, and what is meant for everyone of a customer they act for, or visit."""
        inside = self.exclude(kind=Notice.Kind.INVITATION)  # written to somebody who is not here yet
        if visit:
            return inside.filter(customer=visit.customer_id, user=None)
        theirs = Membership.objects.filter(user=user).values("customer")
        return inside.filter(Q(customer=None) | Q(customer__in=theirs), Q(user=user) | Q(user=None))

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(Leased):
    class Kind(models.TextChoices):
        WELCOME = "welcome", _("Welcome")
        TEST = "test", _("Test")
        INVITATION = "invitation", _("Invitation")
        JOINED = "joined", _("Membership")

    uuid = models.UUIDField(
        _("UUID"),
        default=uuid4,
        db_default=NewUuid(),
        editable=False,
        help_text=_("Stands in its address, and in the mail's Message-ID, so that a repeated mail is recognised."),
    )
    kind = Line(_("kind"), choices=Kind.choices, help_text=_("Which rule decided it."))
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        db_index=False,
        verbose_name=_("customer"),
        help_text=_("The customer it is about; empty if it is about the person alone."),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        db_index=False,
        verbose_name=_("user"),
        help_text=_("The one person it is meant for; empty if for everyone of the customer."),
    )
    recipient = Line(_("recipient"), help_text=_("The address it was sent to."))
    language = Line(_("language"), default="en", db_default="en", help_text=_("The language it was written in."))
    subject = Line(_("subject"), help_text=_("The subject of the mail."))
    body_text = models.TextField(_("text"), help_text=_("What the mail said, as plain text."))
    body_html = models.TextField(_("HTML"), help_text=_("What the mail said, as HTML."))
    dedupe_key = Line(
        _("once only"),
        null=True,
        blank=True,
        help_text=_("Names the occasion; there is never a second notice of the same one."),
    )
    decided_at = models.DateTimeField(_("decided"), help_text=_("When it was decided and written."))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, help_text=_("When the mail server took it."))
    outcome = Line(
        _("answer"), blank=True, default="", db_default="", help_text=_("What the mail server said when it took it.")
    )
    read_at = models.DateTimeField(
        _("read"), null=True, blank=True, help_text=_("When somebody it was meant for first looked at it here.")
    )

    objects = NoticeQuerySet.as_manager()  # type: ignore[misc]  # it replaces the one that Leased brings

    class Meta(Leased.Meta):
        db_table = "notices"
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            *Leased.Meta.indexes,
            models.Index(fields=["customer", "-id"], name="notices_customer"),  # the customer's list and bell
            models.Index(fields=["user", "-id"], name="notices_user"),  # the person's list and bell
        ]
        constraints = [
            *Leased.Meta.constraints,
            models.UniqueConstraint(fields=["uuid"], name="notices_uuid"),
            models.UniqueConstraint(fields=["dedupe_key"], name="notices_dedupe_key"),
            models.CheckConstraint(
                condition=Q(kind__in=["welcome", "test", "invitation", "joined"]), name="notices_kind"
            ),
            models.CheckConstraint(
                condition=Q(customer__isnull=False) | Q(user__isnull=False), name="notices_for_somebody"
            ),
            models.CheckConstraint(condition=~Q(recipient="") & ~Q(subject=""), name="notices_addressed"),
            models.CheckConstraint(condition=one_line("subject") & one_line("recipient"), name="notices_one_line"),
            models.CheckConstraint(condition=Q(sent_at=None) | Q(due_at=None), name="notices_sent_is_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.recipient} · {self.subject}"

    @property
    def was_taken(self) -> bool:
        """Whether a mail server answered for it; without one, mail is only printed."""
        return str(self.outcome)[:1].isdigit()
