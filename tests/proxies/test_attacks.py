"""The attacks of the design as bytes, through each real proxy and on the socket behind it. None of them ends as somebody else."""

import json
import re
import socket
import subprocess
from uuid import uuid4

import pytest

from macaw.management.commands.check_proxy import DISGUISES, LIES
from tests import running
from tests.browser.addresses import ADDRESSES, MISSING, OK, SIGNED_OUT
from tests.postgres import free_port
from tests.proxies.conftest import Installation, Proxy, behind
from tests.proxies.portal import PORTAL, cookie
from tests.proxies.wire import HOST, Reply, ask, replies, request, send, send_h2

LOGIN = re.compile(r'<dt>Login</dt><dd translate="no">(.*?)</dd>')
SESSION = re.compile(r"__Host-macaw=([^;]+)")
REFUSED = {302, 400, 401, 403, 501}
MACHINES = {"/healthz", "/readyz", "/metrics"}


def login(reply: Reply) -> str:
    """Whose settings these are."""
    found = LOGIN.search(reply.body)
    return found[1] if found else ""


def session(reply: Reply) -> str:
    found = SESSION.search(reply.head)
    return f"__Host-macaw={found[1]}" if found else ""


@pytest.fixture
def bob() -> str:
    """A Bob of each test's own: a Bob who signs in all the time is slowed down."""
    return f"bob-{uuid4().hex[:8]}"


def signed_in(user: str, *groups: str) -> str:
    return f"Cookie: {cookie(user, *groups)}"


def test_honest_people_come_in_as_themselves(proxy: Proxy) -> None:
    page = ask(proxy.port, "/settings/", signed_in("alice"))
    assert (page.status, login(page)) == (200, "alice")
    assert page.header("Cache-Control") == "no-store"
    assert "Cookie" in page.header("Vary")
    assert ask(proxy.port, "/desk/", signed_in("alice")).status == 403
    assert ask(proxy.port, "/desk/", signed_in("sam", "portal-admins")).status == 200
    assert ask(proxy.port, "/help/").status == 200


@pytest.mark.parametrize("lie", LIES)
def test_what_a_client_says_of_itself_makes_nobody_of_nobody(proxy: Proxy, lie: str) -> None:
    for path in ("/settings/", "/desk/"):
        assert ask(proxy.port, path, *LIES[lie]).status in REFUSED


@pytest.mark.parametrize("lie", LIES)
def test_what_a_client_says_of_itself_makes_nobody_else_of_somebody(proxy: Proxy, lie: str, bob: str) -> None:
    page = ask(proxy.port, "/settings/", signed_in(bob), *LIES[lie])
    assert (page.status, login(page)) == (200, bob) or page.status in REFUSED
    assert ask(proxy.port, "/desk/", signed_in(bob), *LIES[lie]).status in REFUSED


@pytest.mark.parametrize("lie", LIES)
def test_a11_a_public_page_is_nobodys_whatever_is_said(proxy: Proxy, lie: str) -> None:
    page = ask(proxy.port, "/help/", *LIES[lie])
    assert page.status in {200, 400, 501}
    assert "Log out" not in page.body
    assert "portal-admins" not in page.body


@pytest.mark.parametrize("path", ["/settings/", "/desk/", "/admin/"])
def test_a28_a_portal_that_fails_lets_nobody_in(proxy: Proxy, path: str) -> None:
    for mode in ("broken", "dead", "garbage", "bare"):
        answer = ask(proxy.port, path, signed_in(mode, "portal-admins"))
        assert answer.status in {302, 400, 500, 502, 503}, mode
        assert "Log out" not in answer.body


def test_a28_a_slow_portal_is_not_waited_for(proxy: Proxy) -> None:
    assert ask(proxy.port, "/settings/", signed_in("slow")).status in {502, 503, 504}


