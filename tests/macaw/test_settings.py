"""A wrong setting stops the start, by manage.py and by gunicorn alike, with one sentence that tells no secret."""

import os
import subprocess
from pathlib import Path

import pytest

from tests import running
from tests.house.tree import ROOT

SECRET = "a-key-for-tests-alone-which-is-long-enough-to-be-taken"
AUTH_SECRET = "what-the-proxy-says-0123456789abcdef"
SERVED = {
    "MACAW_BASE_URL": "https://names.example.com",
    "MACAW_AUTH_PORTAL_URL": "https://login.example.com",
    "MACAW_AUTH_PEERS": "unix",
    "MACAW_AUTH_SECRET": AUTH_SECRET,
    "SECRET_KEY": SECRET,
    "MACAW_KEYRING_FILE": "/nonexistent/keyring.json",
    "MACAW_AUDIT_KEY_FILE": "/nonexistent/audit-key.json",
    "DATABASE_URL": "sqlite://:memory:",
}
DEMO = {"MACAW_DEMO": "1"}

REFUSALS = [
    pytest.param({"MACAW_BASE_URL": ""}, "MACAW_BASE_URL is missing", id="no address"),
    pytest.param({"MACAW_BASE_URL": "http://names.example.com"}, "https://", id="plain http for customers"),
    pytest.param({"MACAW_BASE_URL": "https://names.example.com/macaw/"}, "use an origin", id="address with a path"),
    pytest.param({"MACAW_BASE_URL": "names.example.com"}, "use an origin", id="address without a scheme"),
    pytest.param({"MACAW_AUTH_MODE": "demo"}, "needs MACAW_DEMO=1", id="demo login without demo"),
    pytest.param(
        DEMO | {"MACAW_BASE_URL": "", "MACAW_AUTH_MODE": "header"}, "and the reverse", id="demo without its login"
    ),
    pytest.param({"MACAW_AUTH_MODE": "password"}, "use header or demo", id="unknown login"),
    pytest.param(DEMO, "only be a loopback address, not names.example.com", id="demo for strangers"),
    pytest.param(
        DEMO | {"MACAW_BASE_URL": "", "MACAW_REGISTRAR_LIVE": "1"}, "live registrar", id="demo with live money"
    ),
    pytest.param(
        DEMO | {"MACAW_BASE_URL": "", "MACAW_REGISTRAR_URL": "https://registrar.example.com"},
        "live registrar",
        id="demo with a far registrar",
    ),
    pytest.param({"MACAW_AUTH_PORTAL_URL": ""}, "MACAW_AUTH_PORTAL_URL is missing", id="no login portal"),
    pytest.param(
        {"MACAW_AUTH_PORTAL_URL": "http://login.example.com"}, "must begin with https://", id="passwords in the clear"
    ),
    pytest.param({"MACAW_AUTH_PEERS": ""}, "MACAW_AUTH_PEERS is missing", id="no peers"),
    pytest.param({"MACAW_AUTH_PEERS": "*"}, "use unix, an address", id="any peer"),
    pytest.param({"MACAW_AUTH_PEERS": "unix 0.0.0.0/0"}, "0.0.0.0/0 is too wide", id="the whole internet"),
    pytest.param({"MACAW_AUTH_PEERS": "10.0.0.0/8"}, "10.0.0.0/8 is too wide", id="a whole network"),
    pytest.param({"MACAW_AUTH_PEERS": "::/0"}, "::/0 is too wide", id="the whole of IPv6"),
    pytest.param({"MACAW_AUTH_PEERS": "proxy.example.com"}, "use unix, an address", id="a peer by name"),
    pytest.param({"MACAW_AUTH_SECRET": ""}, "MACAW_AUTH_SECRET_FILE must hold", id="no proxy secret"),
    pytest.param({"MACAW_AUTH_SECRET": "hidden-word"}, "32 plain characters or more", id="short proxy secret"),
    pytest.param(
        {"MACAW_AUTH_SECRET": f"{AUTH_SECRET} hidden-word"}, "32 plain characters or more", id="short second secret"
    ),
    pytest.param({"MACAW_AUTH_SECRET": " ".join([AUTH_SECRET] * 3)}, "a second one", id="three proxy secrets"),
    pytest.param({"MACAW_AUTH_SECRET": AUTH_SECRET + "é"}, "plain characters", id="proxy secret beyond ASCII"),
    pytest.param(
        {"MACAW_AUTH_SECRET_FILE": "/nonexistent"}, "MACAW_AUTH_SECRET_FILE are both set", id="proxy secret twice"
    ),
    pytest.param({"MACAW_AUTH_HEADER_PREFIX": "Remote_"}, "single hyphens", id="header prefix with an underscore"),
    pytest.param({"MACAW_AUTH_GROUPS": "staff=boss"}, "use group=role with one of support", id="unknown role"),
    pytest.param({"MACAW_AUTH_GROUPS": "admin"}, "use group=role", id="group without a role"),
    pytest.param({"MACAW_AUTH_GROUPS": "a=admin,a=support"}, "a stands there twice", id="group with two roles"),
    pytest.param({"MACAW_AUTH_REQUIRED_GROUP": "a,b"}, "without commas", id="required group with a comma"),
    pytest.param({"SECRET_KEY": ""}, "SECRET_KEY is missing", id="no key"),
    pytest.param({"SECRET_KEY": "short-and-secret"}, "shorter than 50", id="short key"),
    pytest.param({"MACAW_KEYRING_FILE": ""}, "MACAW_KEYRING_FILE is missing", id="no keyring"),
    pytest.param({"MACAW_AUDIT_KEY_FILE": ""}, "MACAW_AUDIT_KEY_FILE is missing", id="no signing key"),
    pytest.param({"MACAW_DEBUG": "1"}, "unknown setting MACAW_DEBUG", id="unknown name"),
    pytest.param(
        {"MACAW_DEMO": "perhaps"}, "MACAW_DEMO: 'perhaps' is not usable (use 1 or 0)", id="neither on nor off"
    ),
    pytest.param({"MACAW_PROXY_COUNT": "-1"}, "whole number, at least 0", id="fewer than no proxies"),
    pytest.param({"MACAW_DATABASE_POOL": "0"}, "whole number, at least 1", id="empty pool"),
    pytest.param({"MACAW_STATEMENT_TIMEOUT": "30s"}, "whole number", id="number with a unit"),
    pytest.param({"MACAW_SLOW_QUERY_MS": "fast"}, "whole number", id="number in words"),
    pytest.param({"MACAW_LOG_FORMAT": "xml"}, "use json or console", id="unknown log format"),
    pytest.param({"DATABASE_URL": "mysql://u:hidden-word@h/n"}, "DATABASE_URL is not usable", id="unknown database"),
    pytest.param({"EMAIL_URL": "hidden-word"}, "EMAIL_URL: its value is not usable", id="unusable mail"),
    pytest.param({"SECRET_KEY_FILE": "/nonexistent"}, "SECRET_KEY and SECRET_KEY_FILE are both set", id="key twice"),
    pytest.param(
        {"SECRET_KEY": "", "SECRET_KEY_FILE": "/nonexistent"}, "/nonexistent cannot be read", id="missing key file"
    ),
    pytest.param({"MACAW_ENV_FILE": "/nonexistent"}, "/nonexistent cannot be read", id="missing env file"),
]


