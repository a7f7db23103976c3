"""What a person sets for themselves: how pages look, and whether single keys act."""

from typing import Any

from django.conf import settings as installation
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.login import sessions
from customers.models import User
from customers.requests import PersonRequest
from macaw.kernel.errors import Invalid
from macaw.kernel.http import render_part, wants_part
from macaw.kernel.writing import writing
from macaw.shell import THEME_COOKIE

A_YEAR = 365 * 24 * 3600
SWITCH: dict[Any, bool] = {"1": True, "0": False}
THEMES = [(theme, icon) for theme, icon in zip(User.Theme, ("monitor", "sun", "moon"), strict=True)]


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: PersonRequest) -> HttpResponse:
    user = request.user
    response: HttpResponse
    if request.method == "POST":
        wanted = _wanted(request.POST)
        with writing(user.actor, "settings.changed", request_id=request.id):
            for name, value in wanted.items():
                setattr(user, name, value)
            user.save(update_fields=wanted)
        messages.success(request, _("Saved."))
        if not wants_part(request):
            response = HttpResponseRedirect(reverse("settings"), status=303)
            return _remember_theme(response, user.theme)
    facts = {
        "themes": THEMES,
        "membership": request.membership,
        "sessions": sessions.listed(user),
        "here": sessions.current(request),
    }
    return _remember_theme(render_part(request, "macaw/settings.html", "choices", facts), user.theme)


def _wanted(posted: QueryDict) -> dict[str, Any]:
    """What one form asks for; anything we do not know is refused."""
    theme, shortcuts = posted.get("theme"), posted.get("shortcuts", "")
    if theme in User.Theme.values:
        return {"theme": theme}
    if shortcuts in SWITCH:
        return {"shortcuts": SWITCH[shortcuts]}
    raise Invalid


def _remember_theme(response: HttpResponse, theme: str) -> HttpResponse:
    """For pages that know nobody: public ones, and errors without a database."""
    response.set_cookie(
        THEME_COOKIE, theme, A_YEAR, secure=installation.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
    return response
