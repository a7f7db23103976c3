"""Makes the session agree with who the proxy says it is: on every request, so that a change there takes effect at once."""

from datetime import timedelta

import structlog
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.login import incidents, sessions
from customers.login.gate import peer
from customers.login.headers import Identity
from customers.login.roles import StaffRole
from customers.models import User
from macaw.kernel import clock, limits
from macaw.kernel.errors import NotAllowed, Stale, TooMany
from macaw.kernel.requests import client_address
from macaw.kernel.writing import Actor, writing

log = structlog.get_logger("macaw.login")
LONGEST_SESSION = timedelta(hours=12)
IDLE, STAFF_IDLE = timedelta(minutes=30), timedelta(minutes=15)
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
BACKEND = "customers.login.backend.SessionBackend"


class LockedOut(NotAllowed):
    code = "locked_out"
    title = _("Your access to this portal is closed")
    advice = _("All your sessions here have ended. Ask support if you think this is a mistake.")


class NotInvited(NotAllowed):
    code = "not_invited"
    title = _("Your login is not meant for this portal")
    advice = _("Nothing was changed. Ask whoever gave you the login to add you to the group that is for it.")


class SomebodyElse(Stale):
    code = "somebody_else"
    title = _("Somebody else is signed in since you opened this page")
    advice = _("Nothing was changed. Load the page again, and look who you are before you send anything.")


def enter(request: HttpRequest, identity: Identity) -> User:
    """The user of this identity, in a session that is theirs. Raises PermissionDenied around what to tell them."""
    required = settings.MACAW_AUTH_REQUIRED_GROUP
    if required and required not in identity.groups:
        leave(request, "group")
        raise _denied(request, NotInvited(), identity)
    user = _in_session(request, identity) or _begin(request, identity)
    if not user.is_active:
        with writing(user.actor, "session.ended", request_id=_id(request)):
            sessions.end(user)
            request.session.flush()
        raise _denied(request, LockedOut(), identity)
    _follow(request, user, identity)
    sessions.note(request)
    return user


def leave(request: HttpRequest, reason: str) -> None:
    """End the session, if somebody is signed in by it."""
    if not request.session.get("identity") and not request.user.is_authenticated:
        return
    issuer, subject = request.session.get("identity", ("", ""))
    actor = request.user.actor if isinstance(request.user, User) else Actor("user", subject)
    with writing(actor, "session.ended", request_id=_id(request)):
        auth.logout(request)
    log.info("session.ended", subject=subject, issuer=issuer, reason=reason)


def _in_session(request: HttpRequest, identity: Identity) -> User | None:
    """Whom the session knows, if that is this person and it is neither too old nor left alone too long."""
    user, session = request.user, request.session
    if session.get("identity") != [identity.issuer, identity.subject]:
        return None
    if not isinstance(user, User) or (user.issuer, user.subject) != (identity.issuer, identity.subject):
        return None
    now, idle = clock.now(), STAFF_IDLE if user.is_staff else IDLE
    fresh = now - sessions.moment_of(session, "began") < LONGEST_SESSION
    return user if fresh and now - sessions.moment_of(session, "seen") < idle else None


def _begin(request: HttpRequest, identity: Identity) -> User:
    """A session of their own. Nothing of another's goes into it, and nothing another prepared is sent with it."""
    known = request.session.get("identity")
    theirs = [identity.issuer, identity.subject]
    was_other = request.user.is_authenticated if known is None else known != theirs
    if was_other or known:
        leave(request, "somebody else" if was_other else "time")
    user = _known(request, identity)
    if not user.is_active:
        return user
    _spend(user)
    with writing(user.actor, "session.started", request_id=_id(request)):
        request.session["identity"] = theirs
        request.session["began"] = clock.now().isoformat()
        sessions.note(request, now=True)
        auth.login(request, user, backend=BACKEND)
    log.info("session.started", subject=identity.subject, address=client_address(request))
    if was_other and request.method not in SAFE:
        raise _denied(request, SomebodyElse(), identity)
    return user


def _known(request: HttpRequest, identity: Identity) -> User:
    """The user of this identity, made at first sight: without customer, role or right, whatever mail or name they bring."""
    who = {"issuer": identity.issuer, "subject": identity.subject}
    user = User.objects.filter(**who).first()
    if user is None:
        with writing(Actor("user", identity.subject), "user.provisioned", request_id=_id(request)):
            user = User.objects.known_as(**who)
        log.info("user.provisioned", subject=identity.subject, username=user.username)
    return user


def _spend(user: User) -> None:
    """Who keeps no cookie would make a session with every request."""
    try:
        limits.spend("login", user=user.pk)
    except TooMany as error:
        raise PermissionDenied(error) from error


def _follow(request: HttpRequest, user: User, identity: Identity) -> None:
    """Take over what the portal says of them now: name, mail, roles. Never a superuser, and no role from elsewhere."""
    told = {"full_name": identity.full_name, "email": identity.email}
    changed = [name for name, value in told.items() if value and value != getattr(user, name)]
    wanted = {role for group, role in settings.MACAW_AUTH_GROUPS.items() if group in identity.groups}
    held = _roles(user) if user.is_staff or wanted else set()
    if not changed and held == wanted and user.is_staff == bool(wanted) and not user.is_superuser:
        return
    with writing(user.actor, "user.followed", request_id=_id(request)):
        for name in changed:
            setattr(user, name, told[name])
        user.is_staff, user.is_superuser = bool(wanted), False
        user.save(update_fields=[*changed, "is_staff", "is_superuser"])
        user.groups.remove(*Group.objects.filter(name__in=held - wanted))
        user.groups.add(*Group.objects.filter(name__in=wanted - held))
    if held != wanted:
        request.session.cycle_key()
        log.warning("roles.changed", subject=user.subject, before=sorted(held), after=sorted(wanted))


def _roles(user: User) -> set[str]:
    """The roles that logins manage; a group of another name is not ours to give or take."""
    return set(user.groups.filter(name__in=StaffRole.values).values_list("name", flat=True))


def _id(request: HttpRequest) -> str:
    return str(getattr(request, "id", ""))


def _denied(request: HttpRequest, error: NotAllowed | Stale, identity: Identity) -> PermissionDenied:
    incidents.refused(f"login.{error.code}", peer=peer(request), reason=error.code, subject=identity.subject)
    return PermissionDenied(error)
