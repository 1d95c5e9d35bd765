"""How the sentences of a reply stand on the page: one function for each layout of each dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.core.models import Dialect, Layout

LayoutFunction = Callable[[Sequence[str], str], str]
"""From the sentences, and the word for "summary", to Markdown."""


def paragraphs(sentences: Sequence[str], title: str = "") -> str:
    del title
    return "\n\n".join(sentences)


def bullets(sentences: Sequence[str], title: str = "") -> str:
    del title
    return "\n".join(f"- {sentence}" for sentence in sentences)


def spoiler_block(sentences: Sequence[str], title: str = "Summary") -> str:
    """Lemmy's container: one click opens the whole summary."""
    return f"::: spoiler {title}\n{paragraphs(sentences)}\n:::"


def spoiler_per_sentence(sentences: Sequence[str], title: str = "") -> str:
    """Reddit has no container, and its spoilers end with the paragraph: each sentence has its own."""
    del title
    return paragraphs([f">!{sentence}!<" for sentence in sentences])


LAYOUTS: dict[tuple[Dialect, Layout], LayoutFunction] = {
    (Dialect.LEMMY, Layout.PARAGRAPHS): paragraphs,
    (Dialect.LEMMY, Layout.BULLETS): bullets,
    (Dialect.LEMMY, Layout.COLLAPSED): spoiler_block,
    (Dialect.REDDIT, Layout.PARAGRAPHS): paragraphs,
    (Dialect.REDDIT, Layout.BULLETS): bullets,
    (Dialect.REDDIT, Layout.COLLAPSED): spoiler_per_sentence,
}
