"""The settings of notices, of the heartbeat and of events: what Precis tells the operator by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, SecretStr

from bot.config.base import Section
from bot.config.setting_types import Duration, FilePath, MailAddress, web_address
from bot.rules.rule_types import invalid_value

WebForm = Literal["slack", "discord", "matrix", "ntfy", "json"]
EventKind = Literal["reply", "skip", "deletion", "failure", "ban"]
MAIL_SCHEMES = frozenset({"smtp", "smtps"})
_DISCORD_HOSTS = frozenset({"discord.com", "ptb.discord.com", "canary.discord.com", "discordapp.com"})


def _secret_web_address(value: SecretStr | None) -> SecretStr | None:
    if value is not None:
        web_address(value.get_secret_value())
    return value


def _notify_address(value: SecretStr) -> SecretStr:
    address = value.get_secret_value()
    parts = _split(address)
    if parts is None or parts.scheme not in MAIL_SCHEMES:
        try:
            web_address(address)
        except ValueError:
            raise invalid_value(
                'must be the full address of a web hook, or of a mail server such as "smtp://mail.example.org"'
            ) from None
        return value
    if not parts.hostname or parts.path.strip("/") or any(c.isspace() for c in address):
        raise invalid_value('must be only the address of the mail server, such as "smtp://mail.example.org"')
    if parts.password is not None:
        raise invalid_value("must not contain the password; put it into a file and set password_file")
    return value


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises ValueError for an invalid port
    except ValueError:
        return None
    return parts


SecretWebAddress = Annotated[SecretStr | None, AfterValidator(_secret_web_address)]


class NotifyTarget(Section):
    """Where Precis sends notices about problems: a chat, a web hook, or mail."""

    url: Annotated[SecretStr, AfterValidator(_notify_address)] = Field(
        description="The address of a web hook, or of a mail server: `smtp://NAME@HOST:PORT` (STARTTLS) or "
        "`smtps://NAME@HOST:PORT`. Prefer url_file: anybody who knows the address of a web hook can write "
        "to your chat."
    )
    url_file: FilePath | None = Field(
        None, description="A file that contains the address and nothing else.", examples=["notify-ops.url"]
    )
    form: Literal["auto", "slack", "discord", "matrix", "ntfy", "json"] = Field(
        "auto",
        description='The form that the web hook expects. "slack" is also for Mattermost and Rocket.Chat. '
        '"auto" recognises the addresses of Slack, Discord, ntfy and Matrix; others get "json".',
    )
    token: SecretStr | None = Field(
        None,
        min_length=1,
        description="A token that the web hook expects in `Authorization: Bearer`, for example an access "
        "token of ntfy.",
    )
    token_file: FilePath | None = Field(
        None, description="A file that contains the token and nothing else.", examples=["notify-ops.token"]
    )
    password: SecretStr | None = Field(
        None, min_length=1, description="The password of NAME at the mail server."
    )
    password_file: FilePath | None = Field(
        None,
        description="A file that contains the password and nothing else.",
        examples=["notify-ops.password"],
    )
    sender: MailAddress | None = Field(
        None,
        description="The sender of mail. If unset, the first address in `to`.",
        examples=["precis@example.org"],
    )
    to: tuple[MailAddress, ...] = Field(
        (), description="The addresses that get mail.", examples=[["you@example.org"]]
    )

    @property
    def is_mail(self) -> bool:
        return _scheme(self.url.get_secret_value()) in MAIL_SCHEMES

    @property
    def web_form(self) -> WebForm:
        """The form of requests to the web hook."""
        return guess_form(self.url.get_secret_value()) if self.form == "auto" else self.form

    @classmethod
    def conflicts(cls, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Settings of a table that do not fit together, as the name of a setting and a clause."""
        address = given.get("url")
        if not isinstance(address, str):
            return
        if _scheme(address) in MAIL_SCHEMES:
            if given.get("to", []) == []:
                yield "to", 'is missing or empty; use for example to = ["you@example.org"]'
            if given.get("form", "auto") != "auto":
                yield "form", "has no effect for mail; remove it, or set url to the address of a web hook"
            if given.get("token"):
                yield _name_of("token", given), "has no effect for mail; use password_file"
            if given.get("password") and "@" not in address:
                clause = 'needs a user name in url, such as "smtp://NAME@mail.example.org"'
                yield _name_of("password", given), clause
        elif _scheme(address) in {"http", "https"}:
            for name in ("to", "sender", "password"):
                if given.get(name):
                    clause = 'is only for mail; remove it, or set url to "smtp://mail.example.org"'
                    yield _name_of(name, given), clause


def _name_of(secret: str, given: Mapping[str, Any]) -> str:
    return f"{secret}_file" if f"{secret}_file" in given else secret


def _scheme(address: str) -> str:
    parts = _split(address)
    return "" if parts is None else parts.scheme


def guess_form(address: str) -> WebForm:
    """The form that a web hook probably expects, from its address."""
    parts = urlsplit(address)
    host, path = parts.hostname or "", parts.path
    if host in _DISCORD_HOSTS and path.startswith("/api/webhooks/"):
        return "slack" if path.endswith("/slack") else "discord"
    if host == "hooks.slack.com" or path.startswith("/hooks/"):
        return "slack"
    labels = host.split(".")
    if "ntfy" in labels:
        return "ntfy"
    if path.startswith("/_matrix/") or {"matrix", "hookshot"} & set(labels):
        return "matrix"
    return "json"


class Heartbeat(Section):
    """Requests that say that Precis works, for a service that tells you when they stop."""

    url: SecretWebAddress = Field(
        None,
        description="The address that Precis requests while all its jobs run. The service "
        "(healthchecks.io, Uptime Kuma and others) tells you when the requests stop.",
    )
    url_file: FilePath | None = Field(
        None, description="A file that contains the address and nothing else.", examples=["heartbeat.url"]
    )
    interval: Duration = Field(
        timedelta(minutes=5),
        ge=timedelta(minutes=1),
        le=timedelta(days=1),
        description="Time between two requests.",
    )


class Events(Section):
    """Replies, skips, deletions and bans as JSON, for your own programs."""

    url: SecretWebAddress = Field(
        None, description="The address that receives a POST with JSON. Prefer url_file."
    )
    url_file: FilePath | None = Field(
        None, description="A file that contains the address and nothing else.", examples=["events.url"]
    )
    only: tuple[EventKind, ...] = Field(
        (),
        description="The events that are sent: `reply`, `skip`, `deletion`, `failure`, `ban`. If empty, all.",
        examples=[["reply", "deletion", "ban"]],
    )
