"""One request to the sandbox's PieFed: its sender, its parameters and its errors."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from bot.sandbox.lemmy.server_state import Person, ServerState
from bot.sandbox.loopback_server import Request
from bot.sandbox.piefed.views import Views

ROW_NOT_FOUND = "No row was found when one was required"


class ApiError(Exception):
    """An error response: a 400 with a sentence or the text of a Python exception."""

    def __init__(self, message: str, status: str = "Bad Request") -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class RequestContext(Struct, frozen=True):
    request: Request
    state: ServerState
    viewer: Person | None
    views: Views
    base_url: str

    @property
    def query(self) -> dict[str, str]:
        return self.request.query

    @property
    def account(self) -> Person:
        if self.viewer is None or self.viewer.banned:
            raise ApiError("incorrect_login")
        return self.viewer

    def body(self, *names: str) -> dict[str, Any]:
        try:
            body = self.request.json()
        except ValueError as error:
            raise ApiError("Validation failed", "{'json': ['Invalid JSON']}") from error
        for name in names:
            if not isinstance(body, dict) or name not in body:
                missing = f"{{'json': {{'{name}': ['Missing data for required field.']}}}}"
                raise ApiError("Validation failed", missing)
        return dict(body)


def page_of(rows: list[Any], context: RequestContext) -> tuple[list[Any], str | None]:
    try:
        limit = min(100, int(context.query.get("limit", 10)))
        page = int(context.query.get("page", 1))
    except ValueError as error:
        raise ApiError("Validation failed", "{'query': {'page': ['Not a valid integer.']}}") from error
    first = (page - 1) * limit
    return rows[first : first + limit], str(page + 1) if len(rows) > first + limit else None


def number_of(context: RequestContext, name: str) -> int:
    try:
        return int(context.query[name])
    except (KeyError, ValueError) as error:
        raise ApiError("Validation failed", f"{{'query': {{'{name}': ['Not a valid integer.']}}}}") from error
