"""Each guard of the door, taken away: then its attack succeeds, so the tests beside this one would have noticed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from customers.login import entering, gate, headers
from customers.models import User
from tests.customers.login.conftest import PORTAL, meta, visitor, wire
from tests.customers.login.test_entering import become, key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("header_mode")]
Patch = pytest.MonkeyPatch


def anybody(patch: Patch) -> None:
    patch.setattr(gate, "_known_peer", lambda address: True)


def any_secret(patch: Patch) -> None:
    patch.setattr("customers.login.gate.hmac.compare_digest", lambda given, secret: True)


def any_alias(patch: Patch) -> None:
    patch.setattr(headers, "aliases", lambda meta: [])


def any_user(patch: Patch) -> None:
    patch.setattr(headers, "_user", lambda raw: raw)


def no_placeholders(patch: Patch) -> None:
    patch.setattr(headers, "NOBODY", set())


def any_groups(patch: Patch) -> None:
    patch.setattr(headers, "_groups", lambda raw: frozenset(raw.split(",")))


def sessions_for_anybody(patch: Patch) -> None:
    patch.setattr(entering, "_in_session", lambda request, identity: request.user if request.user.pk else None)


def sessions_for_ever(patch: Patch) -> None:
    patch.setattr(entering, "IDLE", timedelta(days=9_999))


def roles_once(patch: Patch) -> None:
    follow = entering._follow

    def only_at_first(request: Any, user: User, identity: Any) -> None:
        if not user.is_staff:
            follow(request, user, identity)

    patch.setattr(entering, "_follow", only_at_first)


def nobody_denied(patch: Patch) -> None:
    def let_through(request: Any, error: Any, identity: Any) -> PermissionDenied:
        raise LetThrough

    patch.setattr(entering, "_denied", let_through)


class LetThrough(Exception):
    """The guard said no to nobody."""


def status(**more: Any) -> Callable[[], bool]:
    """Whether a request with these headers is answered as if it were honest."""
    user = more.pop("user", "bob")
    return lambda: visitor(user, **more).get("/").status_code == 200


def bobs_session_as_alice() -> bool:
    client = visitor("bob")
    client.get("/")
    return ">bob</dd>" in become(client, "alice").get("/settings/").content.decode()


def old_session() -> bool:
    client = visitor("bob")
    client.get("/")
    before = key(client)
    session = client.session
    session["seen"] = "2020-01-01T00:00:00+00:00"
    session.save()
    client.get("/")
    return key(client) == before


def old_role() -> bool:
    client = visitor("sam", HTTP_REMOTE_GROUPS="portal-admins")
    client.get("/")
    return become(client, "sam").get("/desk/").status_code == 200


def anothers_form() -> bool:
    client = visitor("bob")
    client.get("/settings/")
    try:
        return become(client, "alice").post("/settings/", {"theme": "dark"}).status_code == 303
    except LetThrough:
        return True


CONTROLS = [
    pytest.param(anybody, status(REMOTE_ADDR="203.0.113.9"), id="A01 a stranger"),
    pytest.param(any_secret, status(HTTP_REMOTE_SECRET="guess"), id="A02 a wrong secret"),
    pytest.param(any_alias, status(**{"HTTP_REMOTE.USER": "admin"}), id="A03 to A07 an alias"),
    pytest.param(any_user, status(user="bob,admin", HTTP_REMOTE_EMAIL=None), id="A08 a user twice"),
    pytest.param(any_user, status(user="{http.reverse_proxy.header.Remote-User}"), id="A12 a variable as user"),
    pytest.param(no_placeholders, status(user="anonymous"), id="A12 a word for nobody"),
    pytest.param(any_groups, status(HTTP_REMOTE_GROUPS="portal-admins,portal-admins"), id="A13 a group twice"),
    pytest.param(any_user, status(user=wire("ａdmin")), id="A14 a look-alike"),
    pytest.param(sessions_for_anybody, bobs_session_as_alice, id="A15 and A20 another's session"),
    pytest.param(nobody_denied, anothers_form, id="A15 another's form"),
    pytest.param(roles_once, old_role, id="A17 a role that was taken"),
    pytest.param(sessions_for_ever, old_session, id="an idle session"),
]


@pytest.mark.parametrize(("remove", "attack"), CONTROLS)
def test_without_its_guard_an_attack_succeeds_and_with_it_it_does_not(
    remove: Callable[[Patch], None], attack: Callable[[], bool], monkeypatch: Patch
) -> None:
    assert not attack()
    remove(monkeypatch)
    assert attack()


def test_a09_without_the_rule_of_all_or_none_a_part_would_pass_for_nobody(monkeypatch: Patch) -> None:
    part = meta(None, HTTP_REMOTE_GROUPS="portal-admins")
    with pytest.raises(headers.Malformed):
        headers.read(part)
    monkeypatch.setattr(headers.Names, "facts", ())
    assert headers.read(part) is None


def test_a16_without_leaving_the_session_would_stay(monkeypatch: Patch) -> None:
    client = visitor("bob")
    client.get("/")
    monkeypatch.setattr(entering, "leave", lambda request, reason: None)
    become(client, None).get("/")
    assert User.objects.get(issuer=PORTAL).sessions.exists()


def test_a29_without_the_token_another_sites_form_would_be_taken() -> None:
    client = Client(enforce_csrf_checks=False, **meta("alice"))
    client.get("/settings/")
    assert client.post("/settings/", {"theme": "dark"}, HTTP_ORIGIN="https://evil.example").status_code == 303
