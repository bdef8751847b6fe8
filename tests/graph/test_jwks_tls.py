"""An issuer over TLS is believed only if its certificate is, and may not send us to this machine itself."""

import logging
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from tests.graph.api import serving
from tests.graph.issuer import KEYS, OwnIssuer, checking, key


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine that vouches for itself, with its key in the same file."""
    private = key("first").private_key
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuer")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    path = tmp_path / "issuer.pem"
    form = serialization.PrivateFormat.PKCS8
    secret = private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


async def test_certificates(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A certificate that nobody known vouches for is refused, and taken once SSL_CERT_FILE names it."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    own = OwnIssuer()
    async with serving(own.app(), certificate=certificate) as own.address:
        async with checking(own) as desk:
            assert "ISSUER_UNAVAILABLE" in await desk.refusal(own.token())
        assert "CERTIFICATE_VERIFY_FAILED" in caplog.records[-1].__dict__["problem"]
        assert 0 == own.fetches

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        async with checking(own) as desk:
            assert "" == await desk.refusal(own.token())


async def test_sent_to_this_machine(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An issuer elsewhere cannot make us ask a plain address of this machine for its keys."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    inside, own = OwnIssuer(), OwnIssuer()
    async with (
        serving(inside.app()) as inside.address,
        serving(own.app(), certificate=certificate) as own.address,
    ):
        own.document = {"jwks_uri": inside.address + KEYS}
        async with checking(own) as desk:
            with caplog.at_level(logging.WARNING, "graph.jwks"):
                assert "ISSUER_UNAVAILABLE" in await desk.refusal(own.token())

    assert "names an address of this machine" in caplog.records[-1].__dict__["problem"]
    assert 0 == inside.fetches
