"""The staff's roles. Each is a Django group of that name; what it may do stands in `macaw.roles`."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db.models import TextChoices
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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

    return guarded
