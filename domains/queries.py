"""What pages ask about names. Dates that the registry has not confirmed are never answered as if they were true."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from customers.models import Customer
from domains.models import Domain
from macaw.kernel import clock

SOON = timedelta(days=30)
HORIZON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Holdings:
    """A customer's names, counted."""

    held: int
    renewing: int  # auto-renew on
    due_soon: int  # expire within 30 days
    due_in_horizon: int  # expire within 90 days
    lapsing: int  # need a decision: see `lapsing`
    unconfirmed: int  # dates not known yet


def _expires_within(span: timedelta) -> Q:
    return Q(dates_confirmed=True, expiration_date__gte=clock.now(), expiration_date__lt=clock.now() + span)


def _lapses() -> Q:
    """Expired already, or within 30 days with nobody to renew it."""
    now = clock.now()
    return Q(dates_confirmed=True) & (Q(expiration_date__lt=now) | Q(auto_renew=False, expiration_date__lt=now + SOON))


def holdings(customer: Customer) -> Holdings:
    """One query."""
    counts = (
        Domain.objects.of(customer)
        .held()
        .aggregate(
            held=Count("pk"),
            renewing=Count("pk", filter=Q(auto_renew=True)),
            due_soon=Count("pk", filter=_expires_within(SOON)),
            due_in_horizon=Count("pk", filter=_expires_within(HORIZON)),
            lapsing=Count("pk", filter=_lapses()),
            unconfirmed=Count("pk", filter=Q(dates_confirmed=False)),
        )
    )
    return Holdings(**counts)


def lapsing(customer: Customer) -> QuerySet[Domain]:
    """Names that stop, or have stopped, unless somebody acts; the nearest first. One query."""
    return Domain.objects.of(customer).held().filter(_lapses()).order_by("expiration_date", "pk")


def unconfirmed(customer: Customer) -> QuerySet[Domain]:
    """Names whose dates the registry has yet to tell; the oldest first. One query."""
    return Domain.objects.of(customer).held().filter(dates_confirmed=False).order_by("pk")


def expiring(customer: Customer) -> QuerySet[Domain]:
    """Names that expire within 90 days, in order. One query."""
    return (
        Domain.objects.of(customer).held().filter(_expires_within(HORIZON)).order_by("expiration_date", "domain_name")
    )
