from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from bot.core.errors import FetchError
from bot.core.skip_reasons import SkipReason
from bot.fetch.http_status import MAX_RETRY_AFTER, check_status, retry_after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 203, 206])
def test_a_status_of_success_is_not_an_error(status: int) -> None:
    check_status(status, httpx2.Headers(), NOW)


@pytest.mark.parametrize(
    ("status", "reason", "permanent"),
    [
        (304, SkipReason.SITE_DOWN, True),
        (400, SkipReason.REFUSED_BY_SITE, True),
        (401, SkipReason.REFUSED_BY_SITE, True),
        (402, SkipReason.WALL, True),
        (403, SkipReason.REFUSED_BY_SITE, True),
        (404, SkipReason.NOT_FOUND, True),
        (408, SkipReason.TOO_SLOW, False),
        (410, SkipReason.NOT_FOUND, True),
        (418, SkipReason.REFUSED_BY_SITE, True),
        (429, SkipReason.REFUSED_BY_SITE, False),
        (451, SkipReason.REFUSED_BY_SITE, True),
        (500, SkipReason.SITE_DOWN, False),
        (503, SkipReason.SITE_DOWN, False),
        (522, SkipReason.SITE_DOWN, False),
        (999, SkipReason.REFUSED_BY_SITE, True),
    ],
)
def test_statuses_have_their_reasons(status: int, reason: SkipReason, permanent: bool) -> None:
    with pytest.raises(FetchError) as caught:
        check_status(status, httpx2.Headers({"Retry-After": "30"}), NOW)
    assert (caught.value.reason, caught.value.permanent) == (reason, permanent)
    assert caught.value.retry_after == (None if permanent else timedelta(seconds=30))
    assert str(status) in caught.value.detail


@pytest.mark.parametrize(("status", "header"), [(503, "cf-mitigated"), (202, "x-amzn-waf-action")])
def test_a_bot_challenge_is_a_refusal(status: int, header: str) -> None:
    with pytest.raises(FetchError) as caught:
        check_status(status, httpx2.Headers({header: "challenge"}), NOW)
    assert caught.value.reason is SkipReason.REFUSED_BY_SITE
    assert caught.value.permanent


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (" 0 ", timedelta()),
        ("Sun, 01 Mar 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 01 Mar 2026 12:05:00", timedelta(minutes=5)),
        ("Sun, 01 Mar 2026 11:00:00 GMT", timedelta()),
        ("Sun, 01 Mar 2099 11:00:00 GMT", MAX_RETRY_AFTER),
        ("9" * 5000, MAX_RETRY_AFTER),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("１２", None),
        ("Sun, 99 Mar 99999 12:05:00 GMT", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(value: str, wait: timedelta | None) -> None:
    assert retry_after(value, NOW) == wait
