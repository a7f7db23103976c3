"""The kinds of notices: what each says in its subject, and why somebody gets it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from customers.mailing.models import Notice
from macaw.kernel.errors import Words


@dataclass(frozen=True, slots=True)
class Letter:
    """Its words stand in `mail/<template>.html` and `.txt`. A legal one is owed by law or contract and cannot be turned off."""

    subject: Words  # the fact first; takes values from the context as %(name)s
    template: str
    reason: Words  # the line at its foot that says why it came
    legal: bool = False
    masked: bool = False  # its mail carries a secret where the stored text has a mask


LETTERS: dict[str, Letter] = {
    Notice.Kind.WELCOME: Letter(
        subject=_("Your Macaw account %(account)s is open"),
        template="welcome",
        reason=_("You get this mail once, because an account was opened for you."),
    ),
    Notice.Kind.TEST: Letter(
        subject=_("Mail from Macaw arrives"),
        template="test",
        reason=_("You get this mail because the staff of this portal tested whether mail arrives."),
    ),
    Notice.Kind.INVITATION: Letter(
        subject=_("%(inviter)s invites you to act for %(company)s"),
        template="invitation",
        reason=_("You get this mail because an owner of that customer gave us your address."),
        masked=True,
    ),
    Notice.Kind.JOINED: Letter(
        subject=_("You now act for %(company)s"),
        template="joined",
        reason=_("You get this mail because the staff of this portal let you act for a customer."),
    ),
}
