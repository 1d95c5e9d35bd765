"""Each reader asked at most once, and only when somebody wants its reading."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from bot.extract.readers.base import CleanPage, Reader, ReaderResult
from bot.extract.readers.newspaper import Newspaper
from bot.extract.readers.readability import Readability
from bot.extract.readers.resiliparse import Resiliparse
from bot.extract.readers.trafilatura import Trafilatura

FIRST_READERS = ("precise-fast", "resiliparse")
"""What the block model learns from; `precise-fast` has no vote besides `precise`."""

READERS: tuple[Reader, ...] = (
    Trafilatura("precise-fast", precise=True, fast=True),
    Trafilatura("precise", precise=True),
    Trafilatura("balanced", precise=False),
    Resiliparse(),
    Readability(),
    Newspaper(),
)

# They report every odd page as an error; what matters of it is in the Reading.
for _name in ("trafilatura", "readability", "newspaper", "htmldate"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class ReaderCache:
    """The readings of one document."""

    def __init__(self, page: CleanPage, readers: tuple[Reader, ...] = READERS) -> None:
        self.page = page
        self._readers = {reader.name: reader for reader in readers}
        self._readings: dict[str, ReaderResult] = {}

    def result_of(self, name: str) -> ReaderResult:
        """What the reader of that name finds; whatever it raises becomes an empty reading."""
        if name not in self._readings:
            self._readings[name] = self._run(self._readers[name])
        return self._readings[name]

    def voter_results(self) -> Iterator[ReaderResult]:
        return (self.result_of(name) for name in self._readers if name != FIRST_READERS[0])

    @property
    def results(self) -> tuple[ReaderResult, ...]:
        """The readings made so far."""
        return tuple(self._readings.values())

    def _run(self, reader: Reader) -> ReaderResult:
        try:
            return ReaderResult(reader.name, reader.extract_text(self.page))
        except Exception as error:  # noqa: BLE001 (third parties raise anything over a hostile page)
            return ReaderResult(reader.name, "", f"{type(error).__name__}: {error}"[:200])
