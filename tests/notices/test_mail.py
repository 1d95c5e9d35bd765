"""Mail over real SMTP on loopback: plain on this machine, STARTTLS, TLS, log-in, refusals."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from bot.config.notify_settings import NotifyTarget
from bot.notices.http_post import DeliveryError
from bot.notices.mail import send_mail
from bot.notices.messages import test_message as make_test_message
from tests.conftest import START
from tests.notices.conftest import WriteConfig
from tests.notices.mail_server import MailServer, running

OPENSSL = shutil.which("openssl")


def target(write: WriteConfig, url: str, lines: str = "") -> NotifyTarget:
    return write(
        f'[notify.mail]\nurl = "{url}"\nto = ["you@example.org", "two@example.org"]\n{lines}\n'
    ).notify["mail"]


MESSAGE = make_test_message(START)


def test_a_mail_arrives(config_with: WriteConfig) -> None:
    with running(MailServer()) as server:
        answer = send_mail(target(config_with, f"smtp://127.0.0.1:{server.port}"), MESSAGE)
    assert answer == "the mail server accepted the mail to you@example.org, two@example.org"
    (mail,) = server.mails
    assert server.recipients == ["you@example.org", "two@example.org"]
    assert mail["subject"] == "Precis: test"
    assert mail["from"] == "Precis <you@example.org>"
    assert mail["auto-submitted"] == "auto-generated"
    assert "This is a test." in mail.get_content()
    assert server.plain_logins == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A key and a certificate for 127.0.0.1."""
    if OPENSSL is None:
        pytest.skip("makes its certificate with the openssl command")
    folder = tmp_path_factory.mktemp("tls")
    key, crt = folder / "key.pem", folder / "crt.pem"
    command = [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(crt), "-days", "2", "-subj", "/CN=mail.example"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    return key, crt


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_it_is_encrypted_before_the_log_in(
    scheme: str, certificate: tuple[Path, Path], config_with: WriteConfig
) -> None:
    of_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    of_server.load_cert_chain(certificate[1], certificate[0])
    trusting = ssl.create_default_context(cafile=str(certificate[1]))
    with running(MailServer(of_server, encrypted=scheme == "smtps")) as server:
        url = f"{scheme}://precis@127.0.0.1:{server.port}"
        to = target(config_with, url, 'password = "hunter2-hunter2"\nsender = "bot@example.org"')
        send_mail(to, MESSAGE, trusting)
        with pytest.raises(DeliveryError, match="certificate verify failed"):
            send_mail(to, MESSAGE)
    assert server.encrypted_logins == ["\0precis\0hunter2-hunter2"]
    assert server.plain_logins == []
    assert len(server.mails) == 1
    assert server.mails[0]["from"] == "Precis <bot@example.org>"


def test_nothing_is_sent_unencrypted_to_another_machine(
    config_with: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(MailServer()) as server:
        real = socket.create_connection
        monkeypatch.setattr(
            socket, "create_connection", lambda _, *args, **kw: real(("127.0.0.1", server.port), *args, **kw)
        )
        with pytest.raises(DeliveryError, match="does not offer STARTTLS"):
            send_mail(target(config_with, "smtp://mail.example.org"), MESSAGE)
    assert server.mails == []


@pytest.mark.parametrize("refused", ["AUTH", "MAIL", "RCPT", "DATA"])
def test_a_refusal_is_told_without_the_password(refused: str, config_with: WriteConfig) -> None:
    with running(MailServer()) as server:
        server.refuse = refused
        to = target(config_with, f"smtp://precis@127.0.0.1:{server.port}", 'password = "hunter2-hunter2"')
        with pytest.raises(DeliveryError) as caught:
            send_mail(to, MESSAGE)
    assert "the mail server" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_an_error_after_the_mail_was_accepted_does_not_cause_it_again(config_with: WriteConfig) -> None:
    with running(MailServer()) as server:
        server.refuse = "QUIT"
        send_mail(target(config_with, f"smtp://127.0.0.1:{server.port}"), MESSAGE)
    assert len(server.mails) == 1


def test_a_server_that_is_not_there_is_told(config_with: WriteConfig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(DeliveryError, match="Connection refused"):
        send_mail(target(config_with, f"smtp://127.0.0.1:{port}"), MESSAGE)
