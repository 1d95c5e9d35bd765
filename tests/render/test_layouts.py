from __future__ import annotations

import pytest

from bot.core.models import Dialect, Layout
from bot.render.layouts import LAYOUTS
from bot.render.sanitize import clean, sanitize
from tests.render.hostile import HOSTILE
from tests.render.readers import lemmy, rendered

LINES = ("One.", "Two.")


@pytest.mark.parametrize(
    ("dialect", "layout", "body"),
    [
        (Dialect.LEMMY, Layout.PARAGRAPHS, "One.\n\nTwo."),
        (Dialect.LEMMY, Layout.BULLETS, "- One.\n- Two."),
        (Dialect.LEMMY, Layout.COLLAPSED, "::: spoiler Summary\nOne.\n\nTwo.\n:::"),
        (Dialect.PIEFED, Layout.PARAGRAPHS, "One.\n\nTwo."),
        (Dialect.PIEFED, Layout.BULLETS, "- One.\n- Two."),
        (Dialect.PIEFED, Layout.COLLAPSED, "::: spoiler Summary\n\nOne.\n\nTwo.\n\n:::"),
        (Dialect.REDDIT, Layout.PARAGRAPHS, "One.\n\nTwo."),
        (Dialect.REDDIT, Layout.BULLETS, "- One.\n- Two."),
        (Dialect.REDDIT, Layout.COLLAPSED, ">!One.!<\n\n>!Two.!<"),
    ],
)
def test_each_dialect_has_each_layout(dialect: Dialect, layout: Layout, body: str) -> None:
    assert LAYOUTS[dialect, layout](LINES) == body


def test_no_layout_is_missing() -> None:
    assert set(LAYOUTS) == {(dialect, layout) for dialect in Dialect for layout in Layout}


@pytest.mark.parametrize(
    ("layout", "tags"),
    [(Layout.PARAGRAPHS, set()), (Layout.BULLETS, {"ul", "li"}), (Layout.COLLAPSED, {"div"})],
)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_breaks_out_of_its_layout(layout: Layout, tags: set[str], text: str) -> None:
    """A text with an effect would add tags or hide what follows it."""
    lines = [line for line in ("Before.", text, "After.") if clean(line)]
    body = LAYOUTS[Dialect.LEMMY, layout]([sanitize(line, Dialect.LEMMY) for line in lines])
    output = rendered(lemmy(), f"{body}\n\nThe end.")
    assert [line for line in output.text.split("\n") if line] == [*map(clean, lines), "The end."]
    assert output.tags == tags
