"""Run each reader at most once per page, and only when its result is needed."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from bot.extract.readers.base import CleanPage, Reader, ReaderResult
from bot.extract.readers.newspaper import Newspaper
from bot.extract.readers.readability import Readability
from bot.extract.readers.resiliparse import Resiliparse
from bot.extract.readers.trafilatura import Trafilatura

FIRST_READERS = ("precise-fast", "resiliparse")
"""The readers whose texts the block model uses. `precise-fast` has no vote, because `precise` has one."""

READERS: tuple[Reader, ...] = (
    Trafilatura("precise-fast", precise=True, fast=True),
    Trafilatura("precise", precise=True),
    Trafilatura("balanced", precise=False),
    Resiliparse(),
    Readability(),
    Newspaper(),
)

# They log every odd page as an error; the ReaderResult has what matters.
for _name in ("trafilatura", "readability", "newspaper", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class ReaderCache:
    """The results of the readers for one page."""

    def __init__(self, page: CleanPage, readers: tuple[Reader, ...] = READERS) -> None:
        self.page = page
        self._readers = {reader.name: reader for reader in readers}
        self._results: dict[str, ReaderResult] = {}

    def result_of(self, name: str) -> ReaderResult:
        """The result of the reader `name`. If it raises an exception, the text is empty."""
        if name not in self._results:
            self._results[name] = self._run(self._readers[name])
        return self._results[name]

    def voter_results(self) -> Iterator[ReaderResult]:
        return (self.result_of(name) for name in self._readers if name != FIRST_READERS[0])

    @property
    def results(self) -> tuple[ReaderResult, ...]:
        """The results so far."""
        return tuple(self._results.values())

    def _run(self, reader: Reader) -> ReaderResult:
        try:
            return ReaderResult(reader.name, reader.extract_text(self.page))
        except Exception as error:  # noqa: BLE001 (libraries raise any exception for a hostile page)
            return ReaderResult(reader.name, "", f"{type(error).__name__}: {error}"[:200])
