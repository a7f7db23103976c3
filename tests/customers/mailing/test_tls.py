"""Encrypted lines: with a certificate that is trusted mail goes, with any other nothing is said."""

import ssl
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core import mail

from macaw.kernel import clock
from tests.customers.mailing.post_office import PostOffice, opened


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that vouches for itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain, pem = serialization.NoEncryption(), serialization.Encoding.PEM
    (folder / "cert").write_bytes(made.public_bytes(pem))
    (folder / "key").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert", folder / "key")
    return folder / "cert", context


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("way", ["tls", "ssl"])
def test_mail_goes_to_a_server_whose_certificate_is_trusted_and_to_no_other(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, way: str, trusted: bool
) -> None:
    path, context = certificate(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    office = PostOffice()
    facts = {"tls_context": context, "require_starttls": True} if way == "tls" else {"ssl_context": context}
    with opened(office, **facts) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
        settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = way == "tls", way == "ssl"
        backend: Any = mail.get_connection("customers.mailing.smtp.EmailBackend")
        message = mail.EmailMessage("Subject", "Body", to=["alice@example.com"])
        if trusted:
            backend.open()
            assert backend.send_messages([message]) == 1
            assert backend.answer == office.answers["DATA"]
        else:
            with pytest.raises(ssl.SSLCertVerificationError):
                backend.send_messages([message])
        backend.close()
    assert len(office.letters) == int(trusted)
    assert issubclass(ssl.SSLCertVerificationError, OSError), "so the outbox tries it again"
