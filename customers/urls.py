"""What a customer's people do about themselves and one another."""

from django.urls import path

from customers import views

urlpatterns = [
    path("settings/acting/", views.act_for, name="act_for"),
    path("settings/customer/", views.customer, name="customer"),
    path("settings/customer/members/<int:pk>/", views.member, name="member"),
    path("settings/customer/members/<int:pk>/end/", views.member_end, name="member_end"),
    path("settings/customer/invite/", views.invite, name="invite"),
    path("settings/customer/invitations/<int:pk>/again/", views.invitation_again, name="invitation_again"),
    path("settings/customer/invitations/<int:pk>/revoke/", views.invitation_revoke, name="invitation_revoke"),
    path("settings/invitations/<str:token>/", views.invitation_accept, name="invitation_accept"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
]
