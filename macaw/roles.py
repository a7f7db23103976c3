"""What each staff role may do in the admin: it reads every record and changes what its work is. The code is the only home of these rights."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connections
from django.db.models import Q

from customers.login.roles import StaffRole
from macaw.kernel import schema
from macaw.kernel.writing import Actor, writing

MIGRATION = Actor("db", "migrate")
CHANGES: dict[StaffRole, set[str]] = {
    StaffRole.SUPPORT: {
        "customers.add_contact",
        "customers.change_contact",
        "customers.add_membership",
        "customers.change_membership",
        "customers.delete_membership",
        "domains.change_domain",
    },
    StaffRole.FINANCE: {"customers.change_customer"},
    StaffRole.OPERATOR: {"domains.change_domain"},
    StaffRole.ADMIN: {
        "customers.add_contact",
        "customers.change_contact",
        "customers.add_customer",
        "customers.change_customer",
        "customers.add_membership",
        "customers.change_membership",
        "customers.delete_membership",
        "customers.change_user",
        "domains.change_domain",
    },
}


def grant(app_config: AppConfig, using: str = "default", **_: Any) -> None:
    """Set the rights of all roles to what is written here, once the migrations of an app are done."""
    if not apps.is_installed("django.contrib.auth") or using != "default":
        return
    if schema.unapplied(connections[using]):
        return  # the tables are not those of this code; the migration that is missing brings us here again
    create_permissions(app_config, verbosity=0, using=using)
    with writing(MIGRATION, "roles.granted"):
        _grant(app_config)


def _grant(app_config: AppConfig) -> None:
    here = Permission.objects.filter(content_type__app_label=app_config.label)
    for role in StaffRole:
        changes = [name.split(".")[1] for name in CHANGES[role] if name.startswith(f"{app_config.label}.")]
        wanted = set(here.filter(Q(codename__startswith="view_") | Q(codename__in=changes)))
        group, _made = Group.objects.get_or_create(name=role)
        held = set(group.permissions.filter(content_type__app_label=app_config.label))
        group.permissions.add(*(wanted - held))
        group.permissions.remove(*(held - wanted))