@pytest.mark.parametrize("user", ["null", "anonymous", "none"])
def test_a12_a_portal_that_says_nobody_in_a_word_names_nobody(proxy: Proxy, user: str) -> None:
    assert ask(proxy.port, "/settings/", signed_in(user)).status == 400


def test_a15_a16_a17_the_session_follows_the_portal(proxy: Proxy, bob: str) -> None:
    bobs = session(ask(proxy.port, "/settings/", signed_in(bob)))
    page = ask(proxy.port, "/settings/", f"{signed_in('alice')}; {bobs}")
    assert (page.status, login(page)) == (200, "alice")
    assert session(page) not in {"", bobs}
    assert ask(proxy.port, "/settings/", f"Cookie: {bobs}").status == 302
    sams = session(ask(proxy.port, "/desk/", signed_in("sam", "portal-admins")))
    assert ask(proxy.port, "/desk/", f"{signed_in('sam')}; {sams}").status == 403


def test_a20_a_stolen_cookie_shows_the_thief_to_himself(proxy: Proxy, bob: str) -> None:
    bobs = session(ask(proxy.port, "/settings/", signed_in(bob)))
    page = ask(proxy.port, "/settings/", f"{signed_in('mallory')}; {bobs}")
    assert login(page) == "mallory"


def test_a22_the_log_holds_where_a_request_truly_came_from(proxy: Proxy) -> None:
    path = f"/help/{uuid4().hex}/"
    ask(proxy.port, path, "X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9")
    [line] = [json.loads(line) for line in proxy.installation.log.splitlines() if path in line]
    assert line["address"] == "127.0.0.1"


def test_a23_no_header_moves_a_link(proxy: Proxy) -> None:
    lies = [
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Port: 1",
        "Forwarded: host=evil.example",
    ]
    answer = ask(proxy.port, "/settings/", *lies)
    assert answer.status in {302, 400}
    assert "evil" not in answer.head + answer.body
    assert ask(proxy.port, "/help/", *lies).status == 200, "still https"


SMUGGLED = "GET {path} HTTP/1.1\r\nHost: names.example.com\r\nX-Filler: "
FRAMES = {
    "length and chunks": ["Content-Length: {length}", "Transfer-Encoding: chunked"],
    "chunks and length": ["Transfer-Encoding: chunked", "Content-Length: {length}"],
    "unknown coding": ["Transfer-Encoding: xchunked", "Content-Length: 5"],
    "coding twice": ["Transfer-Encoding: chunked", "Transfer-Encoding: identity", "Content-Length: 5"],
    "coding with a space": ["Transfer-Encoding : chunked", "Content-Length: 5"],
    "coding with a tab": ["Transfer-Encoding:\tchunked", "Content-Length: 5"],
    "coding in a fold": ["Transfer-Encoding:", " chunked", "Content-Length: 5"],
    "coding with a sign": ["Transfer-Encoding: \x0bchunked", "Content-Length: 5"],
    "two lengths": ["Content-Length: 5", "Content-Length: {length}"],
    "two lengths in one": ["Content-Length: 5, {length}"],
    "length with a plus": ["Content-Length: +5"],
    "length with an underscore": ["Content_Length: {length}", "Content-Length: 5"],
}


@pytest.mark.parametrize("frame", FRAMES)
def test_a24_nothing_hides_behind_a_request(proxy: Proxy, frame: str, bob: str) -> None:
    path = f"/smuggled-{uuid4().hex}/"
    hidden = f"0\r\n\r\n{SMUGGLED.format(path=path)}"
    lines = [line.format(length=len(hidden)) for line in FRAMES[frame]]
    send(proxy.port, request("/settings/", signed_in(bob), *lines, method="POST") + hidden.encode())
    assert path not in proxy.installation.log


