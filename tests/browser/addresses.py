"""Every address of the product: who may read it, and whose eyes look at it in the browser tests.

One table for the whole suite. `tests/house/test_urls.py` fails when the URLconf has a name that is not here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.urls import reverse

# Alice owns a customer, Bob is in her team, Charlie owns another, Sam is staff; "" is nobody.
CAST = ("alice", "bob", "charlie", "sam")
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


ADDRESSES = (
    members_page("home", seen_by=("alice", "bob", "sam")),
    public_page("help"),
    members_page("notices", seen_by=("alice", "bob")),
    owners_page("notice", row=lambda: {"uuid": _newest_notice("alice")}),
    members_page("settings"),
    act("end_sessions"),
    members_page("confirm", seen_by=("alice", "bob")),
    members_page("jump", query="?q=help"),
    Address(view="signed_out", nobody=SIGNED_OUT, owner=SIGNED_OUT, other=SIGNED_OUT, staff=SIGNED_OUT, seen_by=("",)),
    public_page("demo"),
    act("log_out", nobody=POST_ONLY),
    staff_page("states", MISSING),
    staff_page("desk"),
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
    by_person = {"": "nobody", "alice": "owner", "bob": "owner", "charlie": "other", "sam": "staff"}
    return [
        Look(address.view, who, getattr(address, by_person[who])) for address in ADDRESSES for who in address.seen_by
    ]


LOOKS = looks()


def paths() -> dict[str, str]:
    """Where each page stands, with the rows of the database that is asked."""
    return {address.view: address.path for address in ADDRESSES if address.seen_by}
