"""The inbox."""

from django.urls import path

from customers.mailing import views

urlpatterns = [
    path("", views.notices, name="notices"),
    path("<uuid:uuid>/", views.notice, name="notice"),
]
