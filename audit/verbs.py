"""What is recorded though it changes no row, in words for the activity page. An event of another verb is refused.

`activity` speaks of gestures that change rows; those verbs are free, and each app words its own.
"""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Event(StrEnum):
    SIGNED_IN = "login.succeeded"
    SIGNED_OUT = "login.ended"
    REFUSED = "login.refused"
    SESSIONS_ENDED = "login.sessions_ended"
    BREAKGLASS = "login.breakglass"
    CONFIRMED = "login.confirmed"
    SWITCHED = "customer.switched"
    VIEWED_AS = "customer.viewed_as"
    VIEW_ENDED = "customer.view_ended"
    SECRET_SHOWN = "secret.shown"  # noqa: S105  # a verb
    EXPORTED = "data.exported"
    IMPORTED = "data.imported"
    NOT_FOUND = "access.refused"
    CAPTURE_RESTORED = "trail.restored"
    REDACTED = "trail.redacted"
    TRAIL_EXPORTED = "trail.exported"


WORDS: dict[Event, Promise] = {
    Event.SIGNED_IN: _("signed in"),
    Event.SIGNED_OUT: _("signed out"),
    Event.REFUSED: _("was refused at the door"),
    Event.SESSIONS_ENDED: _("ended other sessions"),
    Event.BREAKGLASS: _("got in by breaking the glass"),
    Event.CONFIRMED: _("confirmed who they are"),
    Event.SWITCHED: _("switched to this customer"),
    Event.VIEWED_AS: _("looked at the pages as this customer"),
    Event.VIEW_ENDED: _("stopped looking as this customer"),
    Event.SECRET_SHOWN: _("was shown a secret"),
    Event.EXPORTED: _("took data away as a file"),
    Event.IMPORTED: _("brought data in from a file"),
    Event.NOT_FOUND: _("asked for what is not theirs"),
    Event.CAPTURE_RESTORED: _("put the recording of changes back in place"),
    Event.REDACTED: _("took personal values out of the trail"),
    Event.TRAIL_EXPORTED: _("exported the audit trail"),
}
