"""An invitation to act for a customer. Its token is in the mail alone; here stands a hash, so whoever reads this row cannot use it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer, Membership
from macaw.kernel import clock
from macaw.kernel.rows import Created, Line, StampedQuerySet

LASTS = timedelta(days=7)


class InvitationQuerySet(StampedQuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; it may have expired, and can be sent again."""
        return self.filter(accepted_at=None, revoked_at=None)

    def usable(self) -> "InvitationQuerySet":
        return self.open().filter(expires_at__gt=clock.now()).exclude(customer__status=Customer.Status.CLOSED)


class Invitation(Created):
    customer = models.ForeignKey(
        Customer,
        models.CASCADE,
        related_name="invitations",
        db_index=False,
        verbose_name=_("customer"),
        help_text=_("For whom the invited person would act."),
    )
    email = Line(
        _("email"), help_text=_("Where the invitation was sent, in lower case. Whoever has the mail can accept.")
    )
    role = Line(_("role"), choices=Membership.Role.choices, help_text=_("What the invited person would be."))
    token_hash = Line(
        _("token"), help_text=_("SHA-256 of the token in the newest mail; the token itself is kept nowhere.")
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="invitations_sent",
        db_index=False,
        verbose_name=_("invited by"),
        help_text=_("The owner who sent it last."),
    )
    sent_at = models.DateTimeField(_("sent"), help_text=_("When the newest mail was decided."))
    expires_at = models.DateTimeField(_("expires"), help_text=_("Seven days after it was sent."))
    accepted_at = models.DateTimeField(
        _("accepted"), null=True, blank=True, help_text=_("When it made somebody a member; it does so once.")
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations_accepted",
        db_index=False,
        verbose_name=_("accepted by"),
        help_text=_("Whom it made a member."),
    )
    revoked_at = models.DateTimeField(
        _("withdrawn"),
        null=True,
        blank=True,
        help_text=_("When it was withdrawn, or its sender ceased to be an owner."),
    )

    objects = InvitationQuerySet.as_manager()  # type: ignore[misc]  # it replaces the one that Created brings

    class Meta:
        db_table = "invitations"
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [
            models.Index(fields=["customer"], name="invitations_customer"),  # the customer's page
            models.Index(
                fields=["invited_by"], name="invitations_invited_by"
            ),  # what an owner sent ends with their right
            models.Index(fields=["accepted_by"], name="invitations_accepted_by"),  # how somebody came in, for staff
        ]
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="invitations_token"),
            models.UniqueConstraint(
                fields=["customer", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitations_one_open",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "manager", "billing", "viewer"]), name="invitations_role"
            ),
            models.CheckConstraint(condition=~Q(email=""), name="invitations_addressed"),
            models.CheckConstraint(condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitations_one_end"),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.get_role_display()}"

    @property
    def expired(self) -> bool:
        return self.expires_at <= clock.now()
