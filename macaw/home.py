"""The home page: what is true, what needs a person, and what the next 90 days bring."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

import billing.queries
import domains.queries
from customers.mailing.models import Notice
from customers.models import Customer, User, Visit
from domains.models import Domain
from macaw import horizon
from macaw.kernel import clock
from macaw.kernel.money import ZERO

if TYPE_CHECKING:
    from billing.models import Invoice

SHOWN_NEEDS = 10
SHOWN_NOTICES = 5
URGENT = timedelta(days=7)
MORNING, AFTERNOON, EVENING = 5, 12, 18  # hours of the day


@dataclass(frozen=True, slots=True)
class Need:
    """Something only a person can settle. `kind` picks its words in templates/macaw/need.html."""

    kind: str
    due: datetime
    mark: str
    icon: str
    subject: "Domain | Invoice"
    open_amount: Decimal = ZERO


def greeting() -> Promise:
    """By the one clock, which runs in UTC."""
    hour = clock.now().hour
    if MORNING <= hour < AFTERNOON:
        return _("Good morning")
    return _("Good afternoon") if AFTERNOON <= hour < EVENING else _("Good evening")


def page(user: User, customer: Customer | None, visit: Visit | None = None) -> dict[str, Any]:
    """What home shows. Six queries for a customer, one for somebody without."""
    facts: dict[str, Any] = {
        "greeting": greeting(),
        "notices": Notice.objects.visible_to(user, visit).order_by("-pk")[:SHOWN_NOTICES],
    }
    if customer is None:
        return facts
    holdings = domains.queries.holdings(customer)
    unpaid = [_overdue(invoice) for invoice in billing.queries.overdue(customer)]
    needs = [*unpaid, *_lapsing(customer), *_unconfirmed(customer)]
    needs = sorted(needs, key=lambda need: need.due)[:SHOWN_NEEDS]
    decisions = holdings.lapsing + len(unpaid)
    total = decisions + holdings.unconfirmed
    names = list(domains.queries.expiring(customer)[: horizon.DRAWN])
    drawable = holdings.due_in_horizon == len(names)
    return facts | {
        "holdings": holdings,
        "decisions": decisions,
        "needs": needs,
        "needs_total": total,
        "needs_further": total - len(needs),
        "names": names,
        "names_further": holdings.due_in_horizon - len(names),
        "points": horizon.points(names) if drawable else None,
        "months": horizon.months(),
    }


def _lapsing(customer: Customer) -> list[Need]:
    now = clock.now()
    return [
        Need("lapsed", domain.expiration_date, "bad", "triangle-alert", domain)
        if domain.expiration_date < now
        else Need(
            "lapsing",
            domain.expiration_date,
            "bad" if domain.expiration_date < now + URGENT else "warn",
            "clock",
            domain,
        )
        for domain in domains.queries.lapsing(customer)[:SHOWN_NEEDS]
    ]


def _unconfirmed(customer: Customer) -> list[Need]:
    """Nothing to decide, so they come last."""
    far = clock.now() + domains.queries.HORIZON
    return [
        Need("unconfirmed", far, "info", "loader-circle", domain)
        for domain in domains.queries.unconfirmed(customer)[:SHOWN_NEEDS]
    ]


def _overdue(invoice: "Invoice") -> Need:
    unpaid = invoice.total_amount - invoice.paid_amount
    return Need("overdue", invoice.due_date, "warn", "receipt-text", invoice, unpaid)
