"""A request to a platform's API, and the errors that its response may mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class MalformedResponse(ValueError):
    """A response does not have the expected form."""


class ApiError(Exception):
    """A 4xx response in the API's own form: `code` is the error, `message` may give details."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(f"{status} {code}" + (f" ({message})" if message else ""))
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Call:
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