@pytest.mark.parametrize(
    "sent",
    [
        request("/help/").replace(b"\r\n", b"\n"),
        request("/help/", "X-A: b\nRemote-User: admin"),
        request("/help/", "X-A: b\rRemote-User: admin"),
        request("/help/", "X-A: b\x00c"),
        request("/help/\r\nRemote-User: admin\r\nX: "),
        request("/help/", "Transfer-Encoding: chunked", method="POST") + b"1;a\nb\r\nx\r\n0\r\n\r\n",
    ],
)
def test_a24_odd_ends_of_lines_name_nobody(proxy: Proxy, sent: bytes) -> None:
    for answer in send(proxy.port, sent):
        assert answer.status in {200, 400, 403, 405, 502}
        assert "Log out" not in answer.body


def seen_by_h2(proxy: Proxy, user: str, *fields: tuple[str, str]) -> list[tuple[str, int]]:
    """As whom such a request arrived at Macaw, and its answer; nothing if a proxy refused it."""
    path = f"/desk/queues/h2-{uuid4().hex}/"
    send_h2(proxy.port, path, ("cookie", cookie(user)), *fields)
    lines = [json.loads(line) for line in proxy.installation.log.splitlines() if path in line]
    return [(line["user"], line["status"]) for line in lines if line["event"] == "request.answered"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-a", "b\r\nRemote-User: admin\r\nRemote-Groups: portal-admins"),
        ("x-a", "b\nRemote-User: admin"),
        ("x-a", "b\x00"),
        ("x-a\r\nremote-user", "admin"),
        ("x-a: b\r\nremote-user", "admin"),
        ("remote-user:", "admin"),
        ("Remote-User", "admin"),
        ("remote-user", "admin"),
        ("remote_user", "admin"),
        (":remote-user", "admin"),
        ("connection", "remote-user"),
        ("transfer-encoding", "chunked"),
        ("remote-groups", "portal-admins"),
    ],
)
def test_a25_no_field_of_http2_becomes_a_header_of_ours(proxy: Proxy, bob: str, name: str, value: str) -> None:
    assert seen_by_h2(proxy, bob, (name, value)) in ([], [(bob, 403)], [("", 400)])


def test_a25_an_honest_request_of_http2_arrives(proxy: Proxy, bob: str) -> None:
    assert seen_by_h2(proxy, bob, ("x-a", "b")) == [(bob, 403)]


@pytest.mark.parametrize("path", DISGUISES)
def test_a26_an_address_in_disguise_is_as_private_as_its_face(proxy: Proxy, path: str, bob: str) -> None:
    answer = ask(proxy.port, path)
    assert answer.status != 200
    assert "Log out" not in answer.body
    assert ask(proxy.port, path, signed_in(bob)).status != 200


@pytest.mark.parametrize(
    "path", ["//evil.example/", "/\\evil.example/", "/settings/?next=//evil.example", "/@evil.example/"]
)
def test_a30_the_way_back_is_ours(proxy: Proxy, path: str) -> None:
    answer = ask(proxy.port, path)
    assert answer.status in {302, 400}
    if answer.status == 302:
        assert answer.header("Location").startswith(f"{PORTAL}/?rd=https%3A%2F%2F{HOST}%2F")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "TRACE", "CONNECT", "NONSENSE"])
def test_a32_every_address_keeps_to_its_kind_by_every_method(proxy: Proxy, method: str) -> None:
    """The proxies ask the portal about just those pages that Macaw keeps private."""
    for address in ADDRESSES:
        if address.row is not dict or address.view == "demo":
            continue
        status = ask(proxy.port, address.path, method=method).status
        if address.path in MACHINES:
            assert status in {400, 404, 405}, address.path
        elif address.nobody in {OK, SIGNED_OUT} or address.view == "csp_report":
            assert status != 302, address.path
        else:
            assert status in {302, 400, 401, 405}, address.path
            assert address.nobody != MISSING


