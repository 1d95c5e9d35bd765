"""Turns bugs in calls to a platform into errors that the callers handle, and that make them pause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.core.errors import PrecisError, UnknownOutcome

log = structlog.get_logger(__name__)


@contextmanager
def log_unexpected_errors(account: str) -> Iterator[None]:
    """Log an error that is not one of Precis's own, and raise it as `UnknownOutcome`."""
    try:
        yield
    except PrecisError:
        raise
    except Exception as error:
        log.exception("a call failed with an unexpected error", account=account)
        raise UnknownOutcome(f"{type(error).__name__}: {error}") from error
