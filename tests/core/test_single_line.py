"""Texts of servers are cut to one line, wherever they are kept or shown."""

from datetime import UTC, datetime

import pytest

from bot.core.errors import (
    AccountError,
    PlatformError,
    Refused,
    RetryLater,
    UnknownOutcome,
    Unreachable,
)
from bot.core.single_line import MAX_LENGTH, single_line
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import ApiError

SQL = "(psycopg2.OperationalError) connection failed\n\tIs it running?\n[SQL: SELECT * FROM posts]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("one line", "one line"),
        ("\n \n  the first\nthe second", "the first"),
        (SQL, "(psycopg2.OperationalError) connection failed"),
        ("red \x1b[31m alert\x00", "red [31m alert"),
        ("one\u2028two", "one"),
        ("word " * 100, "word " * 39 + "word…"),
    ],
)
def test_the_first_line_is_kept(text: str, expected: str) -> None:
    assert single_line(text) == expected


def test_a_long_line_is_cut_at_the_maximum() -> None:
    assert len(single_line("x" * 16_000)) == MAX_LENGTH


@pytest.mark.parametrize(
    "error",
    [
        Unreachable(SQL),
        UnknownOutcome(SQL),
        Refused(SkipReason.REFUSED, SQL),
        AccountError(SQL, "Do it."),
        RetryLater(datetime.now(UTC), SQL),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_error_of_a_platform_is_one_line(error: PlatformError) -> None:
    assert str(error) == "(psycopg2.OperationalError) connection failed"


def test_an_api_error_keeps_the_whole_text_for_comparisons_and_shows_one_line() -> None:
    error = ApiError(400, "unknown", "Timeout\n" + "at lemmy::run\n" * 1000)
    assert str(error) == "400 unknown (Timeout)"
    assert error.message.endswith("at lemmy::run\n")
    assert str(ApiError(400, SQL)) == "400 (psycopg2.OperationalError) connection failed"
