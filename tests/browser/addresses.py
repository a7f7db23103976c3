"""Every address of the product: who may read it, and whose eyes look at it in the browser tests.

One table for the whole suite. `tests/house/test_urls.py` fails when the URLconf has a name that is not here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.urls import reverse

from customers.mailing.masks import secret_of

# Alice owns a customer, Bob is in her team, Charlie owns another, Dora acts for nobody, Sam is staff; "" is nobody.
CAST = ("alice", "bob", "charlie", "dora", "sam")
Row = Callable[[], dict[str, Any]]

OK, LOGIN, DENIED, MISSING, SIGNED_OUT, POST_ONLY = 200, 302, 403, 404, 401, 405


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What a GET answers to nobody, Alice, Charlie and Sam; a page is looked at by `seen_by`, anything else says why not."""

    view: str
    nobody: int
    owner: int
    other: int
    staff: int
    row: Row = dict
    seen_by: tuple[str, ...] = ()
    because: str = ""
    query: str = ""

    @property
    def path(self) -> str:
        return reverse(self.view, kwargs=self.row()) + self.query


def members_page(view: str, *, seen_by: tuple[str, ...] = ("alice",), **facts: Any) -> Address:
    """For anybody with a login; each sees their own."""
    return Address(view=view, nobody=LOGIN, owner=OK, other=OK, staff=OK, seen_by=seen_by, **facts)


def owners_page(view: str, **facts: Any) -> Address:
    """Alice's own; for anybody else it does not exist."""
    return Address(view=view, nobody=LOGIN, owner=OK, other=MISSING, staff=MISSING, seen_by=("alice",), **facts)


def public_page(view: str, **facts: Any) -> Address:
    return Address(view=view, nobody=OK, owner=OK, other=OK, staff=OK, seen_by=("", "alice"), **facts)


def customers_page(view: str, *, other: int = OK, seen_by: tuple[str, ...] = ("alice",), **facts: Any) -> Address:
    """For who acts for a customer; another customer's rows are not there."""
    return Address(view=view, nobody=LOGIN, owner=OK, other=other, staff=MISSING, seen_by=seen_by, **facts)


def alices_contact(*, used: bool) -> Row:
    def row() -> dict[str, Any]:
        from customers.models import Contact  # here: this table is also read where Django is not set up

        found = Contact.objects.filter(customer__username="alice", domain_contacts__isnull=not used)
        return {"pk": found.order_by("pk")[0].pk}

    return row


def staff_page(view: str, refused: int = DENIED, **facts: Any) -> Address:
    return Address(view=view, nobody=LOGIN, owner=refused, other=refused, staff=OK, seen_by=("sam",), **facts)


def act(view: str, **facts: Any) -> Address:
    """Only ever posted to."""
    answers = {"nobody": LOGIN, "owner": POST_ONLY, "other": POST_ONLY, "staff": POST_ONLY}
    return Address(view=view, because="it only takes a POST", **{**answers, **facts})


def machine(view: str, answer: int = OK) -> Address:
    return Address(view=view, nobody=answer, owner=answer, other=answer, staff=answer, because="machines read it")


def _newest_notice(username: str) -> UUID:
    found: UUID = apps.get_model("customers_mailing.Notice").objects.filter(user__username=username).latest("pk").uuid
    return found


def _membership(username: str) -> int:
    found: int = apps.get_model("customers.Membership").objects.filter(user__username=username).earliest("pk").pk
    return found


def _customer(username: str) -> int:
    found: int = apps.get_model("customers.Customer").objects.get(username=username).pk
    return found


def _user(username: str) -> int:
    found: int = apps.get_model("customers.User").objects.get(username=username).pk
    return found


def _token() -> str:
    """Of the newest invitation, as only its mail has it."""
    return secret_of(
        apps.get_model("customers_mailing.Notice").objects.filter(kind="invitation").latest("pk").dedupe_key
    )


ADDRESSES = (
    members_page("home", seen_by=("alice", "bob", "dora", "sam")),
    public_page("help"),
    members_page("notices", seen_by=("alice", "bob")),
    owners_page("notice", row=lambda: {"uuid": _newest_notice("alice")}),
    members_page("settings"),
    act("act_for"),
    customers_page("customer", seen_by=("alice", "bob")),
    owners_page("member", row=lambda: {"pk": _membership("bob")}),
    act("member_end", row=lambda: {"pk": _membership("bob")}),
    Address(view="invite", nobody=LOGIN, owner=OK, other=OK, staff=MISSING, seen_by=("alice",)),
    act("invitation_again", row=lambda: {"pk": 1}),
    act("invitation_revoke", row=lambda: {"pk": 1}),
    members_page("invitation_accept", seen_by=("charlie", "alice"), row=lambda: {"token": _token()}),
    public_page("invitation", row=lambda: {"token": _token()}),
    act("end_sessions"),
    members_page("confirm", seen_by=("alice", "bob")),
    members_page("jump", query="?q=help"),
    customers_page("contacts", seen_by=("alice", "bob")),
    customers_page("contact", row=alices_contact(used=True), other=MISSING, seen_by=("alice", "bob")),
    customers_page("contact_new"),
    customers_page("contact_edit", row=alices_contact(used=True), other=MISSING),
    customers_page("contact_delete", row=alices_contact(used=False), other=MISSING),
    customers_page("contacts_import"),
    customers_page("contacts_export", seen_by=(), because="it is a file"),
    Address(view="signed_out", nobody=SIGNED_OUT, owner=SIGNED_OUT, other=SIGNED_OUT, staff=SIGNED_OUT, seen_by=("",)),
    public_page("demo"),
    act("log_out", nobody=POST_ONLY),
    staff_page("states", MISSING),
    staff_page("desk"),
    staff_page("desk_people"),
    staff_page("desk_person", row=lambda: {"pk": _user("dora")}, query="?q=studio"),
    act("desk_link", row=lambda: {"pk": 1}),
    act("desk_open", row=lambda: {"pk": 1}),
    staff_page("desk_customers"),
    staff_page("desk_visit", row=lambda: {"pk": _customer("alice")}),
    act("desk_visit_end"),
    staff_page("desk_queue", row=lambda: {"name": "jobs"}),
    staff_page("desk_test_mail"),
    act("desk_retry", row=lambda: {"name": "jobs"}),
    act("desk_start"),
    act("desk_job", row=lambda: {"pk": 1}),
    machine("csp_report", POST_ONLY),
    machine("healthz"),
    machine("readyz", 503),
    machine("metrics", DENIED),
)


@dataclass(frozen=True, slots=True)
class Look:
    """One page before one pair of eyes."""

    view: str
    who: str
    status: int

    def __str__(self) -> str:
        return f"{self.view}-{self.who or 'nobody'}"


def looks() -> list[Look]:
    by_person = {"": "nobody", "alice": "owner", "bob": "owner", "charlie": "other", "dora": "other", "sam": "staff"}
    return [
        Look(address.view, who, getattr(address, by_person[who])) for address in ADDRESSES for who in address.seen_by
    ]


LOOKS = looks()


def paths() -> dict[str, str]:
    """Where each page stands, with the rows of the database that is asked."""
    return {address.view: address.path for address in ADDRESSES if address.seen_by}
