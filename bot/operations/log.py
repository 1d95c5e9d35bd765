"""The log: for people on a terminal, one JSON object a line elsewhere; nothing hostile or secret in it."""

from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TextIO

import stamina.instrumentation
import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

MAX_VALUE_LENGTH = 500
MAX_TRACEBACK_LENGTH = 20_000
REDACTION_MARGIN = 8_000
"""Characters beyond those that are shown in which secrets are looked for, so that one at the end is whole."""
MAX_ITEMS = 50
REDACTED = "•••"
MIN_SECRET_LENGTH = 4
"""Shorter values would blot out ordinary words."""

_TOKEN_PATTERN = re.compile(  # each part bounded, or a long text of beginnings takes quadratic time
    r"eyJ[\w-]{8,400}\.[\w-]{8,4000}\.[\w-]*"  # a JSON Web Token (RFC 7519): Lemmy's and PieFed's
    r"|(?<=Bearer )[\w.~+/=-]{8,}|(?<=bearer )[\w.~+/=-]{8,}"  # RFC 6750
    r"|(?<=Basic )[\w+/=]{8,}|(?<=basic )[\w+/=]{8,}"  # RFC 7617
    r"|(?<=://)[^\s/@]{1,200}:[^\s/@]{1,200}(?=@)"  # user:password@host
)
_secrets: set[str] = set()


def add_secrets(values: Iterable[str]) -> None:
    """From now on these never appear in the log, whole."""
    _secrets.update(value for value in values if len(value) >= MIN_SECRET_LENGTH)


def redact_secrets(text: str) -> str:
    """The text with every value that was given to `hide`, and all that looks like a token, blotted out."""
    for secret in _secrets:
        text = text.replace(secret, REDACTED)
    return _TOKEN_PATTERN.sub(REDACTED, text)


class SafeStream:
    """A stream that loses lines rather than raise: a log on a full disk must not stop the work."""

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
    """Send all of Precis's log to `to` (standard error), from `level` on; `watching` sees each line before.

    The standard library's loggers (APScheduler, PRAW) go the same way, from warnings on.
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
    logging.raiseExceptions = False  # it would write its own traceback, with the arguments as they came
    stamina.instrumentation.set_on_retry_hooks([])  # who retries says so in words of its own
    # A pass that is still busy when its next turn comes is no trouble: it takes new work in by itself.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def sanitize_event(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Text of strangers must not move a terminal's cursor, forge a line or fill a disk; secrets stay ours."""
    return {
        escape_unprintable(str(key)): value
        if key in {"exc_info", "_record"}
        else _sanitize(value, _max_length(key))
        for key, value in event.items()
    }


def escape_unprintable(text: str) -> str:
    """One line of what can be seen; the rest as escapes."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


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
    """A traceback for people, without local variables (passwords are among them), each line marked as its.

    What an exception says of a hostile page is as hostile as the page.
    """
    plain = io.StringIO()
    structlog.dev.plain_traceback(plain, exc_info)
    text = redact_secrets(plain.getvalue().strip()[: MAX_TRACEBACK_LENGTH + REDACTION_MARGIN])
    stream.writelines(
        f"\n  | {escape_unprintable(line)}" for line in text[:MAX_TRACEBACK_LENGTH].splitlines()
    )
