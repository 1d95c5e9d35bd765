"""The layouts of a reply's sentences: one function for each layout and dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.core.models import Dialect, Layout

LayoutFunction = Callable[[Sequence[str], str], str]
"""Takes the sentences and the translated word for "summary"; returns Markdown."""


def paragraphs(sentences: Sequence[str], title: str = "") -> str:
    del title
    return "\n\n".join(sentences)


def bullets(sentences: Sequence[str], title: str = "") -> str:
    del title
    return "\n".join(f"- {sentence}" for sentence in sentences)


def spoiler_block(sentences: Sequence[str], title: str = "Summary") -> str:
    """Lemmy's spoiler container: one click opens the whole summary."""
    return f"::: spoiler {title}\n{paragraphs(sentences)}\n:::"


def spaced_spoiler_block(sentences: Sequence[str], title: str = "Summary") -> str:
    """PieFed's spoiler container, with the blank lines that it needs to be a block of paragraphs.

    Without them, a title of one character leaves the container open.
    """
    return f"::: spoiler {title}\n\n{paragraphs(sentences)}\n\n:::"


def spoiler_per_sentence(sentences: Sequence[str], title: str = "") -> str:
    """One spoiler for each sentence: Reddit has no container, and a spoiler ends with its paragraph."""
    del title
    return paragraphs([f">!{sentence}!<" for sentence in sentences])


LAYOUTS: dict[tuple[Dialect, Layout], LayoutFunction] = {
    (Dialect.LEMMY, Layout.PARAGRAPHS): paragraphs,
    (Dialect.LEMMY, Layout.BULLETS): bullets,
    (Dialect.LEMMY, Layout.COLLAPSED): spoiler_block,
    (Dialect.PIEFED, Layout.PARAGRAPHS): paragraphs,
    (Dialect.PIEFED, Layout.BULLETS): bullets,
    (Dialect.PIEFED, Layout.COLLAPSED): spaced_spoiler_block,
    (Dialect.REDDIT, Layout.PARAGRAPHS): paragraphs,
    (Dialect.REDDIT, Layout.BULLETS): bullets,
    (Dialect.REDDIT, Layout.COLLAPSED): spoiler_per_sentence,
}
