"""Serving TLS: 1.3 and nothing older (contract section 13)."""

import datetime
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .conftest import wait_for


@pytest.fixture
def certificate(tmp_path):
    """Paths of a self-signed certificate for 127.0.0.1 and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "harbour")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = tmp_path / "harbour.pem", tmp_path / "harbour.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def test_tls_is_served_from_version_1_3_on(start_registry, certificate):
    path, key = certificate
    server = start_registry(tls_cert=path, tls_key=key, until=None)
    wait_for(lambda: "Uvicorn running" in server.log.read_text(), "the server to listen")
    where = urlsplit(server.url)
    context = ssl.create_default_context(cafile=path)
    with httpx.Client(base_url=f"https://{where.netloc}", verify=context) as http:
        assert http.get("/healthz/liveness").json() == {"alive": True}
        assert http.post("/api/v1/events", json={}).status_code == 400
    old = ssl.create_default_context(cafile=path)
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection((where.hostname, where.port)) as connection:  # noqa: SIM117
        with pytest.raises(ssl.SSLError):
            old.wrap_socket(connection, server_hostname="127.0.0.1")
    assert server.stop() == 0
