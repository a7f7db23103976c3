"""Logging out."""

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.decorators.http import require_POST

from macaw.kernel.writing import writing


@require_POST
@login_not_required
def log_out(request: HttpRequest) -> HttpResponse:
    """Ends this session, of the portal and the admin alike."""
    if request.user.is_authenticated:
        with writing(request.user.actor, "session.ended", request_id=getattr(request, "id", "")):
            auth.logout(request)
    return HttpResponseRedirect(resolve_url(settings.LOGOUT_REDIRECT_URL), status=303)