def test_a32_a_script_is_told_401_by_the_proxy_itself(proxy: Proxy) -> None:
    assert ask(proxy.port, "/jump/?q=a", "X-Requested-With: XMLHttpRequest").status == 401


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("nginx", ["auth_request /_portal", "proxy_set_header Remote-User"]),
        ("caddy", ["request_header -Remote-*", "-Http-*"]),
    ],
)
def test_a_careless_proxy_would_be_noticed(installation: Installation, name: str, left_out: list[str]) -> None:
    """The control: with a line or two less in its file, what a client says of itself gets further than it may."""
    with behind(name, installation, *left_out) as careless:
        if name == "nginx":
            assert login(ask(careless.port, "/settings/", "Remote-User: admin")) == "admin"
        else:
            assert ask(careless.port, "/help/", "HTTP-Remote-User: admin").status == 400


def checked(proxy: Proxy, *more: str) -> "subprocess.CompletedProcess[str]":
    at = proxy.installation
    there = [
        "--url",
        f"https://{HOST}",
        "--connect",
        f"127.0.0.1:{proxy.port}",
        "--authority",
        f"{at.prefix}/etc/cert.pem",
    ]
    return running.manage("check_proxy", *there, *more, MACAW_ENV_FILE=str(at.prefix / "etc" / "macaw.env"))


def test_check_proxy_finds_an_honest_proxy_sound(proxy: Proxy) -> None:
    done = checked(proxy, "--direct", f"127.0.0.1:{free_port()}")
    assert done.returncode == 0, done.stdout
    assert "FAIL" not in done.stdout
    assert "attacks failed, as they should" in done.stdout
    assert "no connection" in done.stdout


def test_check_proxy_says_what_is_wrong_with_a_careless_one(installation: Installation) -> None:
    with behind("nginx", installation, "auth_request /_portal", "proxy_set_header Remote-User") as careless:
        done = checked(careless, "--direct", f"127.0.0.1:{careless.port}")
    assert done.returncode == 1
    assert "FAIL  A08 twice, the same, on /settings/" not in done.stdout, "the gate refuses it by itself"
    assert "FAIL  A06 capitals, on /settings/: 200" in done.stdout
    assert "Do not open this portal" in done.stderr


# On the socket itself, as somebody who got that far would speak: gunicorn's own part.


def on_socket(at: Installation, *lines: str) -> Reply:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(10)
        line.connect(str(at.prefix / "run" / "web.sock"))
        line.sendall(request("/settings/", *lines, "X-Forwarded-Proto: https", "Connection: close"))
        heard = b""
        while piece := line.recv(65536):
            heard += piece
    return replies(heard)[0]


def test_a01_the_socket_answers_nobody_without_the_secret(installation: Installation) -> None:
    for lines in ([], ["Remote-User: admin"], ["Remote-User: admin", "Remote-Secret: guess"]):
        assert on_socket(installation, *lines).status == 403
    direct = running.get(running.UnixConnection(installation.prefix / "run" / "web.sock"), "/help/", Host=HOST)
    assert direct.status == 403


@pytest.mark.parametrize(
    "lines",
    [
        ["Remote_User: admin"],
        ["Remote_User: admin", "Remote-User: bob"],
        ["Remote-User: bob", "Remote_User: admin"],
        ["Remote-User: bob", "Remote.User: admin"],
        ["Remote-User: bob", "HTTP-Remote-User: admin"],
        ["Remote-User: bob", "Remote-User: admin"],
        ["Remote-User: bob", "Remote-User : admin"],
        ["Remote-User: bob", " admin"],
        ["Remote-User: admin\x00"],
        ["Remote-Groups: portal-admins"],
    ],
)
def test_a03_to_a09_gunicorn_and_the_gate_let_no_second_name_by(installation: Installation, lines: list[str]) -> None:
    assert on_socket(installation, f"Remote-Secret: {installation.secret}", *lines).status == 400


def test_an_honest_proxy_on_the_socket_is_heard(installation: Installation) -> None:
    answer = on_socket(installation, f"Remote-Secret: {installation.secret}", "Remote-User: bob")
    assert (answer.status, login(answer)) == (200, "bob")
    assert installation.secret not in installation.log
