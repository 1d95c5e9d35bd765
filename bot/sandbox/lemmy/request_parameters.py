"""How Lemmy's API reads the body and the query of a request. All raise `ApiError`."""

from __future__ import annotations

from typing import Any

from bot.sandbox.lemmy.api_errors import ApiError
from bot.sandbox.loopback_server import Request


def json_body(request: Request) -> dict[str, Any]:
    if not (request.headers.get("Content-Type") or "").startswith("application/json"):
        raise ApiError("unknown", "Content type error")
    try:
        body = request.json()
    except ValueError as error:
        raise ApiError("unknown", f"Json deserialize error: {error}") from error
    if not isinstance(body, dict):
        raise ApiError("unknown", "Json deserialize error: invalid type")
    return body


def required_int(body: dict[str, Any], name: str) -> int:
    value = optional_int(body, name)
    if value is None:
        raise ApiError("unknown", f"Json deserialize error: missing field `{name}`")
    return value


def optional_int(body: dict[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise ApiError("unknown", f"Json deserialize error: invalid type of `{name}`, expected i32")
    return value


def required_string(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if value is None:
        raise ApiError("unknown", f"Json deserialize error: missing field `{name}`")
    if not isinstance(value, str):
        raise ApiError("unknown", f"Json deserialize error: invalid type of `{name}`, expected a string")
    return value


def int_parameter(query: dict[str, str], name: str) -> int | None:
    if name not in query:
        return None
    try:
        return int(query[name])
    except ValueError as error:
        raise ApiError("unknown", "Query deserialize error: invalid digit found in string") from error


def offset_and_limit(query: dict[str, str], code: str, message: str | None = None) -> tuple[int, int]:
    """First row and number of rows."""
    limit, page = int_parameter(query, "limit"), int_parameter(query, "page")
    if limit is not None and not 1 <= limit <= 50:
        raise ApiError(code, message)
    if page is not None and page < 1:
        raise ApiError(code, message)
    count = 10 if limit is None else limit
    return ((page or 1) - 1) * count, count
