"""Every address of the product, in one list."""

from django.contrib import admin
from django.urls import path

from macaw import health, metrics, views

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.help_page, name="help"),
    path("settings/", views.settings, name="settings"),
    path("jump/", views.jump, name="jump"),
    path("signed-out/", views.signed_out, name="signed_out"),
    path("_states/", views.states, name="states"),
    path("csp-report", views.csp_report, name="csp_report"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
]
handler400 = "macaw.errors.bad_request"
handler403 = "macaw.errors.forbidden"
handler404 = "macaw.errors.not_found"
handler500 = "macaw.errors.server_error"
