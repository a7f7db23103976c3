"""The staff admin: Django's own, behind our login and with our skin."""

from typing import Any, NoReturn

from django.contrib import admin, auth
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from macaw.kernel.errors import Missing, NotAllowed


class AdminSite(admin.AdminSite):
    site_header = _("Macaw staff")
    site_title = _("Macaw staff")
    index_title = _("Records")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is no password form here: who is not signed in goes to the one login, who is not staff is refused."""
        from django.contrib.auth.views import redirect_to_login  # the user model is not loaded when this module is

        if request.user.is_authenticated:
            raise NotAllowed(
                _("The admin is for staff"), advice=_("If you are staff, ask an admin to give you the right.")
            )
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(  # type: ignore[override]  # the stubs know only Django's own page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ends the session of the whole portal, not only of the admin."""
        auth.logout(request)
        return HttpResponseRedirect(reverse("signed_out"), status=303)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> NoReturn:
        raise Missing  # nobody has a password here
