"""trafilatura, in its precise and in its balanced mode."""

from __future__ import annotations

import trafilatura

from bot.extract.readers.base import Document


class Trafilatura:
    def __init__(self, name: str, *, precise: bool) -> None:
        self.name = name
        self._precise = precise

    def read(self, document: Document) -> str:
        return trafilatura.extract(document.root, favor_precision=self._precise, include_comments=False) or ""
