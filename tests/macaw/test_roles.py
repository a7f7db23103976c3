"""What each staff role may do: as written in the code, and as the database was told."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.test import Client

from customers.login.roles import StaffRole
from customers.models import User
from macaw import roles
from tests import make

pytestmark = pytest.mark.django_db


def held(role: StaffRole) -> set[str]:
    found = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{app}.{name}" for app, name in found}


@pytest.mark.parametrize("role", StaffRole)
def test_a_role_reads_everything_and_changes_what_is_written(role: StaffRole) -> None:
    everything = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    assert roles.CHANGES[role] <= everything
    assert held(role) == roles.CHANGES[role] | {
        right for right in everything if right.split(".")[1].startswith("view_")
    }


def test_rights_given_by_hand_do_not_outlive_the_next_migration() -> None:
    group = Group.objects.get(name=StaffRole.SUPPORT)
    before = held(StaffRole.SUPPORT)
    group.permissions.add(Permission.objects.get(codename="delete_customer"))
    group.permissions.remove(Permission.objects.get(codename="change_contact"))
    for app in apps.get_app_configs():
        roles.grant(app)
    assert held(StaffRole.SUPPORT) == before


def in_role(role: StaffRole) -> Client:
    user: User = make.staff(f"staff-{role}", is_superuser=False)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(("role", "may"), [("support", False), ("finance", True), ("operator", False), ("admin", True)])
def test_the_admin_shows_the_form_only_to_who_may_change(role: str, may: bool) -> None:
    customer = make.customer()
    page = in_role(StaffRole(role)).get(f"/admin/customers/customer/{customer.pk}/change/")
    assert page.status_code == 200
    assert ('name="credit_limit"' in page.content.decode()) is may


def test_staff_without_a_role_sees_no_record() -> None:
    client = Client()
    client.force_login(make.staff("new", is_superuser=False))
    assert client.get("/admin/customers/customer/").status_code == 403
