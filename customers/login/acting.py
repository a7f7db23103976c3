"""For which customer a person acts: the one they picked in this session, else the first they joined."""

from typing import cast

from django.http import HttpRequest

from customers import queries
from customers.models import Membership
from customers.requests import PersonRequest

PICKED = "acts_for"  # in the session


def settle(incoming: HttpRequest) -> None:
    """Put the person's memberships on the request, and the one that counts now. One query."""
    request = cast(PersonRequest, incoming)
    request.memberships = queries.memberships_of(request.user)
    picked = request.session.get(PICKED)
    request.membership = next(
        (each for each in request.memberships if each.customer_id == picked), next(iter(request.memberships), None)
    )
    request.customer = request.membership.customer if request.membership else None


def pick(request: PersonRequest, membership: Membership) -> None:
    """From now on this session acts for that customer."""
    request.session[PICKED] = membership.customer_id
