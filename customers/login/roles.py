"""The staff's roles. Each is a Django group of that name; what it may do stands in `macaw.roles`."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import User
from customers.requests import PersonRequest
from macaw.kernel.errors import NotAllowed

P = ParamSpec("P")
View = Callable[Concatenate[PersonRequest, P], HttpResponse]


class StaffRole(TextChoices):
    SUPPORT = "support", _("Support")
    FINANCE = "finance", _("Finance")
    OPERATOR = "operator", _("Operator")
    ADMIN = "admin", _("Admin")


def staff_only(view: View[P]) -> View[P]:
    @wraps(view)
    def guarded(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_staff:
            raise NotAllowed(advice=gettext("Nothing was changed. The desk is for the staff of this portal."))
        return view(request, *args, **kwargs)

    guarded.staff_only = True  # type: ignore[attr-defined]  # read by `is_staff_page`
    return guarded


def is_staff_page(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Whether staff are themselves there, even while they look at the portal as a customer."""
    match = request.resolver_match
    return getattr(view, "staff_only", False) or (match is not None and "admin" in match.namespaces)


def insist_on(staff: User, right: str) -> None:
    """Nothing, or NotAllowed: what a staff role may do stands in one table, for the admin and the desk alike."""
    if not staff.has_perm(right):
        raise NotAllowed(advice=gettext("Nothing was changed. Your staff role does not cover this; ask an admin."))
