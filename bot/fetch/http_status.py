"""Maps HTTP statuses to skip reasons (RFC 9110, section 15)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx2

from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_RETRY_AFTER = timedelta(days=1)

_STATUSES: dict[int, tuple[SkipReason, bool]] = {
    # status: (reason, permanent)
    402: (SkipReason.WALL, True),
    404: (SkipReason.NOT_FOUND, True),
    408: (SkipReason.TOO_SLOW, False),
    410: (SkipReason.NOT_FOUND, True),
    425: (SkipReason.REFUSED_BY_SITE, False),
    429: (SkipReason.REFUSED_BY_SITE, False),
}
_CHALLENGE_HEADERS = ("cf-mitigated", "x-amzn-waf-action")
"""Headers with which Cloudflare and AWS mark a bot challenge that replaces the page."""


def check_status(status: int, headers: httpx2.Headers, now: datetime) -> None:
    """Raises FetchError for every response that is not the page."""
    if any(name in headers for name in _CHALLENGE_HEADERS):
        detail = "The site answered with a bot challenge."
        raise FetchError(SkipReason.REFUSED_BY_SITE, detail, permanent=True)
    if 200 <= status < 300:
        return
    reason, permanent = _reason_and_permanence(status)
    delay = None if permanent else retry_after(headers.get("retry-after", ""), now)
    raise FetchError(
        reason, f"The site answered with status {status}.", permanent=permanent, retry_after=delay
    )


def _reason_and_permanence(status: int) -> tuple[SkipReason, bool]:
    if status in _STATUSES:
        return _STATUSES[status]
    if 500 <= status < 600:
        return SkipReason.SITE_DOWN, False
    if 300 <= status < 400:
        return SkipReason.SITE_DOWN, True
    return SkipReason.REFUSED_BY_SITE, True  # other 4xx, and invented ones such as 999


def retry_after(value: str, now: datetime) -> timedelta | None:
    """Retry-After (RFC 9110, 10.2.3) in seconds or as a date; None if it is absent or invalid."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=min(int(value[:10]), MAX_RETRY_AFTER.total_seconds()))
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta()), MAX_RETRY_AFTER)