def manage(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return running.manage(*arguments, **(SERVED | changes))


def serve(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    command = [str(running.BIN / "gunicorn"), *arguments]
    environment = running.bare(**(SERVED | changes))
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("changes", "words"), REFUSALS)
def test_a_wrong_setting_stops_the_start_with_one_sentence(changes: dict[str, str], words: str) -> None:
    done = manage("version", **changes)
    assert done.returncode == 1
    assert done.stderr.startswith("Macaw cannot start: ")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "hidden-word" not in done.stderr
    assert "short-and-secret" not in done.stderr


def test_sound_settings_start() -> None:
    assert manage("version").returncode == 0


def test_a_wrong_setting_stops_gunicorn_too() -> None:
    done = serve("--bind", "127.0.0.1:0", MACAW_DEBUG="1")
    assert done.returncode == 1
    assert done.stderr == "Macaw cannot start: unknown setting MACAW_DEBUG; see docs/operations.md for the list.\n"


def test_gunicorn_serves_no_demo_to_strangers(tmp_path: Path) -> None:
    demo = {"MACAW_DEMO": "1", "MACAW_BASE_URL": "", "MACAW_DATA_DIR": str(tmp_path)}
    done = serve("--bind", "0.0.0.0:0", **demo)
    assert done.returncode == 1
    assert "may listen on loopback alone, not on 0.0.0.0:0" in done.stderr
    assert "Traceback" not in done.stderr


def test_gunicorn_does_not_start_without_static_files(tmp_path: Path) -> None:
    done = serve("--bind", f"unix:{tmp_path}/web.sock", MACAW_DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "static files are not collected" in done.stderr


def test_secrets_come_from_files(tmp_path: Path) -> None:
    file = tmp_path / "database"
    file.write_text("postgres://macaw:hidden-word@db.example.com/macaw\n")
    code = "import os; from django.conf import settings as s; print(s.DATABASES['default']['PASSWORD'], os.environ)"
    done = manage("shell", "--verbosity", "0", "-c", code, DATABASE_URL="", DATABASE_URL_FILE=str(file))
    password, _space, environment = done.stdout.partition(" ")
    assert password == "hidden-word"
    assert "hidden-word" not in environment, "children would inherit it"


def test_the_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "macaw.env"
    file.write_text("# Ours\nMACAW_SUPPORT_EMAIL=file@example.com\nMACAW_PROXY_COUNT=2\n")
    code = "from django.conf import settings as s; print(s.MACAW_SUPPORT_EMAIL, s.MACAW_PROXY_COUNT)"
    done = manage("shell", "--verbosity", "0", "-c", code, MACAW_ENV_FILE=str(file), MACAW_PROXY_COUNT="3")
    assert done.stdout == "file@example.com 3\n"


def test_a_line_that_is_no_setting_is_named_and_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "macaw.env"
    file.write_text("MACAW_DEMO=0\nSECRET_KEY: hidden-word\n")
    done = manage("version", MACAW_ENV_FILE=str(file))
    assert "line 2 of" in done.stderr
    assert "hidden-word" not in done.stderr


def test_served_settings_pass_the_deployment_checks() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_the_deployment_checks_would_notice() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING", MACAW_BASE_URL="http://127.0.0.1:8000")
    assert "security.W011" in done.stderr  # a session cookie that travels in the clear


def test_secrets_are_made_before_there_is_anything_to_read(tmp_path: Path) -> None:
    bare = dict.fromkeys(SERVED, "")
    done = manage("secrets", str(tmp_path / "made"), **bare)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == [
        "audit-key.json",
        "auth-secret",
        "keyring.json",
        "secret-key",
    ]


def test_sqlite_is_strict(tmp_path: Path) -> None:
    code = (
        "from django.db import connection as c\n"
        "def ask(name):\n"
        "    with c.cursor() as k: return k.execute(f'PRAGMA {name}').fetchone()[0]\n"
        "print(*(ask(n) for n in ('journal_mode', 'synchronous', 'foreign_keys', 'recursive_triggers', 'busy_timeout')))\n"
        "print(c.transaction_mode)"
    )
    done = manage("shell", "--verbosity", "0", "-c", code, DATABASE_URL=f"sqlite:///{tmp_path}/macaw.sqlite3")
    assert done.stdout == "wal 2 1 1 20000\nIMMEDIATE\n", done.stderr


def test_postgresql_waits_only_so_long() -> None:
    url = os.environ.get("MACAW_TEST_DATABASE_URL")
    if not url:
        return  # `make test` runs the suite on PostgreSQL too, and there it is asked
    code = (
        "from django.db import connection as c\n"
        "def show(name):\n"
        "    with c.cursor() as k: k.execute(f'SHOW {name}'); return k.fetchone()[0]\n"
        "print(*(show(n) for n in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')))\n"
        "print(c.pool.max_size, c.pool.timeout, show('application_name'))"
    )
    changes = {"DATABASE_URL": url, "MACAW_STATEMENT_TIMEOUT": "7", "MACAW_DATABASE_POOL": "3"}
    done = manage("shell", "--verbosity", "0", "-c", code, **changes)
    assert done.stdout == "7s 5s 1min\n3 10 macaw\n", done.stderr
