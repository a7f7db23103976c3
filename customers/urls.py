"""What a customer's people do: with contacts, about themselves and one another."""

from django.urls import path

from customers import views

urlpatterns = [
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/new/", views.contact_new, name="contact_new"),
    path("contacts/import/", views.contacts_import, name="contacts_import"),
    path("contacts/export/", views.contacts_export, name="contacts_export"),
    path("contacts/<int:pk>/", views.contact, name="contact"),
    path("contacts/<int:pk>/edit/", views.contact_edit, name="contact_edit"),
    path("contacts/<int:pk>/delete/", views.contact_delete, name="contact_delete"),
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
