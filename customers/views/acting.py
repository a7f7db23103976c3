"""Picking the customer one acts for."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.login import acting
from customers.requests import PersonRequest
from macaw.kernel.errors import Missing


@require_POST
def act_for(request: PersonRequest) -> HttpResponse:
    """Then home: the page one came from may not exist for the other customer."""
    wanted = request.POST.get("pick", "")
    membership = next((each for each in request.memberships if str(each.customer_id) == wanted), None)
    if membership is None:
        raise Missing(_("You do not act for this customer"))
    acting.pick(request, membership)
    messages.success(request, _("You now act for %(customer)s.") % {"customer": membership.customer.name})
    return HttpResponseRedirect(reverse("home"), status=303)
