"""A message in the form of each chat service.

Text of servers and strangers cannot format or mention anything.

Slack: https://docs.slack.dev/messaging/formatting-message-text (also Mattermost and Rocket.Chat);
Discord: https://discord.com/developers/docs/resources/webhook#execute-webhook;
Matrix: https://matrix-org.github.io/matrix-hookshot/latest/setup/webhooks; ntfy: https://docs.ntfy.sh/publish/.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping

from msgspec import Struct, field

from bot.config.notify_settings import WebForm
from bot.core.lazy_patterns import lazy_pattern
from bot.notices.messages import Message

MAX_DISCORD_LENGTH = 2000
MAX_NTFY_BYTES = 4000
"""ntfy turns a longer message into an attachment."""
MAX_LENGTH = 12_000
_MENTION = lazy_pattern(r"(?<!\w)@(?=\w)")
_ZERO_WIDTH_SPACE = "\u200b"
_DISCORD_MARKDOWN = lazy_pattern(r"([\\*_~`|>#\[\]()<:-])")
_URL = lazy_pattern(r"(https?://[^\s<>]+)")


class WebRequest(Struct, frozen=True):
    """The body and the headers of a POST."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def request_of(message: Message, form: WebForm) -> WebRequest:
    """The request that sends a message to a web hook of this form."""
    return _FORMS[form](message)


def _json(value: object) -> WebRequest:
    return WebRequest(json.dumps(value).encode(), {"content-type": "application/json"})


def _without_mentions(text: str) -> str:
    """`@here` and the like do nothing; `name@host` stays as it is."""
    return _MENTION.sub(f"@{_ZERO_WIDTH_SPACE}", text)


def _plain(message: Message, max_length: int = MAX_LENGTH) -> str:
    return _shortened("\n".join((message.title, *message.texts)), max_length)


def _shortened(text: str, max_length: int) -> str:
    return text if len(text) <= max_length else f"{text[: max_length - 1]}…"


def _slack(message: Message) -> WebRequest:
    text = _without_mentions(_plain(message))
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)
    return _json({"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False})


def _discord(message: Message) -> WebRequest:
    text = _without_mentions(_plain(message, MAX_DISCORD_LENGTH // 2))
    parts = _URL.split(text)  # the odd ones are addresses, in which a backslash would be part of the address
    escaped = [
        f"<{part}>" if index % 2 else _DISCORD_MARKDOWN.sub(r"\\\1", part) for index, part in enumerate(parts)
    ]
    content = _shortened("".join(escaped), MAX_DISCORD_LENGTH)
    return _json({"username": "Precis", "content": content, "allowed_mentions": {"parse": []}})


def _matrix(message: Message) -> WebRequest:
    text = _without_mentions(_plain(message))
    formatted = html.escape(text).replace("\n", "<br>")
    return _json({"username": "Precis", "text": text, "html": formatted, "format": "plain"})


def _ntfy(message: Message) -> WebRequest:
    body = "\n".join(message.texts).encode()
    if len(body) > MAX_NTFY_BYTES:
        body = body[:MAX_NTFY_BYTES].decode(errors="ignore").encode() + "…".encode()
    urgent = any(line.event == "begin" for line in message.lines)
    headers = {"title": message.title, "priority": "high" if urgent else "default"}
    return WebRequest(body, {"content-type": "text/plain; charset=utf-8", **headers})


def _plain_json(message: Message) -> WebRequest:
    notices = [
        {
            "event": line.event,
            "kind": line.kind,
            "subject": line.subject,
            "sentence": line.sentence,
            "began_at": line.began_at.isoformat(timespec="seconds"),
            "over_since": None if line.over_since is None else line.over_since.isoformat(timespec="seconds"),
        }
        for line in message.lines
    ]
    return _json({"text": _plain(message), "title": message.title, "notices": notices})


_FORMS: Mapping[WebForm, Callable[[Message], WebRequest]] = {
    "slack": _slack,
    "discord": _discord,
    "matrix": _matrix,
    "ntfy": _ntfy,
    "json": _plain_json,
}
