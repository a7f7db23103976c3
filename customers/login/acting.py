"""For which customer a person acts: the one they picked in this session, else the first they joined.

Staff on a visit see what an owner of that customer sees. They act for nobody: whatever would change something is refused, and a
service that asks for their membership finds none.
"""

from collections.abc import Callable
from typing import Any, cast

import structlog
from django.http import HttpRequest

from customers import queries
from customers.login.roles import is_staff_page
from customers.models import Membership, User, Visit
from customers.requests import PersonRequest

PICKED, VISIT = "acts_for", "visit"  # in the session
VISITORS = "customers.view_customer"  # the right that every staff role has, and staff without a role have not
log = structlog.get_logger("macaw.visits")


def settle(incoming: HttpRequest, view: Callable[..., Any]) -> None:
    """Put the person's memberships on the request, and the one that counts now. One query; on a visit two, and their rights."""
    request = cast(PersonRequest, incoming)
    request.memberships = queries.memberships_of(request.user)
    request.visit = _visit(request)
    if request.visit and not is_staff_page(request, view):
        request.memberships = []  # their own are none of the customer's
        request.membership = Membership(user=request.user, customer=request.visit.customer, role=Membership.Role.OWNER)
    else:
        picked = request.session.get(PICKED)
        request.membership = next(
            (each for each in request.memberships if each.customer_id == picked), next(iter(request.memberships), None)
        )
    request.customer = request.membership.customer if request.membership else None


def pick(request: PersonRequest, membership: Membership) -> None:
    """From now on this session acts for that customer."""
    request.session[PICKED] = membership.customer_id


def may_visit(user: User) -> bool:
    return user.is_staff and user.has_perm(VISITORS)


def visit(request: PersonRequest, begun: Visit) -> None:
    request.session[VISIT] = begun.pk


def leave(request: PersonRequest) -> int | None:
    """The visit of this session, which is over."""
    ended: int | None = request.session.pop(VISIT, None)
    return ended


def _visit(request: PersonRequest) -> Visit | None:
    """The visit under way, as long as it lasts and its visitor may make it."""
    key = request.session.get(VISIT)
    if key is None:
        return None
    found = Visit.objects.under_way().filter(pk=key, staff=request.user).select_related("customer").first()
    if found is None or not may_visit(request.user):
        leave(request)
        log.info("visit.ran_out", staff=request.user.username, visit=key)
        return None
    return found
