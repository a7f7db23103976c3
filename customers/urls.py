"""What a customer's people do about themselves and one another."""

from django.urls import path

from customers import views

urlpatterns = [
    path("settings/acting/", views.act_for, name="act_for"),
    path("settings/customer/", views.customer, name="customer"),
    path("settings/customer/members/<int:pk>/", views.member, name="member"),
    path("settings/customer/members/<int:pk>/end/", views.member_end, name="member_end"),
]
