"""Reports of unexpected errors: sent over real HTTP, once, and without private data."""

from __future__ import annotations

import json
import logging
import threading
from io import StringIO
from typing import Any

import structlog

from bot.operations import log
from bot.operations.error_reports import MAX_QUEUED, REPEAT_AFTER, ErrorReporter, send_to
from bot.sandbox.loopback_server import LoopbackServer, Request, Response


def boom(error: Exception, cause: Exception | None = None) -> None:
    raise error from cause


def fail(text: str = "the title of a post") -> None:
    try:
        boom(ValueError(text), OSError("secret"))
    except ValueError:
        structlog.get_logger("test").exception("a post failed with an unexpected error", post="4711")


def test_a_report_contains_no_data() -> None:
    requests: list[Request] = []

    def hook(request: Request) -> Response:
        requests.append(request)
        return Response(204)

    with LoopbackServer(hook) as server:
        reporter = ErrorReporter(send_to(f"{server.url}/hook", "precis/test"))
        log.configure_logging("info", "json", StringIO(), extra_processors=(reporter,))
        fail()
        structlog.get_logger("test").error("no exception, no report")
        reporter.wait_until_sent()
    (request,) = requests
    report = json.loads(request.body)
    assert (request.path, request.headers["user-agent"]) == ("/hook", "precis/test")
    assert (report["error"], report["cause"]) == ("ValueError", "OSError")
    assert report["event"] == "a post failed with an unexpected error"
    assert report["where"][-1].endswith(" boom")
    for private in ("title of a post", "4711", "secret", __file__):
        assert private not in request.body.decode()


def test_errors_of_libraries_are_sent_too() -> None:
    sent: list[dict[str, Any]] = []
    reporter = ErrorReporter(sent.append)
    log.configure_logging("info", "json", StringIO(), extra_processors=(reporter,))
    try:
        boom(KeyError("x"))
    except KeyError:
        logging.getLogger("apscheduler").exception("a job failed")
    reporter.wait_until_sent()
    assert [report["error"] for report in sent] == ["KeyError"]


def test_the_same_error_is_reported_again_only_after_a_while() -> None:
    now, sent = [0.0], []
    reporter = ErrorReporter(sent.append, lambda: now[0])
    log.configure_logging("info", "json", StringIO(), extra_processors=(reporter,))
    fail()
    fail("another text, the same place")
    now[0] = REPEAT_AFTER
    fail()
    reporter.wait_until_sent()
    assert len(sent) == 2


def test_a_url_that_does_not_answer_has_no_effect() -> None:
    out = StringIO()
    reporter = ErrorReporter(send_to("http://127.0.0.1:9/", "precis/test"))
    log.configure_logging("info", "json", out, extra_processors=(reporter,))
    fail()
    reporter.wait_until_sent()
    assert out.getvalue().count("a post failed with an unexpected error") == 1


def test_the_number_of_queued_reports_is_limited() -> None:
    gate, sent = threading.Event(), []

    def slow(report: dict[str, Any]) -> None:
        gate.wait(30)
        sent.append(report)

    reporter = ErrorReporter(slow)
    for number in range(MAX_QUEUED * 3):
        reporter(None, "error", {"event": "x", "exc_info": type(f"Error{number}", (Exception,), {})()})
    gate.set()
    reporter.wait_until_sent()
    assert MAX_QUEUED <= len(sent) <= MAX_QUEUED + 1
