"""Sends requests to addresses that the operator sets.

Errors never contain the address, which may be a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx2

from bot.core.single_line import single_line
from bot.operations.tls import system_tls_context

TIMEOUT = 10.0
"""Seconds to connect, and for each part of the response."""
_MAX_ANSWER_LENGTH = 120


class DeliveryError(Exception):
    """Why something could not be delivered, as a clause."""


def post(address: str, body: bytes, headers: Mapping[str, str]) -> str:
    """Send a POST and return the server's answer as a clause. Raises `DeliveryError`."""
    return _request("POST", address, body, headers)


def get(address: str, headers: Mapping[str, str]) -> str:
    """Send a GET and return the server's answer as a clause. Raises `DeliveryError`."""
    return _request("GET", address, None, headers)


def _request(method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> str:
    try:
        with (
            httpx2.Client(
                timeout=TIMEOUT, verify=system_tls_context(), trust_env=False, follow_redirects=False
            ) as client,
            client.stream(method, address, content=body, headers=dict(headers)) as response,
        ):
            start = b"" if response.is_success else next(response.iter_raw(1000), b"")
            status = response.status_code
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError) as error:
        raise DeliveryError(_reason(error, address)) from None
    answer = f"the server answered {_status_text(status)}"
    if 200 <= status < 300:
        return answer
    said = single_line(_without_address(start.decode(errors="replace"), address), _MAX_ANSWER_LENGTH)
    raise DeliveryError(f"{answer}: {said}" if said else answer)


def _status_text(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status}"


def _reason(error: Exception, address: str) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return f"the server did not answer within {TIMEOUT:.0f} seconds"
    text = single_line(_without_address(f"{error}", address), _MAX_ANSWER_LENGTH)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _without_address(text: str, address: str) -> str:
    """The text without the address and without its parts that may be secret."""
    parts = urlsplit(address)
    secrets = [address, parts.path, parts.query, parts.username, parts.password, *parts.path.split("/")]
    for secret in sorted({each for each in secrets if each and len(each) > 3}, key=len, reverse=True):
        text = text.replace(secret, "•••")
    return text


def host_of_address(address: str) -> str:
    """The host of an address, for people: the rest may be secret."""
    parts = urlsplit(address)
    return (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
