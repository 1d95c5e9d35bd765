"""The log: readable text on a terminal, otherwise JSON lines; without secrets and control characters."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TextIO

from bot.core.empty_modules import empty_module
from bot.operations.redaction import escape_unprintable, redact_secrets

with empty_module("rich"), empty_module("asyncio"):  # for tracebacks and loggers that Precis does not use
    import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

MAX_VALUE_LENGTH = 500
MAX_TRACEBACK_LENGTH = 20_000
REDACTION_MARGIN = 8_000
"""Characters after the cut in which secrets are also searched, so that a secret at the cut is found whole."""
MAX_ITEMS = 50


class SafeStream:
    """A stream that drops lines instead of raising: a log on a full disk must not stop the daemon."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except (OSError, UnicodeError):
            return 0

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            return

    def isatty(self) -> bool:
        return self._stream.isatty()


def configure_logging(
    level: str = "info",
    log_format: Literal["auto", "console", "json"] = "auto",
    output: TextIO | None = None,
    extra_processors: Sequence[Processor] = (),
) -> None:
    """Write the log to `output` (default: standard error), from `level` on.

    `extra_processors` get each event before it is formatted. The standard library's loggers (APScheduler,
    PRAW) use the same format, from warnings on.
    """
    stream: Any = SafeStream(output or sys.stderr)
    console = log_format == "console" or (log_format == "auto" and stream.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if console else "iso", utc=not console),
        structlog.processors.StackInfoRenderer(),
        *extra_processors,
    ]
    if not console:
        shared.append(structlog.processors.format_exc_info)
    shared.append(sanitize_event)
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=_write_traceback)
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
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[_remove_metadata, renderer])
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.raiseExceptions = False  # otherwise it writes a traceback with the raw arguments
    # A job that is still running at its next start time is not a problem: the run picks up new work itself.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def sanitize_event(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Make all values safe: no control characters or extra lines, limited length, secrets redacted."""
    return {
        escape_unprintable(str(key)): value
        if key in {"exc_info", "_record"}
        else _sanitize(value, _max_length(key))
        for key, value in event.items()
    }


def _remove_metadata(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return structlog.stdlib.ProcessorFormatter.remove_processors_meta(logger, method, event)


def _max_length(key: str) -> int:
    return MAX_TRACEBACK_LENGTH if key in {"exception", "stack"} else MAX_VALUE_LENGTH


def _sanitize(value: Any, max_length: int) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case datetime():
            return value.isoformat(timespec="seconds")
        case Mapping():
            return {
                escape_unprintable(str(key))[:max_length]: _sanitize(value[key], max_length)
                for key in list(value)[:MAX_ITEMS]
            }
        case list() | tuple() | set() | frozenset():
            return [_sanitize(item, max_length) for item in list(value)[:MAX_ITEMS]]
    text = redact_secrets(str(value)[: max_length + REDACTION_MARGIN])
    return escape_unprintable(text if len(text) <= max_length else f"{text[:max_length]}…")


def _write_traceback(stream: TextIO, exc_info: ExcInfo) -> None:
    """Write a readable traceback, each line with a prefix, without local variables (passwords are in them).

    The message of an exception about a hostile page may be hostile too, so it is escaped.
    """
    plain = io.StringIO()
    structlog.dev.plain_traceback(plain, exc_info)
    text = redact_secrets(plain.getvalue().strip()[: MAX_TRACEBACK_LENGTH + REDACTION_MARGIN])
    stream.writelines(
        f"\n  | {escape_unprintable(line)}" for line in text[:MAX_TRACEBACK_LENGTH].splitlines()
    )
