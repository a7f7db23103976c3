"""Staff looking at the portal as a customer sees it: with a reason, for half an hour, and only to look."""

import structlog
from django.utils.translation import gettext as _

from customers.models import Customer, User, Visit
from customers.models.visit import LASTS
from macaw.kernel import clock
from macaw.kernel.errors import Invalid, Missing
from macaw.kernel.writing import writing

log = structlog.get_logger("macaw.visits")


def begin(*, staff: User, customer: int, reason: str, request_id: str = "") -> Visit:
    """Whoever looks at another customer stops looking at the one before."""
    with writing(staff.actor, "visit.began", request_id=request_id):
        found = Customer.objects.filter(pk=customer).first()
        if found is None:
            raise Missing
        if found.status == Customer.Status.CLOSED:
            raise Invalid(_("%(customer)s is closed and sees nothing here") % {"customer": found.name})
        now = clock.now()
        Visit.objects.under_way().filter(staff=staff).update(ended_at=now)
        visit = Visit.objects.create(staff=staff, customer=found, reason=reason, ends_at=now + LASTS)
    log.info("visit.began", staff=staff.username, customer=customer, visit=visit.pk)
    return visit


def end(*, staff: User, visit: int, request_id: str = "") -> None:
    """Stop it; one that ran out stays as it is."""
    with writing(staff.actor, "visit.ended", request_id=request_id):
        Visit.objects.under_way().filter(staff=staff, pk=visit).update(ended_at=clock.now())
    log.info("visit.ended", staff=staff.username, visit=visit)
