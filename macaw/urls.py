"""Every address of the product, in one list."""

from django.contrib import admin
from django.urls import path

from macaw import views

urlpatterns = [
    path("", views.home, name="home"),
    path("signed-out/", views.signed_out, name="signed_out"),
    path("admin/", admin.site.urls),
]
handler400 = "macaw.errors.bad_request"
handler403 = "macaw.errors.forbidden"
handler404 = "macaw.errors.not_found"
handler500 = "macaw.errors.server_error"
