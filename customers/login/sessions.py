"""Keeps sessions in the database under a digest of their key, with whose they are and from where they are used."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.http import HttpRequest

from customers.models import Session, User
from macaw.kernel import clock
from macaw.kernel.requests import client_address

MOST_LISTED = 50
NOTED_EVERY = timedelta(minutes=1)
LONGEST_BROWSER = 300  # characters


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(DatabaseStore):
    """What Django looks for in the module that SESSION_ENGINE names."""

    @classmethod
    def get_model_class(cls) -> type[Session]:  # type: ignore[override]  # the stubs know only Django's own model
        return Session

    def _get_session_from_db(self) -> Session | None:
        found = Session.objects.filter(session_key=digest(self.session_key or ""), expire_date__gt=clock.now()).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=digest(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:  # type: ignore[override]  # as above
        """The row of this session; what it says of itself stands in the data, which survive a change of key."""
        began = data.setdefault("began", clock.now().isoformat())
        return Session(
            session_key=digest(self._get_or_create_session_key()),  # type: ignore[attr-defined]  # Django's own, left out by the stubs
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=data.get("_auth_user_id"),
            began_at=began,
            seen_at=data.setdefault("seen", began),
            address=data.get("address", ""),
            browser=data.get("browser", ""),
        )

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            Session.objects.filter(session_key=digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        prune()


def note(request: HttpRequest, *, now: bool = False) -> None:
    """Remember when, from where and with what the session was last used; once a minute is enough."""
    session = request.session
    moment = clock.now()
    if now or moment - moment_of(session, "seen") >= NOTED_EVERY:
        session["seen"] = moment.isoformat()
        session["address"] = client_address(request)
        session["browser"] = request.headers.get("User-Agent", "")[:LONGEST_BROWSER]


def moment_of(session: Any, name: str) -> datetime:
    """When the session `began` or was last `seen`; one that does not say is as old as can be."""
    return datetime.fromisoformat(session.get(name, "1970-01-01T00:00:00+00:00"))


def listed(user: User) -> QuerySet[Session]:
    """Where somebody is signed in, the newest first. One query."""
    return user.sessions.filter(expire_date__gt=clock.now()).order_by("-seen_at")[:MOST_LISTED]


def current(request: HttpRequest) -> str:
    return digest(request.session.session_key or "")


def end(user: User, *, only: str = "", but: str = "") -> int:
    """End all sessions of a person, or one, or all but one; how many there were."""
    found = user.sessions.exclude(pk=but)
    return _delete(found.filter(pk=only) if only else found)


def prune() -> int:
    return _delete(Session.objects.filter(expire_date__lt=clock.now()))


def _delete(found: QuerySet[Session]) -> int:
    """How many sessions there were; what hangs on them goes too and is not counted."""
    _all, by_model = found.delete()
    return by_model.get(Session._meta.label, 0)
