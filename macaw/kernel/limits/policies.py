"""How often is too often: every limit of the product, as data."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from macaw.kernel.errors import Words

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` in each `per`, and as many at once."""

    count: int
    per: timedelta

    @property
    def interval(self) -> int:
        """Microseconds until one more is allowed."""
        return self.per // timedelta(microseconds=1) // self.count


@dataclass(frozen=True, slots=True)
class Policy:
    """A limit for each person, for each address, or one for all together; `reserve` of that one is kept for renewals."""

    sentence: Words
    user: Rate | None = None
    address: Rate | None = None  # more than one person's share, since an office or a household has one address
    everyone: Rate | None = None
    reserve: int = 0


POLICIES: dict[str, Policy] = {
    "search": Policy(
        _("You searched very often in a short time."),
        user=Rate(30, MINUTE),
        address=Rate(60, MINUTE),
    ),
    "live_check": Policy(
        _("You checked very many names in a short time."),
        user=Rate(30, MINUTE),
        address=Rate(60, MINUTE),
    ),
    "order": Policy(
        _("You ordered very often in a short time."),
        user=Rate(10, MINUTE),
        address=Rate(20, MINUTE),
    ),
    "export": Policy(
        _("You exported very often in a short time."),
        user=Rate(5, HOUR),
        address=Rate(10, HOUR),
    ),
    "login": Policy(
        _("There were very many logins in a short time."),
        user=Rate(10, MINUTE),
        address=Rate(30, MINUTE),
    ),
    "invite": Policy(
        _("You sent very many invitations in a short time."),
        user=Rate(20, HOUR),
        address=Rate(40, HOUR),
    ),
    "invitation": Policy(
        _("Very many invitations were opened in a short time."),
        address=Rate(20, MINUTE),
    ),
    "csp_report": Policy(
        _("Your browser reported very often in a short time."),
        address=Rate(20, MINUTE),
    ),
    "test_mail": Policy(
        _("You sent very many test mails in a short time."),
        user=Rate(5, HOUR),
    ),
    # The registrar publishes no figure and answers "busy" when it has enough, so we stay modest by ourselves.
    "registrar": Policy(
        _("Very many requests are waiting for the registrar."),
        everyone=Rate(300, MINUTE),
        reserve=100,
    ),
}
