"""Finds the picked sentences in the text of the article, to highlight them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from bot.core.models import Article, ParagraphKind, ScoredSentence


class TextSpan(Struct, frozen=True):
    """A piece of text. `number` is the number of a picked sentence from 1, or 0 for other text."""

    text: str
    number: int = 0


class HighlightedParagraph(Struct, frozen=True):
    kind: ParagraphKind
    pieces: tuple[TextSpan, ...]


def highlight(article: Article, scored: Sequence[ScoredSentence]) -> tuple[HighlightedParagraph, ...]:
    """The article's paragraphs in order, with the picked sentences highlighted.

    The search for a sentence starts after the one before it, so that of two equal sentences the right one
    is highlighted. White space may differ.
    """
    picked = [sentence.text for sentence in scored if sentence.picked]
    texts = article.text.split("\n\n")
    kinds = (
        article.paragraph_kinds
        if len(article.paragraph_kinds) == len(texts)
        else (ParagraphKind.PARAGRAPH,) * len(texts)
    )
    spans = list(_spans(texts, picked))
    return tuple(
        HighlightedParagraph(
            kind, tuple(_pieces(text, [span for span in spans if span[0] == paragraph_index]))
        )
        for paragraph_index, (kind, text) in enumerate(zip(kinds, texts, strict=True))
    )


Span = tuple[int, int, int, int]
"""Paragraph, start, end, number of the sentence."""


def _spans(texts: Sequence[str], picked: Sequence[str]) -> Iterator[Span]:
    paragraph_index, start = 0, 0
    for number, sentence in enumerate(picked, 1):
        pattern = re.compile(r"\s+".join(map(re.escape, sentence.split())))
        for paragraph in range(paragraph_index, len(texts)):
            found = pattern.search(texts[paragraph], start if paragraph == paragraph_index else 0)
            if found and sentence:
                paragraph_index, start = paragraph, found.end()
                yield paragraph, found.start(), found.end(), number
                break


def _pieces(text: str, spans: Sequence[Span]) -> Iterator[TextSpan]:
    end = 0
    for _, start, stop, number in spans:
        if start > end:
            yield TextSpan(text[end:start])
        yield TextSpan(text[start:stop], number)
        end = stop
    if end < len(text):
        yield TextSpan(text[end:])
