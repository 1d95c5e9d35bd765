"""The text of a document: paragraphs with their kinds."""

from __future__ import annotations

from msgspec import Struct

from bot.core.models import ParagraphKind


class TextParagraph(Struct, frozen=True):
    text: str
    kind: ParagraphKind = ParagraphKind.PARAGRAPH


class DocumentText(Struct, frozen=True):
    """What was read of a document."""

    paragraphs: tuple[TextParagraph, ...]
    title: str = ""
    author: str | None = None
    published: str | None = None
    """YYYY-MM-DD."""
    notes: tuple[str, ...] = ()
    """What was left out and why, one line each."""

    @property
    def text(self) -> str:
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)
