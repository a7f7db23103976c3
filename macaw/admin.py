"""The staff admin: Django's own, behind our login and with our skin."""

from functools import wraps
from typing import Any, NoReturn

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.login.leaving import log_out
from macaw.kernel.errors import Missing


class AdminSite(admin.AdminSite):
    site_header = _("Macaw staff")
    site_title = _("Macaw staff")
    index_title = _("Records")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """To who is not staff, there is no admin: no page of it tells that it exists."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def for_staff(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.has_permission(request):
                raise Missing
            answer: HttpResponse = guarded(request, *args, **kwargs)
            return answer

        return for_staff

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is no password form here: the one login is in front of the admin, as of every page."""
        return HttpResponseRedirect(reverse("admin:index"))

    def logout(  # type: ignore[override]  # the stubs know only Django's own page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ends the session of the whole portal, not only of the admin."""
        return log_out(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> NoReturn:
        raise Missing  # nobody has a password here
