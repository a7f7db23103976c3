"""What the help page explains, where it is data: topics, roles and statuses."""

from django.utils.translation import gettext_lazy as _

from customers import rights
from domains.models import Domain

TOPICS = (
    ("words", _("What the words mean")),
    ("roles", _("Who may do what")),
    ("statuses", _("What a status means")),
    ("contacts", _("Contacts")),
    ("money", _("Money words")),
    ("keyboard", _("Keyboard")),
    ("errors", _("When something fails")),
    ("support", _("How to reach support")),
)

STATUSES = {
    Domain.Status.PENDING: ("info", "loader-circle", _("Ordered or on its way in. Its dates are not known yet.")),
    Domain.Status.ACTIVE: ("ok", "circle-check", _("Yours, and paid until its expiry date.")),
    Domain.Status.EXPIRED: ("bad", "clock", _("Past its expiry date. Site and mail may have stopped.")),
    Domain.Status.GRACE: ("warn", "clock", _("Expired, and can still be renewed at the usual price for a short time.")),
    Domain.Status.REDEMPTION: (
        "bad",
        "triangle-alert",
        _("Taken down by the registry. It can be restored, at extra cost, for a short time."),
    ),
    Domain.Status.PENDING_DELETE: (
        "bad",
        "trash-2",
        _("About to be free. It cannot be saved; afterwards anybody may register it."),
    ),
    Domain.Status.TRANSFERRED_AWAY: ("mute", "arrow-up-right", _("No longer held here: it moved elsewhere.")),
    Domain.Status.CANCELLED: ("mute", "circle-slash", _("The order was refused, or the name was deleted or lapsed.")),
}


def page() -> dict[str, object]:
    """What the page shows; no query."""
    return {
        "topics": TOPICS,
        "roles": rights.named(),
        "statuses": [(kind, icon, status.label, text) for status, (kind, icon, text) in STATUSES.items()],
    }
