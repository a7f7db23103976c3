"""Macaw as installed, behind real proxies with the very files of docs/deploy, and a stand-in for the login portal."""

import os
import shutil
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from macaw.kernel import clock
from tests import running
from tests.deployed import DEPLOY, command, install, machine, settle
from tests.postgres import free_port
from tests.proxies.portal import portal
from tests.proxies.wire import HOST, connect

PROXIES = ("nginx", "caddy")
NGINX = """
user root;
worker_processes 1;
daemon off;
pid {prefix}/nginx-{port}.pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {prefix}/body; proxy_temp_path {prefix}/proxied;
    fastcgi_temp_path {prefix}/f; uwsgi_temp_path {prefix}/u; scgi_temp_path {prefix}/s;
    server {{ listen 127.0.0.1:{port} ssl http2 default_server; ssl_certificate {prefix}/etc/cert.pem; ssl_certificate_key {prefix}/etc/cert.key; return 421; }}
    {site}
}}
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.proxy)
            item.add_marker(pytest.mark.timeout(300))  # the first one installs Macaw


@dataclass(frozen=True, slots=True)
class Installation:
    """Where it stands, and the port of its portal."""

    prefix: Path
    portal: int

    @property
    def secret(self) -> str:
        return (self.prefix / "etc" / "auth-secret").read_text()

    @property
    def log(self) -> str:
        return (self.prefix / "log").read_text()


@dataclass(frozen=True, slots=True)
class Proxy:
    name: str
    port: int
    installation: Installation


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    with machine() as prefix, portal() as port:
        served = install(prefix)
        certify(prefix / "etc")
        with running.process(command("macaw-web.service", prefix), served, prefix / "log"):
            for _ in running.eventually("the socket is there"):
                if (prefix / "run" / "web.sock").exists():
                    break
            yield Installation(prefix, port)


@pytest.fixture(scope="session", params=PROXIES)
def proxy(request: pytest.FixtureRequest, installation: Installation) -> Iterator[Proxy]:
    with behind(request.param, installation) as found:
        yield found


@contextmanager
def behind(name: str, at: Installation, *left_out: str) -> Iterator[Proxy]:
    """The proxy as docs/deploy has it, but for the lines that hold one of `left_out`."""
    if shutil.which(name) is None:
        reason = f"no {name}: apt install nginx-light caddy"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    port, log = free_port(), at.prefix / f"{name}-{len(left_out)}.log"
    start = {"nginx": nginx, "caddy": caddy}[name](at, port, left_out)
    places = {"XDG_DATA_HOME": str(at.prefix), "XDG_CONFIG_HOME": str(at.prefix)}
    with running.process(start, running.bare(MACAW_AUTH_SECRET=at.secret, **places), log) as child:
        for _ in running.eventually(f"{name} answers"):
            assert child.poll() is None, log.read_text()
            try:
                connect(port).close()
                break
            except (OSError, ssl.SSLError):
                continue
        yield Proxy(name, port, at)


def without(text: str, left_out: Sequence[str]) -> str:
    kept = [line for line in text.splitlines() if not any(part in line for part in left_out)]
    return "\n".join(kept) + "\n"


def nginx(at: Installation, port: int, left_out: Sequence[str]) -> list[str]:
    """The site of docs/deploy inside the smallest frame that runs it, on a port of its own."""
    (at.prefix / "etc" / "macaw-secret.conf").write_text(f'set $macaw_secret "{at.secret}";\n')
    site = settle((DEPLOY / "nginx.conf").read_text(), at.prefix)
    for there, here in {
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "127.0.0.1:9091": f"127.0.0.1:{at.portal}",
        "/etc/nginx": f"{at.prefix}/etc",
        "/etc/ssl/names.example.com.pem": f"{at.prefix}/etc/cert.pem",
        "/etc/ssl/names.example.com.key": f"{at.prefix}/etc/cert.key",
    }.items():
        assert there in site
        site = site.replace(there, here)
    frame = at.prefix / "etc" / f"nginx-{port}.conf"
    frame.write_text(NGINX.format(prefix=at.prefix, port=port, site=without(site, left_out)))
    return ["nginx", "-p", str(at.prefix), "-c", str(frame)]


def caddy(at: Installation, port: int, left_out: Sequence[str]) -> list[str]:
    """The file of docs/deploy with a certificate of the test's own, on a port of its own."""
    site = settle((DEPLOY / "Caddyfile").read_text(), at.prefix)
    for there, here in {
        f"{HOST} {{": f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n\nhttps://{HOST}:{port} {{\n\ttls {at.prefix}/etc/cert.pem {at.prefix}/etc/cert.key\n\tbind 127.0.0.1",
        "127.0.0.1:9091": f"127.0.0.1:{at.portal}",
    }.items():
        assert there in site
        site = site.replace(there, here)
    file = at.prefix / "etc" / f"Caddyfile-{port}"
    file.write_text(without(site, left_out))
    return ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"]


def certify(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(hours=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "cert.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
