"""A row that is due is the work. `Leased` makes any row such work; heartbeats, duties and long jobs are the kernel's own."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import BooleanField, Count, ExpressionWrapper, Min, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from macaw.kernel import clock
from macaw.kernel.rows import Line, Stamped, StampedQuerySet

L = TypeVar("L", bound="Leased")
BEATING = timedelta(seconds=10)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # SQLite takes an index for a range, and not for IS NOT NULL


def _free() -> Q:
    return Q(lease_until=None) | Q(lease_until__lt=Now())


class LeasedQuerySet(StampedQuerySet[L]):
    def due(self) -> "LeasedQuerySet[L]":
        """Rows whose time has come and that nobody holds: what the next claim may take."""
        return self.filter(_free(), due_at__lte=clock.now())

    def later(self) -> "LeasedQuerySet[L]":
        """Rows whose time has not come."""
        return self.filter(_free(), due_at__gt=clock.now())

    def held(self) -> "LeasedQuerySet[L]":
        """Rows that a worker is working on."""
        return self.filter(due_at__isnull=False, lease_until__gte=Now())

    def failed(self) -> "LeasedQuerySet[L]":
        """Rows that were given up and wait for a person."""
        return self.filter(failed_at__isnull=False)

    def numbers(self) -> dict[str, Any]:
        """How the queue stands, by one query over the rows that are not at rest. `oldest` is since when one waits."""
        due = _free() & Q(due_at__lte=clock.now())
        return self.filter(Q(due_at__gt=LONG_AGO) | Q(failed_at__gt=LONG_AGO)).aggregate(
            waiting=Count("pk", filter=due),
            oldest=Min("due_at", filter=due),
            running=Count("pk", filter=Q(lease_until__gte=Now())),
            later=Count("pk", filter=_free() & Q(due_at__gt=clock.now())),
            failed=Count("pk", filter=Q(failed_at__isnull=False)),
        )


class Leased(Stamped):
    """A row with work to do. Its `updated_at` tells of the work; claims and renewals of a lease leave it alone."""

    # What else changes in the same write when such a row is given up, and when staff try it again.
    WHEN_GIVEN_UP: ClassVar[dict[str, Any]] = {}
    WHEN_REVIVED: ClassVar[dict[str, Any]] = {}
    settled = False  # true once the holder has written how it went; no column

    due_at = models.DateTimeField(
        _("due"),
        null=True,
        blank=True,
        default=clock.now,
        db_default=Now(),
        help_text=_("When there is work to do; empty if there is none."),
    )
    attempts = models.PositiveIntegerField(
        _("attempts"), default=0, db_default=0, help_text=_("How often it was tried since it last went well.")
    )
    max_attempts = models.PositiveIntegerField(
        _("attempts allowed"), default=8, db_default=8, help_text=_("After how many attempts it is given up.")
    )
    lease_until = models.DateTimeField(
        _("held until"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("Until when a worker holds it, by the database's clock; then another may take it."),
    )
    leased_by = Line(
        _("held by"), blank=True, default="", db_default="", editable=False, help_text=_("The worker that holds it.")
    )
    fence = models.BigIntegerField(
        _("fence"),
        default=0,
        db_default=0,
        editable=False,
        help_text=_("Rises with each claim, so that a worker that lost its lease can write nothing."),
    )
    last_error = Line(
        _("last error"), blank=True, default="", db_default="", help_text=_("What went wrong at the last attempt.")
    )
    failed_at = models.DateTimeField(
        _("given up"), null=True, blank=True, help_text=_("When it was given up; a person may try it again.")
    )

    objects = LeasedQuerySet.as_manager()  # type: ignore[misc]  # it replaces the one that Stamped brings

    class Meta:
        abstract = True
        indexes = [
            # the claim of a worker; the desk's waiting and running
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="%(class)s_due"),
            # the desk's failures
            models.Index(fields=["failed_at"], condition=Q(failed_at__isnull=False), name="%(class)s_failed"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(due_at=None) | Q(failed_at=None), name="%(class)s_given_up_rests"),
        ]


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def alive(self) -> "HeartbeatQuerySet":
        """Workers whose last beat is recent by the database's clock, the one all machines share."""
        return self.filter(beat_at__gte=Now() - BEATING)

    def with_pulse(self) -> "HeartbeatQuerySet":
        """Each with `beating`, whether it is alive; those first."""
        beating = ExpressionWrapper(Q(beat_at__gte=Now() - BEATING), output_field=BooleanField())
        return self.annotate(beating=beating).order_by("-beating", "host", "pid")


