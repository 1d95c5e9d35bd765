"""HTTPS to the checked address, with the host name of the link in the handshake and the certificate."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.core.skip_reasons import SkipReason
from tests.fetch.fetching import NO_CERTIFICATES, fetch_error, fetcher_for
from tests.fetch.raw_server import RawServer

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="makes its certificate with the openssl command")
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"


@dataclass
class SecureSite:
    """Sends PAGE over TLS, and records the requested host names."""

    context: ssl.SSLContext
    names: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.sni_callback = lambda connection, name, context: self.names.append(name)

    def __call__(self, connection: socket.socket, stopped: threading.Event) -> None:
        with self.context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(PAGE)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key and a certificate for site.example, created for this run."""
    assert OPENSSL
    folder = tmp_path_factory.mktemp("tls")
    key, crt = folder / "key.pem", folder / "crt.pem"
    command = [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(crt), "-days", "2", "-subj", "/CN=site.example"]
    command += ["-addext", "subjectAltName=DNS:site.example"]
    subprocess.run(command, check=True, capture_output=True)
    return key, crt


@pytest.fixture
def site(certificate: tuple[Path, Path]) -> SecureSite:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    return SecureSite(context)


def test_tls_checks_the_host_name_of_the_link(site: SecureSite, certificate: tuple[Path, Path]) -> None:
    trust = ssl.create_default_context(cafile=certificate[1])
    with RawServer(site, listen_first=False) as server:
        fetcher = fetcher_for(server.netloc, tls=trust, resolve=lambda host: ["127.0.0.1"])
        assert fetcher.fetch(f"https://site.example:{server.port}/").content == b"<html>"
        error = fetch_error(fetcher.fetch, f"https://other.example:{server.port}/")
    assert site.names == ["site.example", "other.example"]
    assert (error.reason, error.permanent) == (SkipReason.SITE_DOWN, True)
    assert "certificate of other.example" in error.detail


def test_an_untrusted_certificate_is_refused(site: SecureSite) -> None:
    with RawServer(site, listen_first=False) as server:
        fetcher = fetcher_for(server.netloc, tls=NO_CERTIFICATES, resolve=lambda host: ["127.0.0.1"])
        error = fetch_error(fetcher.fetch, f"https://site.example:{server.port}/")
    assert "certificate" in error.detail


def test_the_environment_does_not_change_the_trusted_certificates(
    site: SecureSite, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    with RawServer(site, listen_first=False) as server:
        fetcher = fetcher_for(server.netloc, tls=None, resolve=lambda host: ["127.0.0.1"])
        assert "certificate" in fetch_error(fetcher.fetch, f"https://site.example:{server.port}/").detail
