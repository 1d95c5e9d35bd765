"""Checks of DNS, the connection and the clock. They use only the servers in the settings."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx2

from bot.config import Config
from bot.core.models import CheckResult

MAX_CLOCK_OFFSET = 30.0
"""Seconds. With a larger offset, the times of posts and the rate limits of servers are misread."""
TIMEOUT = 10.0


def server_urls(settings: Config) -> Iterator[str]:
    """The address of the server of each account, without duplicates."""
    found = (account.server_url for _, _, account in settings.accounts())
    yield from dict.fromkeys(found)


def check_dns(server: str) -> CheckResult:
    host = urlsplit(server).hostname or ""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        remedy = "Check /etc/resolv.conf. If other names resolve, the server's name has changed."
        return CheckResult("DNS", False, f"{host} has no address: {error.strerror or error}", remedy)
    addresses = {str(entry[4][0]) for entry in found}
    return CheckResult(
        "DNS", True, f"{host} has {len(addresses)} address{'es' if len(addresses) > 1 else ''}"
    )


def check_clock(server: str) -> CheckResult:
    """Compare this machine's clock with the server's Date header (RFC 9110, section 6.6.1)."""
    try:
        sent_at = datetime.now(UTC)
        answer = httpx2.head(server, timeout=TIMEOUT, trust_env=False)
        received_at = datetime.now(UTC)
    except httpx2.HTTPError as error:
        text = f"{server} cannot be reached: {type(error).__name__}"
        port = urlsplit(server).port or 443
        return CheckResult(
            "connection",
            False,
            text,
            f"Allow outgoing connections to port {port}. Try to open the server in a browser.",
        )
    server_time = _server_time(answer.headers.get("date", ""))
    if server_time is None:
        text = f"cannot be compared: {urlsplit(server).hostname} sends no time (no valid Date header)"
        return CheckResult("clock", True, text, "Check it yourself: timedatectl")
    own_time = sent_at + (received_at - sent_at) / 2
    offset = (own_time - server_time).total_seconds()
    if abs(offset) <= MAX_CLOCK_OFFSET:
        return CheckResult("clock", True, f"agrees with {urlsplit(server).hostname}")
    direction = "ahead of" if offset > 0 else "behind"
    text = f"is {abs(offset):.0f} s {direction} {urlsplit(server).hostname}"
    return CheckResult("clock", False, text, "Synchronise the clock: timedatectl set-ntp true")


def _server_time(header: str) -> datetime | None:
    """The time in a Date header; None if it is not valid."""
    try:
        time = parsedate_to_datetime(header)
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
