"""The log with hostile values: one line an event, nothing that moves a cursor or forges a line."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog

from bot import log

HOSTILE = 'Breaking\n00:00:00 [info] replied\x1b[2J\u202e\x07 "quoted" ' + "x" * 5000


@pytest.fixture(autouse=True)
def quiet_again() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)


def written(form: str, level: str = "info") -> list[str]:
    stream = io.StringIO()
    log.set_up(level, form, stream)  # type: ignore[arg-type]
    structlog.get_logger().info("skipped", title=HOSTILE, at=datetime(2026, 3, 1, 12, 0, tzinfo=UTC))
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("form", ["console", "json", "auto"])
def test_a_hostile_title_is_one_short_line_without_control_characters(form: str) -> None:
    (line,) = written(form)
    assert line.isprintable()
    assert len(line) < 1200


def test_json_lines_can_be_read_by_machines() -> None:
    (line,) = written("auto")  # not a terminal
    event = json.loads(line)
    assert (event["event"], event["level"], event["at"]) == ("skipped", "info", "2026-03-01T12:00:00+00:00")


def test_the_level_holds() -> None:
    assert written("json", "warning") == []


def test_a_bug_is_logged_with_its_traceback_on_one_line_in_json() -> None:
    stream = io.StringIO()
    log.set_up("info", "json", stream)
    try:
        raise ValueError(HOSTILE)  # noqa: TRY301 (the traceback is the test)
    except ValueError:
        structlog.get_logger().exception("a job failed")
    (line,) = stream.getvalue().splitlines()
    assert "ValueError" in json.loads(line)["exception"]


def test_libraries_that_use_the_standard_library_log_the_same_way() -> None:
    stream = io.StringIO()
    log.set_up("info", "json", stream)
    logging.getLogger("prawcore").warning("title: %s", HOSTILE)
    (line,) = stream.getvalue().splitlines()
    assert json.loads(line)["level"] == "warning"
