"""Invented articles with a reader's judgement, for the tests of the fit."""

from __future__ import annotations

from benchmarks.annotated_articles import AnnotatedArticle

_TOWNS = "Osby Elmsport Torun Lund Varna Bergen Cadiz Delft Evora Faro Hove Lyon"


def annotated_articles() -> list[AnnotatedArticle]:
    """Twelve articles of six lines; in each the first sentence is the news and the second leans on it."""
    return [_about(town, number) for number, town in enumerate(_TOWNS.split(), 1)]


def _about(town: str, number: int) -> AnnotatedArticle:
    return AnnotatedArticle(
        id=f"invented-{number}",
        title=f"Harbour of {town} closes",
        language="en",
        paragraphs=(
            ("heading", (f"News from {town}",)),
            (
                "paragraph",
                (f"The harbour of {town} closes for {number} weeks.", "However, it may open earlier."),
            ),
            ("paragraph", (f"The council of {town} will pay for the repair of the quay.", "Who knows?")),
            ("item", ("Read more",)),
        ),
        labels="BSLSOB",
        picks=(2, 4),
        also=(),
    )
