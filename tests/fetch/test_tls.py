"""HTTPS to the checked address with the link's own name in the handshake and the certificate."""

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
from tests.fetch.fetching import NO_ONE_TRUSTED, fetcher_for, refused
from tests.fetch.raw_server import RawServer

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="makes its certificate with the openssl command")
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"


@dataclass
class SecureSite:
    """Says PAGE over TLS, and remembers which names were asked for."""

    context: ssl.SSLContext
    names: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.sni_callback = lambda connection, name, context: self.names.append(name)

    def __call__(self, connection: socket.socket, over: threading.Event) -> None:
        with self.context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(PAGE)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key and a certificate for site.example, made for this run."""
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


def test_the_name_of_the_link_is_what_tls_checks(site: SecureSite, certificate: tuple[Path, Path]) -> None:
    trust = ssl.create_default_context(cafile=certificate[1])
    with RawServer(site, listen_first=False) as server:
        fetcher = fetcher_for(server.netloc, tls=trust, resolve=lambda host: ["127.0.0.1"])
        assert fetcher.fetch(f"https://site.example:{server.port}/").content == b"<html>"
        error = refused(fetcher.fetch, f"https://other.example:{server.port}/")
    assert site.names == ["site.example", "other.example"]
    assert (error.reason, error.permanent) == (SkipReason.SITE_DOWN, True)
    assert "certificate of other.example" in error.detail


def test_a_certificate_that_nobody_vouches_for_is_refused(site: SecureSite) -> None:
    with RawServer(site, listen_first=False) as server:
        fetcher = fetcher_for(server.netloc, tls=NO_ONE_TRUSTED, resolve=lambda host: ["127.0.0.1"])
        error = refused(fetcher.fetch, f"https://site.example:{server.port}/")
    assert "certificate" in error.detail


def test_the_systems_certificates_are_trusted_by_default_whatever_the_environment_says(
    site: SecureSite, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    with RawServer(site, listen_first=False) as server:
        fetcher = fetcher_for(server.netloc, tls=None, resolve=lambda host: ["127.0.0.1"])
        assert "certificate" in refused(fetcher.fetch, f"https://site.example:{server.port}/").detail
