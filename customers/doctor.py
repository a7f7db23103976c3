"""What must be true of people and customers, and of every row that belongs to one."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from customers.models import Customer, Membership, User
from macaw.kernel import tables
from macaw.kernel.doctor import check


@check("every customer has an owner")
def owners() -> Iterable[str]:
    owned = Membership.objects.filter(role=Membership.Role.OWNER).values("customer")
    for key in Customer.objects.exclude(pk__in=owned).values_list("pk", flat=True).iterator():
        yield f"customers {key}: no owner"


@check("who is staff is in a staff group or a superuser, and who is either is staff")
def staff() -> Iterable[str]:
    rights = Q(Exists(User.groups.through.objects.filter(user=OuterRef("pk")))) | Q(is_superuser=True)
    people = User.objects.annotate(has_rights=rights).exclude(is_staff=F("has_rights"))
    for key, name, is_staff in people.values_list("pk", "username", "is_staff").iterator():
        fault = "is staff without a group" if is_staff else "is in a group or a superuser, but not staff"
        yield f"users {key}: {name} {fault}"


@check("no row joins two customers")
def tenancy() -> Iterable[str]:
    """For each table, every pair of ways from a row to a customer must end at the same one."""
    for model in tables.our_models():
        key = model._meta.pk.name
        for one, other in combinations(paths(model), 2):
            rows = model._base_manager.exclude(**{one: None}).exclude(**{other: None}).exclude(**{one: F(other)})  # noqa: SLF001  # Django's documented way to every row
            for row, first, second in rows.order_by().values_list(key, one, other).iterator():
                yield f"{model._meta.db_table} {row}: {one} is customer {first}, {other} is customer {second}"


def paths(model: type[models.Model]) -> Iterator[str]:
    """The ways from a row up its foreign keys to a customer, as `domain__customer`."""
    for field in model._meta.concrete_fields:
        if not isinstance(field, models.ForeignKey) or field.related_model is model:
            continue
        if field.related_model is Customer:
            yield field.name
        else:
            yield from (f"{field.name}__{path}" for path in paths(field.related_model))
