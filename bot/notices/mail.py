"""Sends a message as mail by SMTP, always encrypted except to this machine (RFC 8314)."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from bot.config.notify_settings import NotifyTarget
from bot.core.single_line import single_line
from bot.notices.http_post import TIMEOUT, DeliveryError
from bot.notices.messages import Message

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PORTS = {"smtp": 587, "smtps": 465}


class MailServer(Struct, frozen=True):
    """How to reach a mail server and to log in."""

    host: str
    port: int
    encrypted: bool
    """From the first byte on; otherwise after STARTTLS."""
    username: str
    password: str

    @classmethod
    def of_target(cls, target: NotifyTarget) -> MailServer:
        parts = urlsplit(target.url.get_secret_value())
        return cls(
            host=parts.hostname or "",
            port=parts.port or _PORTS[parts.scheme],
            encrypted=parts.scheme == "smtps",
            username=unquote(parts.username or ""),
            password="" if target.password is None else target.password.get_secret_value(),
        )


def send_mail(target: NotifyTarget, message: Message, context: ssl.SSLContext | None = None) -> str:
    """Send a message to the recipients of a target; return the answer as a clause. Raises `DeliveryError`.

    `context` checks the server's certificate; by default against the system's authorities.
    """
    server = MailServer.of_target(target)
    try:
        refused = _send(server, _mail_of(target, message), context or ssl.create_default_context())
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else ""
        text = single_line(_without_password(f"{error.smtp_code} {said}", server))
        raise DeliveryError(f"the mail server answered {text}") from None
    except smtplib.SMTPRecipientsRefused as error:
        raise DeliveryError(f"the mail server refused {', '.join(error.recipients)}") from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        text = single_line(_without_password(f"{error}", server))
        raise DeliveryError(f"{type(error).__name__}: {text}") from None
    if refused:
        raise DeliveryError(f"the mail server refused {', '.join(refused)}")
    return f"the mail server accepted the mail to {', '.join(target.to)}"


def _send(server: MailServer, mail: EmailMessage, context: ssl.SSLContext) -> list[str]:
    """Send a mail and return the recipients that were refused."""
    connection = _connect(server, context)
    try:
        if not server.encrypted:
            connection.ehlo()
            if connection.has_extn("starttls"):
                connection.starttls(context=context)
            elif server.host not in _LOOPBACK:
                raise DeliveryError("the mail server does not offer STARTTLS; use smtps:// if it can")
        if server.username:
            connection.login(server.username, server.password)
        return list(connection.send_message(mail))
    finally:  # an error at the end of the connection must not cause the same mail again
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
        connection.close()


def _connect(server: MailServer, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.encrypted:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)


def _mail_of(target: NotifyTarget, message: Message) -> EmailMessage:
    sender = target.sender or target.to[0]
    mail = EmailMessage()
    mail["Subject"] = message.title
    mail["From"] = f"Precis <{sender}>"
    mail["To"] = ", ".join(target.to)
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers
    mail.set_content("\n\n".join(message.texts) + "\n")
    return mail


def _without_password(text: str, server: MailServer) -> str:
    return text.replace(server.password, "•••") if server.password else text
