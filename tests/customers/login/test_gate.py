"""Only our proxy may say who somebody is, and only as an honest proxy says it. A01 to A32 are the attacks of the design."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from customers.login import headers, incidents
from customers.models import Session, User
from macaw.demo import seed
from tests import make
from tests.browser.addresses import ADDRESSES
from tests.customers.login.conftest import OLD_SECRET, PORTAL, PROXY, SECRET, meta, visitor, wire

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("header_mode")]
STAFF = {"HTTP_REMOTE_GROUPS": "portal-admins"}
ANOTHER = "203.0.113.9"


@pytest.fixture(autouse=True)
def nobody_gets_in(request: pytest.FixtureRequest) -> Iterator[None]:
    """After an attack there is no session and nobody new, unless the test says who may be."""
    yield
    welcome = request.node.get_closest_marker("lets_in")
    assert Session.objects.exists() == bool(welcome)
    known = User.objects.filter(issuer=PORTAL).values_list("subject", flat=True)
    assert set(known) == set(welcome.args if welcome else ())


@pytest.mark.lets_in("alice")
def test_who_comes_through_the_proxy_is_let_in_and_greeted() -> None:
    answer = visitor("alice").get("/")
    assert answer.status_code == 200
    assert "Alice" in answer.content.decode()


@pytest.mark.lets_in("alice")
@pytest.mark.parametrize("peer", ["", PROXY, "::ffff:192.0.2.7", "2001:db8::7"])
def test_a_proxy_is_known_by_its_socket_or_its_address(peer: str) -> None:
    assert visitor("alice", REMOTE_ADDR=peer).get("/").status_code == 200


@pytest.mark.parametrize("peer", [ANOTHER, "127.0.0.1", "192.0.2.8", "2001:db8::8", "fe80::1%eth0", "nonsense"])
@pytest.mark.parametrize("path", ["/", "/help/", "/admin/", "/static/macaw.css", "/no-such-page/"])
def test_a01_nobody_speaks_to_us_past_the_proxy(peer: str, path: str) -> None:
    answer = visitor("admin", REMOTE_ADDR=peer, **STAFF).get(path)
    assert answer.status_code == 403
    assert answer["Cache-Control"] == "no-store"
    assert b"untrusted" in answer.content


def test_a01_a_socket_is_no_proxy_where_only_addresses_are(header_mode: Any) -> None:
    header_mode.MACAW_AUTH_PEERS = tuple(peer for peer in header_mode.MACAW_AUTH_PEERS if peer != "unix")
    assert visitor("admin", REMOTE_ADDR="").get("/").status_code == 403


@pytest.mark.parametrize(
    "secret",
    [None, "", "guess", SECRET[:-1], f"{SECRET} ", f" {SECRET}", f"{SECRET},{SECRET}", f"{SECRET},{OLD_SECRET}", SECRET.upper(), wire("é") * 32],
)  # fmt: skip
def test_a02_the_proxy_proves_itself_with_exactly_the_secret(secret: str | None) -> None:
    assert visitor("admin", HTTP_REMOTE_SECRET=secret, **STAFF).get("/").status_code == 403


@pytest.mark.lets_in("alice")
@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_a02_two_secrets_are_good_while_they_are_changed(secret: str) -> None:
    assert visitor("alice", HTTP_REMOTE_SECRET=secret).get("/").status_code == 200


@pytest.mark.parametrize("alias", ["REMOTE_USER", "HTTP_REMOTE.USER", "HTTP_REMOTE USER", "HTTP_Remote_User"])
@pytest.mark.parametrize("user", [None, "bob"])
def test_a03_to_a06_a_header_that_passes_for_the_true_one_is_refused(alias: str, user: str | None) -> None:
    """What a server could make of `Remote_User`, `Remote.User` and `Remote-User ` before, after or without the true one."""
    assert visitor(user, **{alias: "admin"}).get("/").status_code == 400


@pytest.mark.parametrize("alias", ["HTTP_HTTP_REMOTE_USER", "HTTP_HTTP_HTTP_REMOTE_USER", "HTTP_HTTP_REMOTE_SECRET"])
def test_a07_a_doubled_http_does_not_pass_for_the_header(alias: str) -> None:
    assert visitor("bob", **{alias: "admin"}).get("/").status_code == 400


@pytest.mark.lets_in("bob")
def test_a07_another_header_of_a_like_name_is_nothing_to_us() -> None:
    assert "Bob" in visitor("bob", HTTP_X_REMOTE_USER="admin").get("/").content.decode()
    assert b"Admin" not in visitor(None, HTTP_X_REMOTE_USER="admin").get("/").content


@pytest.mark.parametrize("user", ["bob,admin", "bob,bob", "bob, admin", ",bob"])
def test_a08_a_user_sent_twice_is_refused(user: str) -> None:
    assert visitor(user).get("/").status_code == 400


@pytest.mark.parametrize("user", ["", None])
@pytest.mark.parametrize("fact", ["GROUPS", "NAME", "EMAIL"])
def test_a09_facts_without_a_person_are_refused(user: str | None, fact: str) -> None:
    assert visitor(None, HTTP_REMOTE_USER=user, **{f"HTTP_REMOTE_{fact}": "portal-admins"}).get("/").status_code == 400


def test_a10_a_header_taken_away_by_connection_leaves_a_part_that_is_refused() -> None:
    assert visitor("alice", HTTP_REMOTE_USER=None, **STAFF).get("/").status_code == 400
    assert visitor("alice", HTTP_REMOTE_SECRET=None).get("/").status_code == 403


@pytest.mark.lets_in("alice")
def test_a10_groups_taken_away_take_rights_away() -> None:
    assert visitor("alice", **STAFF).get("/desk/").status_code == 200
    assert visitor("alice").get("/desk/").status_code == 403


@pytest.mark.parametrize(
    "user",
    ["{http.reverse_proxy.header.Remote-User}", "(null)", "-", "null", "anonymous", "none", "undefined", "$user", "%s"],
)
def test_a12_what_a_proxy_writes_when_it_knows_nobody_is_nobody(user: str) -> None:
    assert visitor(user).get("/").status_code == 400


@pytest.mark.parametrize(
    "groups",
    [
        "portal-admins,portal-admins",
        "users,,portal-admins",
        ",portal-admins",
        wire("portal\u200b-admins"),
        "portal-admins\x00",
        "portal-admins\r\n",
        "\xff\xfe",
        ",".join(f"g{number}" for number in range(65)),
        ",".join(f"g{number}" for number in range(10_000)),
        "g" * 4097,
    ],
)
def test_a13_a_list_of_groups_no_portal_writes_is_refused(groups: str) -> None:
    assert visitor("bob", HTTP_REMOTE_GROUPS=groups).get("/").status_code == 400


@pytest.mark.lets_in("bob")
@pytest.mark.parametrize("groups", [" portal-admins", "PORTAL-ADMINS", "portal-admins ", "portal-admin", "xportal-admins", wire("portal‑admins")])  # fmt: skip
def test_a13_a_group_is_known_by_its_exact_name(groups: str) -> None:
    client = visitor("bob", HTTP_REMOTE_GROUPS=groups)
    assert client.get("/").status_code == 200
    assert client.get("/desk/").status_code == 403


@pytest.mark.parametrize(
    "user",
    ["Admin", wire("admın"), wire("ａdmin"), "admin\x00", "admin\t", "a" * 151, "a" * 10_000, "ad min", "../admin", "\xff", wire("ａ"), "a\u2028"],
)  # fmt: skip
def test_a14_a_name_that_only_looks_like_another_is_refused(user: str) -> None:
    assert visitor(user).get("/").status_code == 400


@pytest.mark.parametrize("email", ["a@x.example,b@x.example", "a" * 255, "a@x\x00", "\xff@x.example"])
def test_a14_an_address_no_portal_writes_is_refused(email: str) -> None:
    assert visitor("bob", HTTP_REMOTE_EMAIL=email).get("/").status_code == 400


@pytest.mark.lets_in("bob")
def test_a_display_name_that_cannot_be_read_harms_nobody() -> None:
    assert visitor("bob", HTTP_REMOTE_NAME="B\xffb\x00").get("/").status_code == 200
    assert User.objects.get().full_name == "B\ufffdb"


@pytest.mark.lets_in("bob")
def test_a_display_name_beyond_latin_arrives_whole() -> None:
    visitor("bob", HTTP_REMOTE_NAME=wire("Бобан Čolić")).get("/")
    assert User.objects.get().full_name == "Бобан Čolić"


@pytest.mark.parametrize("forwarded", ["127.0.0.1", PROXY, ", ".join([PROXY] * 100), "fe80::1%eth0", "garbage", ""])
def test_a22_who_a_stranger_says_to_be_does_not_change_where_they_stand(
    forwarded: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = visitor("admin", REMOTE_ADDR=ANOTHER, HTTP_X_FORWARDED_FOR=forwarded, HTTP_X_REAL_IP=PROXY)
    assert client.get("/").status_code == 403
    assert f"'peer': '{ANOTHER}'" in caplog.text
    assert caplog.text.count(f"'address': '{ANOTHER}'") == 2, "the refusal and the answer"


@pytest.mark.parametrize("method", ["get", "head", "post", "options", "put", "delete", "patch", "trace"])
def test_a32_no_address_and_no_method_is_open_to_a_stranger(method: str) -> None:
    seed.plant()
    client = visitor("admin", REMOTE_ADDR=ANOTHER, **STAFF)
    paths = [address.path for address in ADDRESSES if address.view not in {"healthz", "readyz", "metrics"}]
    paths += ["/admin/", "/admin/customers/user/", "/static/macaw.css", "/media/x", "/no-such-page/", "/x.pdf"]
    answers = {path: getattr(client, method)(path).status_code for path in paths}
    assert {path: status for path, status in answers.items() if status != 403} == {}


@pytest.mark.parametrize("method", ["get", "head", "post", "options", "put", "delete", "patch", "trace"])
def test_a32_no_private_address_opens_to_nobody_by_any_method(method: str) -> None:
    seed.plant()
    client = visitor(None)
    private = [address.path for address in ADDRESSES if address.nobody == 302] + ["/admin/", "/admin/customers/user/"]
    answers = {path: getattr(client, method)(path) for path in private}
    assert {path for path, answer in answers.items() if answer.status_code != 302} == set()
    assert {answer["Location"].partition("?")[0] for answer in answers.values()} == {f"{PORTAL}/"}


def test_machines_need_no_proxy_and_are_nobody() -> None:
    client = Client(**meta("admin", REMOTE_ADDR=ANOTHER, HTTP_REMOTE_SECRET=None, **{"HTTP_REMOTE.USER": "admin"}))
    assert client.get("/healthz").status_code == 200
    assert client.get("/metrics").status_code == 403
    assert client.get("/healthz/").status_code == 403, "only the exact path is the machines'"


def test_a_refusal_is_told_once_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    client = visitor("admin", REMOTE_ADDR=ANOTHER)
    for _ in range(50):
        client.get("/")
    told = [str(record.msg) for record in caplog.records if "login.untrusted" in str(record.msg)]
    assert len(told) == 1
    assert SECRET not in caplog.text


def test_a_crowd_of_strangers_fills_no_memory(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(incidents, "MOST", 3)
    for number in range(10):
        visitor("admin", REMOTE_ADDR=f"203.0.113.{number}").get("/")
    assert caplog.text.count("login.untrusted") == 10
    assert len(incidents._seen) <= 3


def test_what_was_only_counted_is_told_with_the_next(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = visitor("admin", REMOTE_ADDR=ANOTHER)
    for _ in range(5):
        client.get("/")
    monkeypatch.setattr(incidents, "QUIET", 0.0)
    client.get("/")
    assert "'count': 5" in caplog.text


def test_no_guess_at_the_secret_is_written_down(caplog: pytest.LogCaptureFixture) -> None:
    visitor("admin", HTTP_REMOTE_SECRET="nearly-the-secret-0123456789").get("/")
    assert "login.untrusted" in caplog.text
    assert "nearly-the-secret" not in caplog.text


def test_another_prefix_makes_the_usual_headers_nothing(header_mode: Any) -> None:
    header_mode.MACAW_AUTH_HEADER_PREFIX = "X-Zanzibar"
    assert visitor("admin").get("/").status_code == 403
    assert Client(**meta("admin", HTTP_X_ZANZIBAR_SECRET=SECRET)).get("/").status_code == 302


def test_nothing_behind_the_gate_can_read_the_headers() -> None:
    found = meta("alice", **STAFF)
    headers.forget(found)
    assert found == {"REMOTE_ADDR": PROXY}


@pytest.mark.lets_in("alice")
def test_a_user_of_that_name_from_elsewhere_is_somebody_else() -> None:
    User.objects.all().delete()
    other = make.user("alice")
    visitor("alice").get("/")
    fresh = User.objects.get(issuer=PORTAL)
    assert fresh.username == "alice-2"
    assert (fresh.pk != other.pk, fresh.memberships.exists()) == (True, False)
