"""Run each reader at most once per page, and only when its result is needed."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from bot.extract.readers.base import CleanPage, Reader, ReaderResult
from bot.extract.readers.newspaper import Newspaper
from bot.extract.readers.readability import Readability
from bot.extract.readers.resiliparse import Resiliparse
from bot.extract.readers.trafilatura import Trafilatura

FIRST_READER = "resiliparse"
"""The reader whose text the block model uses. The others run only for a vote."""

READERS: tuple[Reader, ...] = (
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

    def all_results(self) -> Iterator[ReaderResult]:
        """The results of all readers, run one after another."""
        return map(self.result_of, self._readers)

    @property
    def results(self) -> tuple[ReaderResult, ...]:
        """The results so far."""
        return tuple(self._results.values())

    def _run(self, reader: Reader) -> ReaderResult:
        try:
            return ReaderResult(reader.name, reader.extract_text(self.page))
        except Exception as error:  # noqa: BLE001 (libraries raise any exception for a hostile page)
            return ReaderResult(reader.name, "", f"{type(error).__name__}: {error}"[:200])
