"""The log with hostile values: one line for each event, no control characters, no forged lines."""

from __future__ import annotations

import errno
import io
import json
import logging
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.operations import log, redaction
from bot.operations.redaction import add_secrets, redact_secrets

HOSTILE = 'Breaking\n00:00:00 [info] replied\x1b[2J\u202e\x07 "quoted" ' + "x" * 5000


@pytest.fixture(autouse=True)
def forget_secrets_afterwards() -> Iterator[None]:
    yield
    redaction._secrets.clear()


def written(form: str, level: str = "info") -> list[str]:
    stream = io.StringIO()
    log.configure_logging(level, form, stream)  # type: ignore[arg-type]
    structlog.get_logger().info("skipped", title=HOSTILE, at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("form", ["console", "json", "auto"])
def test_a_hostile_title_is_one_short_line_without_control_characters(form: str) -> None:
    (line,) = written(form)
    assert line.isprintable()
    assert len(line) < 1200


def test_json_lines_can_be_parsed() -> None:
    (line,) = written("auto")  # not a terminal
    event = json.loads(line)
    assert (event["event"], event["level"], event["at"]) == ("skipped", "info", "2026-03-01T12:00:00+00:00")


def test_the_level_is_applied() -> None:
    assert written("json", "warning") == []


def test_a_bug_is_logged_with_its_traceback_on_one_line_in_json() -> None:
    stream = io.StringIO()
    log.configure_logging("info", "json", stream)
    try:
        raise ValueError(HOSTILE)  # noqa: TRY301 (the traceback is the test)
    except ValueError:
        structlog.get_logger().exception("a job failed")
    (line,) = stream.getvalue().splitlines()
    assert "ValueError" in json.loads(line)["exception"]


def test_libraries_that_use_the_standard_library_log_the_same_way() -> None:
    stream = io.StringIO()
    log.configure_logging("info", "json", stream)
    logging.getLogger("prawcore").warning("title: %s", HOSTILE)
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["level"] == "warning"


@pytest.mark.parametrize("form", ["console", "json"])
@given(st.text(max_size=60), st.text(max_size=40))
def test_untrusted_text_in_the_log_is_escaped(form: str, text: str, key: str) -> None:
    """As an event, a value, a key, inside lists and dicts, as an object and in an exception."""
    stream = io.StringIO()
    log.configure_logging("info", form, stream)  # type: ignore[arg-type]
    logger = structlog.get_logger()
    logger.info(
        text, title=text, nested={"tags": [text, {text: (text,)}]}, odd=Odd(text), **{f"k{key}": text}
    )
    logging.getLogger("prawcore").warning("%s", text)
    count = len(stream.getvalue().splitlines())
    try:
        raise ValueError(text)  # noqa: TRY301 (the traceback is the test)
    except ValueError:
        logger.exception("a job failed", title=text)
    lines = stream.getvalue().split("\n")
    assert count == 2
    assert all(strip_colours(line).isprintable() for line in lines)
    if form == "console":
        assert all(line.startswith("  | ") for line in lines[3:] if line)


class Odd:
    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def strip_colours(line: str) -> str:
    return re.sub("\x1b\\[[0-9;]*m", "", line)


SECRETS = ("correct horse battery", "hunter2hunter2")


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_secret_reaches_the_log(form: str) -> None:
    add_secrets(SECRETS)
    stream = io.StringIO()
    log.configure_logging("info", form, stream)  # type: ignore[arg-type]
    logger = structlog.get_logger()
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJlLW9mLWl0"
    password = SECRETS[1]
    logger.info(f"log-in with {SECRETS[0]}", headers={"Authorization": f"Bearer {token}"}, seen=[password])  # noqa: G004
    logger.warning(
        "refused", url=f"https://precis:{password}@lemmy.example/", basic="Basic cHJlY2lzOnNlY3JldA=="
    )
    logging.getLogger("prawcore").warning("password=%s", password)
    try:
        raise RuntimeError(f"no such user or password: {password}, {token}")  # noqa: TRY301
    except RuntimeError:
        logger.exception("a bug")
    written = stream.getvalue()
    assert "no such user or password" in written
    for secret in (*SECRETS, token, "cHJlY2lzOnNlY3JldA=="):
        assert secret not in written
    assert written.count(redaction.REDACTED) >= 8


@pytest.mark.parametrize(
    "flood",
    ["eyJ" * 100_000, "://a:" + "a:" * 150_000, ("eyJ" * 130 + "." + "a" * 4000) * 60, "Bearer " * 40_000],
)
def test_many_partial_secrets_do_not_slow_down_the_log(flood: str) -> None:
    stream = io.StringIO()
    log.configure_logging("info", "json", stream)
    start = time.process_time()
    structlog.get_logger().info("skipped", detail=flood)
    redact_secrets(flood[:30_000])
    assert time.process_time() - start < 2


def test_a_secret_at_the_cut_is_not_shown_in_part() -> None:
    add_secrets(SECRETS)
    stream = io.StringIO()
    log.configure_logging("info", "json", stream)
    structlog.get_logger().info("skipped", detail="x" * (log.MAX_VALUE_LENGTH - 5) + SECRETS[1])
    assert SECRETS[1][:5] not in stream.getvalue()


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_does_not_raise_errors_in_the_log() -> None:
    log.configure_logging("info", "json", FullDisk())
    structlog.get_logger().info("replied")
    logging.getLogger("prawcore").warning("slow down")
