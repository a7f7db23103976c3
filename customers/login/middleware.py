"""Who is asking. Every page needs a login but those that say `@login_not_required`."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from customers.login import acting, confirmation, entering, sessions
from customers.models import User
from macaw.kernel.http import wants_part


class LoginMiddleware:
    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.vouched = _vouched if settings.MACAW_AUTH_MODE == "header" else _signed_in

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True):
            return None
        user = self.vouched(request)
        if user is None:
            return _to_login(request)
        request.user = request._cached_user = user  # type: ignore[attr-defined]  # noqa: SLF001  # where Django keeps who a request is of
        acting.settle(request, view)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return confirmation.ask(request, exception.kind) if isinstance(exception, confirmation.Unconfirmed) else None


def _vouched(request: HttpRequest) -> User | None:
    """Whom the proxy vouches for; without its word the session is worth nothing and ends."""
    identity = request.identity  # type: ignore[attr-defined]  # GateMiddleware put it there
    if identity is None:
        entering.leave(request, "no word from the portal")
        return None
    return entering.enter(request, identity)


def _signed_in(request: HttpRequest) -> User | None:
    """Whom the session knows: in a demo it is all there is."""
    if not isinstance(request.user, User):
        return None
    sessions.note(request)
    return request.user


def _to_login(request: HttpRequest) -> HttpResponse:
    """A page leads on to where one signs in; a part of a page, or anything else a script asks for, is told 401."""
    if settings.MACAW_AUTH_MODE == "header":
        back = request.get_full_path() if request.method in entering.SAFE else reverse("home")
        target = f"{settings.MACAW_AUTH_PORTAL_URL}/?{urlencode({'rd': settings.MACAW_BASE_URL + back, 'rm': 'GET'})}"
    else:
        target = redirect_to_login(request.get_full_path(), settings.LOGIN_URL).url
    if wants_part(request):
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    if request.headers.get("X-Requested-With") == "XMLHttpRequest" or not request.accepts("text/html"):
        return HttpResponse(status=401)
    return HttpResponseRedirect(target)
