"""Who logs in. A user is a person known by the login portal; what they may do comes from their memberships."""

from itertools import chain, count
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from macaw.kernel.rows import Line, Stamped, StampedQuerySet
from macaw.kernel.writing import Actor


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> StampedQuerySet["User"]:
        return StampedQuerySet(self.model, using=self._db)

    def known_as(self, *, issuer: str, subject: str, **facts: Any) -> "User":
        """The user of this identity, made at first sight; a user has no password."""
        known = self.filter(issuer=issuer, subject=subject).first()
        if known is not None:
            return known
        made = {"username": self._free_name(subject), "password": "!", **facts}
        user, _made = self.get_or_create(issuer=issuer, subject=subject, defaults=made)
        return user

    def _free_name(self, subject: str) -> str:
        """The subject, with `-2`, `-3` … where an identity of another issuer is shown by that name already."""
        names = chain([subject], (f"{subject}-{number}" for number in count(2)))
        return next(name for name in names if not self.filter(username=name).exists())


class User(AbstractBaseUser, PermissionsMixin, Stamped):
    class Theme(models.TextChoices):
        SYSTEM = "system", _("Like the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    issuer = Line(_("issuer"), help_text=_("Who vouches for this person: the login portal, or the demo."))
    subject = Line(
        _("subject"), help_text=_("The issuer's own name for this person, in lower case. It is never reused here.")
    )
    username = Line(_("username"), help_text=_("The name shown in lists and in the audit trail."))
    full_name = Line(
        _("full name"), blank=True, db_default="", help_text=_("As the login portal tells it; display only.")
    )
    email = Line(_("email"), blank=True, db_default="", help_text=_("As the login portal tells it; proves nothing."))
    password = models.TextField(
        _("password"),
        default="!",
        db_default="!",
        help_text=_("Unusable: people log in at the portal. Break-glass alone may set one."),
    )
    last_login = models.DateTimeField(
        _("last login"), null=True, blank=True, help_text=_("When the last session began.")
    )
    is_active = models.BooleanField(
        _("active"), default=True, db_default=True, help_text=_("Off locks the person out and ends all sessions.")
    )
    is_staff = models.BooleanField(
        _("staff"),
        default=False,
        db_default=False,
        help_text=_("May enter the desk and the admin; follows the groups."),
    )
    is_superuser = models.BooleanField(
        _("superuser"),
        default=False,
        db_default=False,
        help_text=_("All rights; given by break-glass alone, never by a login."),
    )
    language = Line(_("language"), default="en", db_default="en", help_text=_("Language of pages and mail."))
    theme = Line(
        _("theme"),
        choices=Theme.choices,
        default=Theme.SYSTEM,
        db_default=Theme.SYSTEM,
        help_text=_("Light, dark, or as the device says."),
    )
    shortcuts = models.BooleanField(
        _("keyboard shortcuts"),
        default=True,
        db_default=True,
        help_text=_("Whether single keys such as / act on a page."),
    )

    objects = UserManager()  # type: ignore[misc,assignment]  # a user is made by identity, not listed by queryset methods

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "users"
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="users_identity"),
            models.UniqueConstraint(fields=["username"], name="users_username"),
            models.CheckConstraint(condition=models.Q(theme__in=["system", "light", "dark"]), name="users_theme"),
        ]

    def __str__(self) -> str:
        return str(self.username)

    @property
    def name(self) -> str:
        return str(self.full_name or self.username)

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    def get_short_name(self) -> str:
        return self.first_name

    @property
    def initials(self) -> str:
        words = self.name.split()
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()

    @property
    def actor(self) -> Actor:
        return Actor("user", self.username)
