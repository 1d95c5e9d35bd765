"""`precis healthy`: the answer of `/healthz` as an exit code."""

from __future__ import annotations

import json
import os
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from pathlib import Path

from bot.config import load
from bot.core.errors import UserError

TIMEOUT = 8.0
"""Seconds. The health check of a container has a longer timeout of its own."""


def check_health(config: Path) -> None:
    """Print that the daemon is healthy. Raises `UserError` with its problems."""
    web = load(config, os.environ).web
    if not web.enabled:
        raise UserError(
            "The status pages are off, so the daemon cannot be asked.",
            "Set enabled = true in the table [web] that is there.",
        )
    unspecified = ip_address(web.address).is_unspecified
    connection = HTTPConnection("127.0.0.1" if unspecified else web.address, web.port, timeout=TIMEOUT)
    headers = {} if web.token is None else {"authorization": f"Bearer {web.token.get_secret_value()}"}
    try:
        connection.request("GET", "/healthz", headers=headers)
        answer = json.loads(connection.getresponse().read(100_000))
    except (OSError, HTTPException, ValueError) as error:
        raise UserError(
            f"The daemon does not answer: {error}.", "Is it running? Start it with: precis run"
        ) from error
    finally:
        connection.close()
    if answer.get("status") != "ok":
        raise UserError(
            "\n".join(answer.get("troubles") or ["The daemon is unhealthy."]), "For details: precis status"
        )
    print("The daemon is healthy.")
