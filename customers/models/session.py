"""Who is signed in where. Django's sessions, in rows that also say whose they are and from where they were last seen."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from macaw.kernel import clock
from macaw.kernel.rows import Line

# What a browser says of itself holds the names of its forebears too, so the first that fits is the right one.
BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
DEVICES = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


class Session(models.Model):
    session_key = Line(
        _("key"),
        primary_key=True,
        help_text=_("SHA-256 of what the browser's cookie holds; a copy of this table opens no session."),
    )
    session_data = models.TextField(_("data"), help_text=_("What the session remembers, signed."))
    expire_date = models.DateTimeField(_("expires"), help_text=_("When it ends by itself."))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sessions",
        db_index=False,
        verbose_name=_("user"),
        help_text=_("Who is signed in; nobody in a session from before a login."),
    )
    began_at = models.DateTimeField(
        _("began"), default=clock.now, db_default=Now(), help_text=_("When this person signed in here.")
    )
    seen_at = models.DateTimeField(
        _("last seen"), default=clock.now, db_default=Now(), help_text=_("When it was last used, to the minute.")
    )
    address = Line(_("address"), blank=True, db_default="", help_text=_("From where it was last used."))
    browser = Line(_("browser"), blank=True, db_default="", help_text=_("What the browser calls itself."))

    class Meta:
        db_table = "sessions"
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [
            models.Index(fields=["user"], name="sessions_user"),  # where somebody is signed in
            models.Index(fields=["expire_date"], name="sessions_expiry"),  # the hourly pruning
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.address}"

    @property
    def device(self) -> str:
        """Browser and device by their names, as far as the browser tells; never more than it says of itself."""
        found = [
            next((name for sign, name in names.items() if sign in self.browser), "") for names in (BROWSERS, DEVICES)
        ]
        return " · ".join(filter(None, found))


class Confirmation(models.Model):
    """Somebody confirmed, a moment ago and in this session, that they mean one act of one kind. Using it deletes it."""

    class Kind(models.TextChoices):
        AUTH_CODE = "auth_code", _("see an auth code")
        UNLOCK = "unlock", _("unlock a name for transfer")
        NAMESERVERS = "nameservers", _("change nameservers")
        CONTACTS = "contacts", _("change the contacts of a name")

    session = models.ForeignKey(
        Session,
        models.CASCADE,
        related_name="confirmations",
        db_index=False,
        verbose_name=_("session"),
        help_text=_("Where it was given; it is worth nothing elsewhere."),
    )
    kind = Line(_("kind"), choices=Kind.choices, help_text=_("What it is good for."))
    expires_at = models.DateTimeField(_("expires"), help_text=_("Ten minutes after it was given."))

    class Meta:
        db_table = "confirmations"
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        constraints = [
            models.UniqueConstraint(fields=["session", "kind"], name="confirmations_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["auth_code", "unlock", "nameservers", "contacts"]),
                name="confirmations_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
