"""Plants the demo, once: all of it in one transaction, or nothing."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from customers.login.personas import ISSUER
from customers.login.roles import StaffRole
from customers.mailing import notices
from customers.mailing.models import Notice
from customers.models import Customer, Invitation, Membership, User
from customers.services import invitations
from macaw.demo import names, papers
from macaw.demo.names import Name
from macaw.demo.papers import Paper
from macaw.kernel.writing import Actor, writing

SEED = Actor("demo", "seed")


def refuse_strangers() -> None:
    """Demo mode lets anybody be anybody, so it never opens a database in which real people are."""
    if "users" in connection.introspection.table_names() and User.objects.exclude(issuer=ISSUER).exists():
        raise CommandError("This database holds people who are not the demo's; the demo starts with its own or none.")


def plant() -> bool:
    """Make the people, names and papers if they are not there yet; tells whether it did."""
    with writing(SEED, "demo.seeded"):
        if Customer.objects.filter(memberships__user__issuer=ISSUER).exists():
            return False
        alice, bob, charlie = (
            _person("alice", "Alice Ashdown", "ashdown"),
            _person("bob", "Bob Breton", "ashdown"),
            _person("charlie", "Charlie Crane", "crane"),
        )
        _person("dora", "Dora Dahl", "dahl")  # acts for nobody yet
        _staff()
        studio = _customer(alice, "Ashdown Studio", Decimal("400.00"))
        Membership.objects.create(user=bob, customer=studio, role=Membership.Role.VIEWER)
        _furnish(studio, ("studio", "tech", "canada", "books"), names.ASHDOWN, papers.ASHDOWN, top_up="200.00")
        by = studio.memberships.get(user=alice)
        invitations.send(Invitation(customer=studio, email="books@ashdown.example", role=Membership.Role.BILLING), by)
        crane = _customer(charlie, "Crane & Sons", Decimal("0.00"))
        _furnish(crane, ("crane",), names.CRANE, papers.CRANE, top_up="40.00")
        return True


def _person(subject: str, full_name: str, home: str) -> User:
    return User.objects.known_as(issuer=ISSUER, subject=subject, full_name=full_name, email=f"{subject}@{home}.example")


def _staff() -> None:
    sam = _person("sam", "Sam Stone", "macaw")
    sam.is_staff = True
    sam.save(update_fields=["is_staff"])
    sam.groups.add(Group.objects.get(name=StaffRole.ADMIN))


def _customer(owner: User, company: str, credit_limit: Decimal) -> Customer:
    customer = Customer.objects.create(
        username=owner.username, email=owner.email, company_name=company, credit_limit=credit_limit
    )
    Membership.objects.create(user=owner, customer=customer, role=Membership.Role.OWNER)
    notices.decide(
        kind=Notice.Kind.WELCOME,
        recipient=owner.email,
        user=owner,
        customer=customer,
        context={"account": company},
        dedupe_key=f"welcome:{customer.pk}",
    )
    return customer


def _furnish(
    customer: Customer, contacts: Iterable[str], held: Iterable[Name], bills: Iterable[Paper], *, top_up: str
) -> None:
    people = names.contacts(customer, *contacts)
    domains = {name.name: names.hold(customer, name, people) for name in held}
    balance = papers.top_up(customer, top_up, days_ago=180)
    for paper in bills:
        balance -= papers.issue(customer, paper, domains)
    customer.account_balance = balance
    customer.save(update_fields=["account_balance"])


def clear() -> None:
    """Throw the demo's database away and make an empty one."""
    refuse_strangers()
    if connection.vendor == "sqlite":
        file = str(settings.DATABASES["default"]["NAME"])
        connection.close()
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(file + ending).unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    call_command("migrate", verbosity=0)
