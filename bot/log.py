"""The log: for people on a terminal, one JSON object a line elsewhere; nothing hostile in either."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TextIO

import stamina.instrumentation
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MOST_CHARACTERS = 500


def set_up(
    level: str = "info",
    form: Literal["auto", "console", "json"] = "auto",
    to: TextIO | None = None,
    watching: Sequence[Processor] = (),
) -> None:
    """Send all of Precis's log to `to` (standard error), from `level` on; `watching` sees each line before.

    The standard library's loggers (APScheduler, PRAW) go the same way, from warnings on.
    """
    stream = to or sys.stderr
    console = form == "console" or (form == "auto" and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if console else "iso", utc=not console),
        structlog.processors.StackInfoRenderer(),
        *watching,
    ]
    if not console:
        shared.append(structlog.processors.format_exc_info)
    shared.append(harmless)
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty())
        if console
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[_plain, renderer])
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    stamina.instrumentation.set_on_retry_hooks([])  # who retries says so in words of its own
    # A pass that is still busy when its next turn comes is no trouble: it takes new work in by itself.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def harmless(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Text of strangers must not move a terminal's cursor, forge a line or fill a disk."""
    return {key: _harmless(value) for key, value in event.items()}


def _plain(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return structlog.stdlib.ProcessorFormatter.remove_processors_meta(logger, method, event)


def _harmless(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if not isinstance(value, str):
        return value
    short = value if len(value) <= MOST_CHARACTERS else f"{value[:MOST_CHARACTERS]}…"
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in short)
