"""The files of docs/deploy do what docs/operations.md says of them: each is run, not read."""

import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from macaw.environment import KNOWN, SECRETS
from tests import postgres, running
from tests.deployed import DEPLOY, command, install, machine, settle, unit
from tests.house.tree import ROOT

SERVICES = sorted(DEPLOY.glob("*.service"))
UNITS = [*SERVICES, *sorted(DEPLOY.glob("*.timer"))]
HARDENED = {
    "User": "macaw",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictNamespaces": "yes",
    "SystemCallFilter": "@system-service",
}


@pytest.fixture
def prefix() -> Iterator[Path]:
    with machine() as folder:
        yield folder


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_services_are_hardened(path: Path) -> None:
    service = unit(path)["Service"]
    assert {name: service.get(name) for name in HARDENED} == HARDENED


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze: apt install systemd")
def test_systemd_understands_the_units(prefix: Path) -> None:
    for path in UNITS:
        (prefix / path.name).write_text(settle(path.read_text(), prefix))
    checked = ["systemd-analyze", "verify", "--man=no", *(str(prefix / path.name) for path in UNITS)]
    done = subprocess.run(checked, capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "macaw-" in line]
    assert complaints == []
    assert done.returncode == 0, done.stderr


def test_the_env_file_sets_only_what_there_is() -> None:
    lines = (DEPLOY / "macaw.env").read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    known = KNOWN | SECRETS
    assert {name.removesuffix("_FILE") for name in named if name not in known} <= SECRETS


def test_the_portal_lets_the_same_pages_by_as_the_proxies() -> None:
    """nginx and Caddy are held to Macaw's own list by the attacks through them."""
    public = r"^/(static|help|signed-out)/"
    assert f"location ~ {public} " in (DEPLOY / "nginx.conf").read_text()
    assert f"'{public}', '^/csp-report$'" in (DEPLOY / "authelia.yml").read_text()
    assert "not path /static/* /help/* /signed-out/* /csp-report\n" in (DEPLOY / "Caddyfile").read_text()
    paths = "PathPrefix(`/static/`) || PathPrefix(`/help/`) || PathPrefix(`/signed-out/`) || Path(`/csp-report`)"
    assert paths in (DEPLOY / "traefik.yml").read_text()


@pytest.mark.timeout(300)
def test_the_services_run_as_installed(prefix: Path) -> None:
    served = install(prefix)
    log, sock = prefix / "log", prefix / "run" / "web.sock"
    web, worker = command("macaw-web.service", prefix), command("macaw-worker.service", prefix)
    with running.process(web, served, log):
        for _ in running.eventually("the socket is there"):
            if sock.exists():
                break
        assert stat.S_IMODE(sock.stat().st_mode) & 0o007 == 0, "others may not speak to it"
        assert running.get(running.UnixConnection(sock), "/healthz").status == 200
        unready = running.get(running.UnixConnection(sock), "/readyz")
        assert unready.status == 503
        assert "no worker is alive" in unready.body
        with running.process(worker, served, log):
            for _ in running.eventually("a worker makes it ready"):
                if running.get(running.UnixConnection(sock), "/readyz").status == 200:
                    break
        spoken = running.get(running.UnixConnection(sock), "/metrics", Authorization="Bearer a-token-for-tests")
        assert spoken.status == 200
        stranger = running.get(running.UnixConnection(sock), "/help/", Host="names.example.com")
        assert stranger.status == 403, "it does not prove itself"
        proof = {"Remote-Secret": (prefix / "etc" / "auth-secret").read_text()}
        page = running.get(running.UnixConnection(sock), "/help/", Host="names.example.com", **proof)
        assert page.status == 301, "plain http past the proxy"
    done = subprocess.run(
        command("macaw-backup.service", prefix), cwd=ROOT, env=served, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (copy,) = (prefix / "backups").iterdir()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


@pytest.mark.skipif(postgres.binaries() is None, reason="no PostgreSQL binaries: apt install postgresql")
def test_the_sql_makes_a_database_that_macaw_can_use(prefix: Path) -> None:
    script = (
        (DEPLOY / "postgresql.sql").read_text().replace("macaw", "portal")
    )  # the cluster's own superuser is "macaw"
    with postgres.throwaway() as url:
        (prefix / "own.sql").write_text(f"{script}\nALTER ROLE portal PASSWORD 'of-a-test';\n")
        psql = ["psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={prefix / 'own.sql'}", url]
        done = subprocess.run(psql, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        own = urlsplit(url)._replace(netloc=f"portal:of-a-test@127.0.0.1:{urlsplit(url).port}", path="/portal").geturl()
        with psycopg.connect(own) as client:
            shown = [
                client.execute(f"SHOW {name}".encode()).fetchone() for name in ("statement_timeout", "lock_timeout")
            ]
        assert shown == [("30s",), ("5s",)]
        settings = {"MACAW_DEMO": "1", "MACAW_DATA_DIR": str(prefix / "lib"), "DATABASE_URL": own}
        done = running.manage("migrate", "--verbosity", "0", **settings)
        assert done.returncode == 0, done.stderr


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
