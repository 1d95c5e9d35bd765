"""A request to a platform's API, and the errors that its response may mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from bot.core.single_line import single_line


class MalformedResponse(ValueError):
    """A response does not have the expected form."""

    def __init__(self, detail: str) -> None:
        super().__init__(single_line(detail))


class ApiError(Exception):
    """A 4xx response in the API's own form: `code` is the error, `message` may give details.

    Both are kept whole for comparisons. As text, the error has one line.
    """

    def __init__(self, status: int, code: str, message: str = "") -> None:
        text = f"{status} {single_line(code)}"
        super().__init__(text + (f" ({single_line(message)})" if message.strip() else ""))
        self.status = status
        self.code = code
        self.message = message


class Call(Struct, frozen=True):
    """One request, except the server and the token."""

    method: str
    path: str
    bucket: str | None = "message"
    """The rate limit that it counts against; None for pages outside the API."""
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    idempotency_key: str | None = None
    """The Idempotency-Key header. A server that supports it executes the request at most once."""

    @property
    def is_write(self) -> bool:
        return self.method != "GET"


def is_valid_header_value(token: str) -> bool:
    """Whether a request can carry this token in a header."""
    return token.isascii() and token.isprintable()
