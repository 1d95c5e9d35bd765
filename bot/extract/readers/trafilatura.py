"""trafilatura, in its precise and its balanced mode."""

from __future__ import annotations

from bot.extract.readers.base import CleanPage


class Trafilatura:
    def __init__(self, name: str, *, precise: bool) -> None:
        self.name = name
        self._precise = precise

    def extract_text(self, page: CleanPage) -> str:
        # imported on first use: it takes 0.5 s, and few pages need it
        from bot.extract.readers.trafilatura_text import trafilatura_text

        return trafilatura_text(page.root, precise=self._precise)
