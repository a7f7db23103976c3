"""Who is asking. Every page needs a login but those that say `@login_not_required`."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from customers.login import acting
from macaw.kernel.http import wants_part


class LoginMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not getattr(view, "login_required", True):
            return None
        if request.user.is_authenticated:
            acting.settle(request, view)
            return None
        login = redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if wants_part(request):
            return HttpResponse(status=401, headers={"HX-Redirect": login.url})
        return login