class Heartbeat(models.Model):
    """A worker process that lives, or lived a moment ago."""

    worker = Line(_("worker"), help_text=_("Machine, process and start: no two workers share it."))
    host = Line(_("machine"), help_text=_("The machine it runs on."))
    pid = models.PositiveBigIntegerField(_("process"), help_text=_("Its process number on that machine."))
    started_at = models.DateTimeField(_("started"), db_default=Now(), help_text=_("When it started."))
    beat_at = models.DateTimeField(
        _("last beat"), db_default=Now(), help_text=_("When it was last heard of, by the database's clock.")
    )
    doing = Line(_("doing"), blank=True, default="", db_default="", help_text=_("The queues it works on just now."))

    objects = HeartbeatQuerySet.as_manager()

    class Meta:
        db_table = "job_heartbeats"
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        constraints = [models.UniqueConstraint(fields=["worker"], name="job_heartbeats_worker")]

    def __str__(self) -> str:
        return str(self.worker)


class Duty(Leased):
    """Work that recurs. One row, so it runs once however many workers there are."""

    name = Line(_("name"), help_text=_("What it is called in code and logs."))
    every = models.PositiveIntegerField(_("every"), help_text=_("Seconds from one run to the next."))
    last_started_at = models.DateTimeField(
        _("last started"), null=True, blank=True, help_text=_("When its last run began.")
    )
    last_finished_at = models.DateTimeField(
        _("last finished"), null=True, blank=True, help_text=_("When a run last went well.")
    )
    caught_up_at = models.DateTimeField(
        _("caught up"),
        null=True,
        blank=True,
        help_text=_("When the last run that went well began; the next one catches up from here."),
    )
    last_outcome = Line(
        _("outcome"), blank=True, default="", db_default="", help_text=_("What its last run says it did.")
    )

    class Meta(Leased.Meta):
        db_table = "job_duties"
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        constraints = [
            *Leased.Meta.constraints,
            models.UniqueConstraint(fields=["name"], name="job_duties_name"),
            models.CheckConstraint(condition=Q(every__gte=1), name="job_duties_every"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Job(Leased):
    """Long work with progress. It runs in chunks, and between two of them a person can pause or cancel it."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")  # and running, while a worker holds it: the lease tells
        PAUSED = "paused", _("Paused")
        CANCELLED = "cancelled", _("Cancelled")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    class Wanted(models.TextChoices):
        PAUSE = "pause", _("Pause")
        CANCEL = "cancel", _("Cancel")

    WHEN_GIVEN_UP: ClassVar[dict[str, Any]] = {"state": State.FAILED}
    WHEN_REVIVED: ClassVar[dict[str, Any]] = {"state": State.QUEUED}

    kind = Line(_("kind"), help_text=_("Which function does it."))
    title = Line(_("title"), help_text=_("What it is for, as staff read it."))
    payload = models.JSONField(
        _("payload"), default=dict, db_default={}, blank=True, help_text=_("What it works on, and how far it came.")
    )
    state = Line(
        _("state"),
        choices=State.choices,
        default=State.QUEUED,
        db_default=State.QUEUED,
        help_text=_("Where it is in its life."),
    )
    wanted = Line(
        _("wanted"),
        choices=Wanted.choices,
        blank=True,
        default="",
        db_default="",
        help_text=_("What a person asked of it while it runs; done before its next chunk."),
    )
    done_count = models.PositiveBigIntegerField(_("done"), default=0, db_default=0, help_text=_("How much is done."))
    total_count = models.PositiveBigIntegerField(
        _("total"), default=0, db_default=0, help_text=_("How much there is to do; 0 while unknown.")
    )
    progress = Line(
        _("progress"), blank=True, default="", db_default="", help_text=_("How far it came, as a sentence.")
    )
    created_by = Line(_("started by"), blank=True, default="", db_default="", help_text=_("Who started it."))
    result = models.JSONField(
        _("result"), default=dict, db_default={}, blank=True, help_text=_("What came out of it, once it is done.")
    )

    class Meta(Leased.Meta):
        db_table = "jobs"
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            *Leased.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=["queued", "paused", "cancelled", "done", "failed"]), name="jobs_state"
            ),
            models.CheckConstraint(condition=Q(wanted__in=["", "pause", "cancel"]), name="jobs_wanted"),
            models.CheckConstraint(
                condition=Q(state="queued", due_at__isnull=False) | (~Q(state="queued") & Q(due_at=None)),
                name="jobs_queued_is_due",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", failed_at__isnull=False) | (~Q(state="failed") & Q(failed_at=None)),
                name="jobs_failed_is_given_up",
            ),
            models.CheckConstraint(condition=~Q(kind=""), name="jobs_kind_given"),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def is_open(self) -> bool:
        """Not at its end."""
        return self.state in {self.State.QUEUED, self.State.PAUSED}
