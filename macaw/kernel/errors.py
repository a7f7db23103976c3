"""What can go wrong, in words a person can use. Each class has one code that never changes and one HTTP status.

A message says what happened, what about the money where there is any, and what to do now. `docs/errors.md` lists
every code, and a test keeps the list complete.
"""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class MacawError(Exception):
    """Something we can explain. Raised anywhere, shown by the middleware as a page, a fragment or plain text."""

    code: ClassVar[str] = "error"
    status: int = 500
    title: ClassVar[Words] = _("Something failed on our side")
    advice: ClassVar[Words] = _("Nothing was changed. Try again; if it fails again, tell support the request id below.")

    def __init__(
        self, message: Words | None = None, *, advice: Words | None = None, retry_after: int | None = None
    ) -> None:
        self.message: Words = message or self.title
        self.next_step: Words = advice or self.advice
        self.retry_after = retry_after
        super().__init__(str(self.message))


class NotAllowed(MacawError):
    code = "not_allowed"
    status = 403
    title = _("You may not do this")
    advice = _("Nothing was changed. Ask an owner of this account to do it or to give you the right.")


class Missing(MacawError):
    code = "missing"
    status = 404
    title = _("There is nothing at this address")
    advice = _("Check the address, or use the jump box to find what you were looking for.")


class Stale(MacawError):
    code = "stale"
    status = 409
    title = _("Somebody changed this before you")
    advice = _("Nothing of yours was saved. Look at what it is now, then decide again.")


class Invalid(MacawError):
    code = "invalid"
    status = 422
    title = _("This cannot be done as it was sent")
    advice = _("Nothing was changed. Go back, correct it and send it again.")


class TooMany(MacawError):
    code = "too_many"
    status = 429
    title = _("That was too often")
    advice = _("Nothing was changed. Wait as long as it says, then go on.")


class Unavailable(MacawError):
    code = "unavailable"
    status = 503
    title = _("We are not ready")
    advice = _("Nothing was changed. Try again in a minute.")
