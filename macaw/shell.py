"""The frame around every page: navigation, and what stands at its edges."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.mailing.models import Notice
from customers.models import Customer, Membership, User, Visit
from macaw.kernel.errors import Words

THEME_COOKIE = "theme"
BELL = "notices"
FORCED_THEMES = {User.Theme.LIGHT.value, User.Theme.DARK.value}


def _forced(theme: str) -> str:
    return theme if theme in FORCED_THEMES else ""


def chosen_theme(request: HttpRequest) -> str:
    """What this browser was told last; it needs no session, so it holds on public pages and without a database."""
    return _forced(request.COOKIES.get(THEME_COOKIE, ""))


@dataclass(frozen=True, slots=True)
class Door:
    """An entry of the navigation: a page that exists, and who may find it there."""

    view: str
    label: Promise
    icon: str
    group: str = "main"
    staff: bool = False
    public: bool = False
    customers: bool = False  # for who acts for one
    tab: bool = False  # stands in the bottom bar of a small screen; the others under More

    @property
    def url(self) -> str:
        return reverse(self.view)

    def leads_to(self, path: str) -> bool:
        """Whether `path` is this page or one below it."""
        return path == self.url or (self.url != "/" and path.startswith(self.url))


DOORS = (
    Door("home", _("Home"), "house", tab=True),
    Door("contacts", _("Contacts"), "user-round", customers=True),
    Door(BELL, _("Notices"), "bell"),
    Door("customer", _("Customer"), "building-2", group="account", customers=True),
    Door("settings", _("Settings"), "settings", group="account"),
    Door("help", _("Help"), "life-buoy", group="account", public=True, tab=True),
    Door("desk", _("Desk"), "gauge", group="staff", staff=True, tab=True),
    Door("admin:index", _("Admin"), "database", group="staff", staff=True),
)
GROUPS: dict[str, Words] = {"main": "", "account": _("Account"), "staff": _("Staff")}


@dataclass(frozen=True, slots=True)
class Entry:
    """A door as one page shows it."""

    door: Door
    current: bool
    count: int = 0


class Shell:
    """What the frame of one page shows. Everything is asked for at first use, so a page without a frame costs nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> User | None:
        """The person the login vouched for on this page. On a public page nobody is: nothing private is shown there."""
        return self.request.user if hasattr(self.request, "customer") else None  # type: ignore[return-value]  # a vouched one is never anonymous

    @cached_property
    def customer(self) -> Customer | None:
        return getattr(self.request, "customer", None)

    @cached_property
    def membership(self) -> Membership | None:
        return getattr(self.request, "membership", None)

    @cached_property
    def visit(self) -> Visit | None:
        """Where staff look at the portal as a customer sees it."""
        return getattr(self.request, "visit", None)

    @cached_property
    def choices(self) -> list[Membership]:
        """Where a person can choose for whom they act, all of them, by name."""
        found: list[Membership] = getattr(self.request, "memberships", [])
        return sorted(found, key=lambda each: each.customer.name.casefold()) if len(found) > 1 else []

    @cached_property
    def signed_in(self) -> bool:
        return self.user is not None or self.request.user.is_authenticated

    @cached_property
    def theme(self) -> str:
        """`light` or `dark` where the person chose one, else empty: as the device says."""
        return _forced(self.user.theme) if self.user else chosen_theme(self.request)

    @cached_property
    def shortcuts(self) -> bool:
        return self.user.shortcuts if self.user else False

    @cached_property
    def doors(self) -> list[Door]:
        """The doors this person may use, in order."""
        return [door for door in DOORS if self._opens(door)]

    def _opens(self, door: Door) -> bool:
        if door.staff:
            return self.user is not None and self.user.is_staff
        if door.customers:
            return self.customer is not None
        return door.public or self.signed_in

    @cached_property
    def entries(self) -> list[Entry]:
        """The same doors, as this page shows them. The current one is the nearest: settings, unless a page below is a door."""
        leading = [door for door in self.doors if door.leads_to(self.request.path)]
        current = max(leading, key=lambda door: len(door.url), default=None)
        return [Entry(door, door is current, self.unread if door.view == BELL else 0) for door in self.doors]

    @cached_property
    def unread(self) -> int:
        """Notices nobody has looked at yet. One query."""
        return Notice.objects.visible_to(self.user, self.visit).unread().count() if self.user else 0

    @property
    def bell(self) -> Entry | None:
        return next((entry for entry in self.entries if entry.door.view == BELL), None)

    @property
    def groups(self) -> list[tuple[str, Words, list[Entry]]]:
        return [
            (name, label, entries)
            for name, label in GROUPS.items()
            if (entries := [entry for entry in self.entries if entry.door.group == name])
        ]

    @property
    def tabs(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.door.tab]

    @property
    def more(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.door.tab]


def context(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}
