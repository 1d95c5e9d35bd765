"""What the API refuses, and how its parameters are read."""

from __future__ import annotations

from typing import Any

from bot.sandbox.lemmy.server_state import LANGUAGES, Community, Person
from bot.sandbox.loopback_server import Request

MAX_UTF16 = 10_000


class Refusal(Exception):
    """An answer with an error code."""

    def __init__(self, code: str, message: str | None = None, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status


def body_of(request: Request) -> dict[str, Any]:
    if not (request.headers.get("Content-Type") or "").startswith("application/json"):
        raise Refusal("unknown", "Content type error")
    try:
        body = request.json()
    except ValueError as error:
        raise Refusal("unknown", f"Json deserialize error: {error}") from error
    if not isinstance(body, dict):
        raise Refusal("unknown", "Json deserialize error: invalid type")
    return body


def number_in(body: dict[str, Any], name: str) -> int:
    value = optional_number_in(body, name)
    if value is None:
        raise Refusal("unknown", f"Json deserialize error: missing field `{name}`")
    return value


def optional_number_in(body: dict[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise Refusal("unknown", f"Json deserialize error: invalid type of `{name}`, expected i32")
    return value


def text_in(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if value is None:
        raise Refusal("unknown", f"Json deserialize error: missing field `{name}`")
    if not isinstance(value, str):
        raise Refusal("unknown", f"Json deserialize error: invalid type of `{name}`, expected a string")
    return value


def number_of(query: dict[str, str], name: str) -> int | None:
    if name not in query:
        return None
    try:
        return int(query[name])
    except ValueError as error:
        raise Refusal("unknown", "Query deserialize error: invalid digit found in string") from error


def paging(query: dict[str, str], code: str, message: str | None = None) -> tuple[int, int]:
    """First row and number of rows."""
    limit, page = number_of(query, "limit"), number_of(query, "page")
    if limit is not None and not 1 <= limit <= 50:
        raise Refusal(code, message)
    if page is not None and page < 1:
        raise Refusal(code, message)
    count = 10 if limit is None else limit
    return ((page or 1) - 1) * count, count


def check_text(text: str) -> None:
    """Blank text passes, as on the real server."""
    if "\0" in text:
        raise Refusal("couldnt_create_comment")
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > MAX_UTF16:
        raise Refusal("invalid_body_field")


def check_language(language: int | None, community: Community) -> None:
    """Leaving it out always passes; 0 only where the community lists it."""
    if language is None:
        return
    allowed = community.languages or range(len(LANGUAGES))
    if language not in allowed:
        raise Refusal("language_not_allowed")


def check_not_banned(person: Person, community: Community) -> None:
    if person.id in community.banned:
        raise Refusal("banned_from_community")
