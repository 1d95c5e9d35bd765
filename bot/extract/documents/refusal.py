"""The error that the modules of this package raise for a document that is not read."""

from __future__ import annotations

from bot.core.skip_reasons import SkipReason


class RefusedDocumentError(Exception):
    """A document that cannot or must not be read."""

    def __init__(self, reason: SkipReason, detail: str = "") -> None:
        super().__init__(detail or reason.sentence)
        self.reason = reason
        self.detail = detail
