"""Logging out, here and elsewhere."""

from typing import cast

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from customers.login import sessions
from customers.models import User
from macaw.kernel.errors import Invalid
from macaw.kernel.writing import writing


@require_POST
@login_not_required
def log_out(request: HttpRequest) -> HttpResponse:
    """Ends this session, of the portal and the admin alike."""
    if request.user.is_authenticated:
        with writing(request.user.actor, "session.ended", request_id=getattr(request, "id", "")):
            auth.logout(request)
    return HttpResponseRedirect(resolve_url(settings.LOGOUT_REDIRECT_URL), status=303)


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Ends one session of this person (`session`), or all but the one they use."""
    user, here = cast(User, request.user), sessions.current(request)
    only = request.POST.get("session", "")
    if not only and "others" not in request.POST:
        raise Invalid
    with writing(user.actor, "session.ended", request_id=getattr(request, "id", "")):
        ended = sessions.end(user, only=only, but=here)
    words = ngettext("Signed out elsewhere: %(count)d session.", "Signed out elsewhere: %(count)d sessions.", ended)
    messages.success(request, words % {"count": ended} if ended else _("You are signed in nowhere else."))
    return HttpResponseRedirect(f"{resolve_url('settings')}#sessions", status=303)
