"""A visit: staff looking at the portal as one customer sees it. The customer may ask who did, when and why."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from macaw.kernel import clock
from macaw.kernel.rows import Created, Line, StampedQuerySet

LASTS = timedelta(minutes=30)


class VisitQuerySet(StampedQuerySet["Visit"]):
    def under_way(self) -> "VisitQuerySet":
        return self.filter(ended_at=None, ends_at__gt=clock.now())


class Visit(Created):
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="visits",
        db_index=False,
        verbose_name=_("staff"),
        help_text=_("Who looked."),
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        related_name="visits",
        db_index=False,
        verbose_name=_("customer"),
        help_text=_("Whose portal was looked at."),
    )
    reason = Line(_("reason"), help_text=_("Why, in the words of who looked."))
    ends_at = models.DateTimeField(_("ends"), help_text=_("When it ends by itself, thirty minutes after it began."))
    ended_at = models.DateTimeField(
        _("ended"), null=True, blank=True, help_text=_("When it was stopped; empty if it ran out.")
    )

    objects = VisitQuerySet.as_manager()  # type: ignore[misc]  # it replaces the one that Created brings

    class Meta:
        db_table = "visits"
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [
            models.Index(fields=["staff"], name="visits_staff"),  # who is looking now
            models.Index(fields=["customer"], name="visits_customer"),  # who looked at this customer
        ]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="visits_reason_given")]

    def __str__(self) -> str:
        return f"{self.staff} · {self.customer}"
