"""Logs damage of a database, each kind once: it does not pass, and other reads and writes may succeed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.core.errors import StoreError

log = structlog.get_logger(__name__)


class DamageLog:
    """What was logged about one open database."""

    def __init__(self) -> None:
        self._logged: set[str] = set()

    @contextmanager
    def logged(self) -> Iterator[None]:
        """Log the damage that ends this block."""
        try:
            yield
        except StoreError as error:
            if not error.temporary and error.message not in self._logged:
                self._logged.add(error.message)
                log.error(error.message, do=error.remedy)
            raise
