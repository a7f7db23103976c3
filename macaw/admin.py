"""The staff admin: Django's own, behind our login and with our skin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class AdminSite(admin.AdminSite):
    site_header = _("Macaw staff")
    site_title = _("Macaw staff")
    index_title = _("Records")
    enable_nav_sidebar = True

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is no password form here: who is not staff goes to the one login."""
        from django.contrib.auth.views import redirect_to_login  # the user model is not loaded when this module is

        return redirect_to_login(request.get_full_path())
