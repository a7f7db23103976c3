"""On every request the session agrees with who the proxy says it is, and with nobody else."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.login.entering import IDLE, LONGEST_SESSION
from customers.login.sessions import digest
from customers.models import Customer, Session, User
from tests import make
from tests.customers.login.conftest import PORTAL, meta, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("header_mode")]
STAFF = {"HTTP_REMOTE_GROUPS": "portal-admins,everybody"}
CUSTOMER_COOKIE = "macaw"


def known(subject: str) -> User:
    return User.objects.get(issuer=PORTAL, subject=subject)


def become(client: Client, user: str | None, **more: Any) -> Client:
    """The same browser, of which the proxy now says something else."""
    client.defaults = meta(user, **more)
    return client


def key(client: Client) -> str:
    return client.cookies[CUSTOMER_COOKIE].value


def test_a_stranger_is_provisioned_with_nothing() -> None:
    answer = visitor("dora").get("/")
    dora = known("dora")
    assert "act for no customer yet" in answer.content.decode()
    assert (dora.is_staff, dora.is_superuser, dora.memberships.exists(), dora.groups.exists()) == (False,) * 4
    assert (dora.full_name, dora.email, dora.has_usable_password()) == ("Dora", "dora@x.example", False)


def test_name_and_mail_follow_the_portal() -> None:
    client = visitor("dora")
    client.get("/")
    become(client, "dora", HTTP_REMOTE_NAME="Dora Dunn", HTTP_REMOTE_EMAIL="dd@x.example").get("/")
    assert (known("dora").full_name, known("dora").email) == ("Dora Dunn", "dd@x.example")
    become(client, "dora", HTTP_REMOTE_NAME=None, HTTP_REMOTE_EMAIL=None).get("/")
    assert known("dora").email == "dd@x.example", "what is not told is kept"


@pytest.mark.parametrize("groups", [(), ("portal-admins",)])
def test_a_request_of_a_session_asks_what_it_always_did(
    groups: tuple[str, ...], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = visitor("dora", HTTP_REMOTE_GROUPS=",".join(groups))
    client.get("/jump/")
    with django_assert_num_queries(4 + len(groups)):  # session, user, customer, the page's own; the roles of staff
        client.get("/jump/")


def test_a11_a_public_page_hears_no_header_and_ends_no_session() -> None:
    page = visitor("admin", **STAFF).get("/help/")
    assert page.status_code == 200
    assert not User.objects.exists()
    assert "Sign in" in page.content.decode()
    client = visitor("alice")
    client.get("/")
    before = key(client)
    assert become(client, None).get("/help/").status_code == 200
    assert become(client, "bob").get("/help/").status_code == 200
    assert (key(client), User.objects.count()) == (before, 1)


def test_a15_another_person_gets_a_session_of_their_own() -> None:
    client = visitor("bob")
    client.get("/settings/")
    bobs, token = key(client), client.cookies["csrf"].value
    session = client.session
    session["basket"] = ["bobs.com"]
    session.save()
    become(client, "alice").get("/settings/")
    alices = key(client)
    assert alices != bobs
    assert client.cookies["csrf"].value != token
    assert "basket" not in client.session
    become(client, "bob").get("/settings/")
    assert key(client) not in {bobs, alices}
    assert "basket" not in client.session
    assert Session.objects.count() == 1


def test_a15_what_one_person_prepared_another_does_not_send() -> None:
    client = visitor("bob")
    client.get("/settings/")
    answer = become(client, "alice").post("/settings/", {"theme": "dark"})
    assert answer.status_code == 409
    assert "Somebody else" in answer.content.decode()
    assert known("alice").theme == "system"
    assert client.post("/settings/", {"theme": "dark"}).status_code == 303


def test_a16_a_session_without_the_portals_word_is_ended() -> None:
    client = visitor("bob")
    client.get("/")
    answer = become(client, None).get("/settings/?a=1&b=//evil.example")
    assert answer.status_code == 302
    back = "rd=https%3A%2F%2Fnames.example.com%2Fsettings%2F%3Fa%3D1%26b%3D%2F%2Fevil.example&rm=GET"
    assert answer["Location"] == f"{PORTAL}/?{back}"
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    "headers", [{"HX-Request": "true"}, {"X-Requested-With": "XMLHttpRequest"}, {"Accept": "application/json"}]
)
def test_a16_what_a_script_asks_for_is_told_401(headers: dict[str, str]) -> None:
    client = visitor("bob")
    client.get("/")
    assert become(client, None).get("/jump/", headers=headers).status_code == 401
    assert not Session.objects.exists()


def test_a17_a_group_that_was_taken_is_gone_with_the_next_request() -> None:
    client = visitor("sam", **STAFF)
    assert client.get("/desk/").status_code == 200
    assert client.get("/admin/").status_code == 200
    before = key(client)
    assert list(known("sam").groups.values_list("name", flat=True)) == ["admin"]
    become(client, "sam")
    assert client.get("/desk/").status_code == 403
    assert client.get("/admin/").status_code == 404
    assert key(client) != before
    assert (known("sam").is_staff, known("sam").groups.exists()) == (False, False)


def test_a17_one_role_for_another_takes_effect_at_once() -> None:
    client = visitor("sam", **STAFF)
    assert client.get("/admin/customers/customer/add/").status_code == 200
    become(client, "sam", HTTP_REMOTE_GROUPS="portal-support")
    assert client.get("/admin/customers/customer/add/").status_code == 403
    assert list(known("sam").groups.values_list("name", flat=True)) == ["support"]


def test_no_login_makes_or_keeps_a_superuser() -> None:
    client = visitor("sam", **STAFF)
    client.get("/")
    assert not known("sam").is_superuser
    User.objects.update(is_superuser=True)
    client.get("/")
    assert not known("sam").is_superuser


def test_a_role_given_past_the_portal_does_not_last() -> None:
    client = visitor("sam")
    client.get("/")
    User.objects.update(is_staff=True)
    assert client.get("/desk/").status_code == 403


def test_a18_who_is_locked_out_is_out_everywhere_at_once(header_mode: Any) -> None:
    client, elsewhere = visitor("bob"), visitor("bob")
    client.get("/")
    elsewhere.get("/")
    User.objects.update(is_active=False)
    answer = client.get("/")
    assert answer.status_code == 403
    assert "closed" in answer.content.decode()
    assert not Session.objects.exists()
    assert elsewhere.get("/").status_code == 403


def test_the_required_group_is_asked_for_on_every_request(header_mode: Any) -> None:
    header_mode.MACAW_AUTH_REQUIRED_GROUP = "customers"
    assert visitor("eve").get("/").status_code == 403
    assert not User.objects.exists()
    client = visitor("bob", HTTP_REMOTE_GROUPS="customers")
    assert client.get("/").status_code == 200
    answer = become(client, "bob", HTTP_REMOTE_GROUPS="others").get("/")
    assert answer.status_code == 403
    assert "not meant for this portal" in answer.content.decode()
    assert not Session.objects.exists()


def test_a19_a_planted_session_is_not_the_one_that_is_signed_in() -> None:
    attacker = visitor(None)
    session = attacker.session
    session["basket"] = ["planted.com"]
    session.save()
    attacker.cookies[CUSTOMER_COOKIE] = planted = str(session.session_key)
    victim = visitor("alice")
    victim.cookies[CUSTOMER_COOKIE] = planted
    victim.get("/")
    assert key(victim) != planted
    assert not Session.objects.filter(pk=digest(planted)).exists()


def test_a19_an_attackers_own_session_is_not_taken_over() -> None:
    attacker, victim = visitor("mallory"), visitor("alice")
    attacker.get("/")
    victim.cookies[CUSTOMER_COOKIE] = planted = key(attacker)
    victim.get("/")
    assert key(victim) != planted
    assert Session.objects.get().user == known("alice")


@pytest.mark.parametrize("thief", [None, "mallory"])
def test_a20_a_stolen_cookie_opens_nothing(thief: str | None) -> None:
    victim = visitor("alice")
    victim.get("/")
    client = visitor(thief)
    client.cookies[CUSTOMER_COOKIE] = key(victim)
    page = client.get("/settings/", follow=False)
    assert "Alice" not in page.content.decode()
    assert page.status_code == (302 if thief is None else 200)


def test_a20_a_copy_of_the_table_holds_no_cookie() -> None:
    client = visitor("alice")
    client.get("/")
    row = Session.objects.get()
    assert row.session_key != key(client)
    thief = visitor("alice")
    thief.cookies[CUSTOMER_COOKIE] = row.session_key
    thief.get("/")
    assert Session.objects.count() == 2


def test_a21_a_customers_mail_links_nobody(alice: User, ashdown: Customer) -> None:
    answer = visitor("mallory", HTTP_REMOTE_EMAIL=alice.email, HTTP_REMOTE_NAME="Alice Ashdown").get("/")
    assert "act for no customer yet" in answer.content.decode()
    assert not known("mallory").memberships.exists()


def test_a21_a_login_of_the_same_name_elsewhere_is_another_person(alice: User, ashdown: Customer) -> None:
    visitor("alice").get("/")
    assert known("alice") != alice
    assert not known("alice").memberships.exists()


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_ORIGINAL_URL", "HTTP_X_REWRITE_URL", "HTTP_X_FORWARDED_PORT"])  # fmt: skip
def test_a23_where_we_are_is_settled_by_our_settings_alone(header: str) -> None:
    answer = visitor(None, **{header: "https://evil.example/admin/"}).get("/settings/")
    assert "evil" not in answer["Location"]
    assert "names.example.com%2Fsettings" in answer["Location"]


def test_a23_the_scheme_is_not_for_a_client_to_say_without_a_proxy(header_mode: Any) -> None:
    header_mode.SECURE_SSL_REDIRECT = True
    assert visitor("alice", HTTP_X_FORWARDED_PROTO="https").get("/").status_code == 301


@pytest.mark.parametrize(
    "path", ["//admin/", "/./admin/", "/%61dmin", "/admin;x", "/ADMIN/", "/admin\x00/", "/admin/../"]
)
def test_a26_an_address_in_disguise_opens_nothing(path: str) -> None:
    for client in (visitor(None), visitor("bob")):
        answer = client.get("/", PATH_INFO=path)  # as a server hands it on, which a client would tidy up
        assert answer.status_code in {302, 404}
        assert b"Macaw staff" not in answer.content


def test_a27_a_key_in_a_header_is_nothing_to_a_page() -> None:
    client = visitor(None, HTTP_AUTHORIZATION="Bearer something", HTTP_X_API_KEY="something")
    assert client.get("/").status_code == 302
    assert not Session.objects.exists()


def test_a29_a_form_of_another_site_is_refused_though_the_portal_vouches() -> None:
    client = Client(enforce_csrf_checks=True, **meta("alice"))
    client.get("/settings/")
    for headers in ({}, {"Origin": "https://evil.example"}, {"Authorization": "Basic YWxpY2U6cGFzcw=="}):
        assert client.post("/settings/", {"theme": "dark"}, headers=headers).status_code == 403
    assert known("alice").theme == "system"


@pytest.mark.parametrize(
    "path", ["//evil.example/", "/\\evil.example/", "/@evil.example/", "/settings/?next=https:evil"]
)
def test_a30_signing_in_leads_back_to_our_own_address(path: str) -> None:
    answer = visitor(None).get(path)
    assert answer.status_code == 404 or answer["Location"].startswith(
        f"{PORTAL}/?rd=https%3A%2F%2Fnames.example.com%2F"
    )


def test_a31_no_cache_keeps_what_is_private() -> None:
    client = visitor("alice")
    for _ in range(2):  # the first makes the session, the second has one
        page = client.get("/")
        assert page["Cache-Control"] == "no-store"
        assert "Cookie" in page["Vary"]


def test_a31_what_was_private_is_gone_after_leaving() -> None:
    client = visitor("alice")
    client.get("/")
    answer = client.post("/logout/")
    assert (answer.status_code, answer["Location"]) == (
        303,
        f"{PORTAL}/logout?rd=https://names.example.com/signed-out/",
    )
    assert not Session.objects.exists()
    assert b"Alice" not in become(client, None).get("/").content


def test_a_session_ends_when_it_was_left_alone_or_is_old(clock: time_machine.Traveller) -> None:
    client = visitor("alice")
    client.get("/")
    keys = {key(client)}
    clock.shift(IDLE - timedelta(seconds=1))
    client.get("/")
    assert {key(client)} == keys
    clock.shift(IDLE)
    client.get("/")
    keys.add(key(client))
    assert len(keys) == 2
    for _ in range(int(LONGEST_SESSION / timedelta(minutes=20))):
        clock.shift(timedelta(minutes=20))
        client.get("/")
    assert key(client) not in keys, "used all the time, and old"
    assert Session.objects.count() == 1


def test_staff_may_be_away_for_less_long(clock: time_machine.Traveller) -> None:
    client = visitor("sam", **STAFF)
    client.get("/")
    before = key(client)
    clock.shift(timedelta(minutes=16))
    client.get("/")
    assert key(client) != before


def test_a_login_without_a_cookie_every_time_is_slowed_down() -> None:
    answers = [visitor("alice").get("/").status_code for _ in range(12)]
    assert answers[0] == 200
    assert answers[-1] == 429
    assert Session.objects.count() == 10


def test_a_session_of_another_kind_of_login_is_worth_nothing() -> None:
    client = visitor(None)
    client.force_login(make.staff("root"))
    assert client.get("/admin/").status_code == 302
    assert not Session.objects.exists()
