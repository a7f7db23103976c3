"""Planted secrets appear in no log, page, report or dump, whatever fails."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests import running
from tests.postgres import free_port

CANARIES = {
    "SECRET_KEY": "canary-key-" + "0123456789abcdef" * 4,
    "metrics token": "canary-token-5f0c",
    "proxy secret": "canary-proxy-0123456789abcdef0123",
    "mail password": "canary-mail-71aa",
    "database password": "canary-database-90de",
    "auth code": "canary-auth-3b7d",
    "authorization header": "canary-authorization-c41f",
    "cookie": "canary-cookie-0a9e",
    "posted password": "canary-password-66b2",
    "posted auth code": "canary-posted-code-d8e3",
}
VISIBLE = "canary-that-is-no-secret"
SEND = ["sendtestemail", "somebody@example.com"]
PLANT = """
from datetime import timedelta
from customers.models import Customer
from domains.models import Domain
from macaw.kernel import clock
from macaw.kernel.writing import Actor, writing
with writing(Actor("db", "tests"), "canary.planted"):
    owner = Customer.objects.create(username="keeper", email="keeper@example.com")
    domain = Domain(customer=owner, domain_name="birdcage.example", tld="example", status="active",
                    registration_date=clock.now(), expiration_date=clock.now() + timedelta(days=9))
    domain.auth_code = {code!r}
    domain.save(force_insert=True)
"""


class Refusing:
    """A mail server that lets nobody in."""

    async def handle_MAIL(self, *_: object) -> str:  # noqa: N802  # the library's name
        return "530 5.7.0 Not you"


def _refuse(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=False, handled=False)


@pytest.fixture
def mail_server() -> Iterator[int]:
    port = free_port()
    controller = Controller(Refusing(), hostname="127.0.0.1", port=port, authenticator=_refuse, auth_require_tls=False)
    controller.start()
    yield port
    controller.stop()


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="macaw-", dir="/tmp"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def traces(folder: Path, mail_server: int) -> dict[str, str]:
    """All that anybody could read afterwards, by where they would find it."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "tests.house.canary_settings",
        "MACAW_BASE_URL": "http://127.0.0.1:8000",
        "MACAW_DATA_DIR": str(folder),
        "MACAW_KEYRING_FILE": str(folder / "keyring.json"),
        "MACAW_AUDIT_KEY_FILE": str(folder / "audit-key.json"),
        "MACAW_SLOW_QUERY_MS": "0",
        "MACAW_METRICS_TOKEN": CANARIES["metrics token"],
        "MACAW_AUTH_PORTAL_URL": "http://127.0.0.1:9091",
        "MACAW_AUTH_PEERS": "unix",
        "MACAW_AUTH_SECRET": CANARIES["proxy secret"],
        "SECRET_KEY": CANARIES["SECRET_KEY"],
        "DATABASE_URL": f"sqlite:///{folder}/macaw.sqlite3",
        "EMAIL_URL": f"smtp://macaw:{CANARIES['mail password']}@127.0.0.1:{mail_server}",
    }
    environment = running.bare(**settings)
    found = {}
    for name, arguments in {
        "secrets": ["secrets", str(folder)],
        "migrate": ["migrate", "--verbosity", "0"],
        "collectstatic": ["collectstatic", "--no-input", "--verbosity", "0"],
        "plant": ["shell", "-c", PLANT.format(code=CANARIES["auth code"])],
        "dumpdata": ["dumpdata"],
        "diffsettings": ["diffsettings", "--all"],
        "check": ["check", "--deploy"],
        "mail": SEND,
    }.items():
        done = running.manage(*arguments, **environment)
        assert done.returncode == 0 or name == "mail", done.stderr
        found[f"manage.py {name}"] = done.stdout + done.stderr
    found |= _pages(folder, environment)
    found["log"] = (folder / "log").read_text()
    away = f"postgres://macaw:{CANARIES['database password']}@127.0.0.1:1/macaw"
    for name, arguments in {"database away": ["migrate"], "database settings": ["diffsettings", "--all"]}.items():
        done = running.manage(*arguments, **(environment | {"DATABASE_URL": away}))
        found[name] = done.stdout + done.stderr
    return found


def _pages(folder: Path, environment: dict[str, str]) -> dict[str, str]:
    sock = folder / "web.sock"
    sent = {
        "Host": "127.0.0.1:8000",
        "Remote-Secret": CANARIES["proxy secret"],
        "Authorization": f"Bearer {CANARIES['authorization header']}",
        "Cookie": f"macaw={CANARIES['cookie']}; other={CANARIES['cookie']}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    form = urlencode({"password": CANARIES["posted password"], "auth_code": CANARIES["posted auth code"]})
    found = {}
    with running.process([str(running.BIN / "gunicorn"), "--bind", f"unix:{sock}"], environment, folder / "log"):
        for _ in running.eventually("the socket is there"):
            if sock.exists():
                break
        for method, path in (
            ("POST", "/canary/fail/"),
            ("POST", "/canary/guarded/"),
            ("POST", "/canary/report/"),
            ("GET", f"/canary/careless/?visible={VISIBLE}"),
            ("POST", "/csp-report"),
            ("GET", "/metrics"),
            ("GET", "/readyz"),
            ("GET", "/no-such-page/"),
        ):
            answer = running.ask(running.UnixConnection(sock), method, path, form if method == "POST" else None, sent)
            found[f"{method} {path} {answer.status}"] = f"{answer.headers}\n{answer.body}"
    return found


@pytest.mark.timeout(300)  # some fifteen processes, one of which waits for a database that never comes
def test_planted_secrets_show_nowhere_whatever_fails(traces: dict[str, str]) -> None:
    shown = {name: [place for place, text in traces.items() if canary in text] for name, canary in CANARIES.items()}
    assert {name: places for name, places in shown.items() if places} == {}
    _assert_that_all_was_provoked(traces)
    lines = [json.loads(line) for line in traces["log"].splitlines()]
    assert all({"event", "level", "timestamp", "logger"} <= set(line) for line in lines)
    answered = [line for line in lines if line["event"] == "request.answered"]
    assert len(answered) == 8
    assert all(line["request_id"] for line in answered)


def _assert_that_all_was_provoked(traces: dict[str, str]) -> None:
    """The negative control: what should fail did, it was written down, and what is no secret would have been found."""
    assert {"POST /canary/fail/ 500", "POST /canary/guarded/ 403", "POST /canary/report/ 200"} <= set(traces)
    assert "characters in hand" in traces["log"]
    assert '"query.slow"' in traces["log"]
    assert '"domain.shown"' in traces["log"]
    assert "ValueError" in traces["POST /canary/report/ 200"]
    assert "SMTP" in traces["manage.py mail"]
    assert "birdcage.example" in traces["manage.py dumpdata"]
    assert "SECRET_KEY" in traces["manage.py diffsettings"]
    assert "Error" in traces["database away"]
    assert "PASSWORD" in traces["database settings"]
    assert any(VISIBLE in text for text in traces.values())
