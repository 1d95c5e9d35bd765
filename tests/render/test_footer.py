from __future__ import annotations

import pytest

from bot.core.models import Dialect, Reply, Summary
from bot.render import render
from bot.rules import CommunityRules
from tests.render.readers import lemmy, rendered

SUMMARY = Summary(("One.",), 924, 218, "lexrank")


def footer(summary: Summary, source_url: str) -> str:
    reply = render(summary, CommunityRules(), Dialect.LEMMY, source_url)
    assert isinstance(reply, Reply)
    return reply.markdown.partition("\n\n---\n\n")[2]


def test_the_text_of_the_footer() -> None:
    assert footer(SUMMARY, "https://code.example/precis") == (
        "The original article contains **924** words, the summary contains **218** words. "
        "Saved **76%**. [I'm a bot and I'm open source!](https://code.example/precis)"
    )


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://code.example/a(b)", "https://code.example/a%28b%29"),
        ("https://code.example/a b\n", "https://code.example/a%20b%0A"),
        ("https://code.example/<x>\\", "https://code.example/%3Cx%3E%5C"),
        ("https://code.example/%C3%A9?a=b&c#d", "https://code.example/%C3%A9?a=b&c#d"),
    ],
)
def test_a_source_url_cannot_break_the_link(url: str, target: str) -> None:
    line = footer(SUMMARY, url)
    assert line.endswith(f"]({target})")
    assert rendered(lemmy(), line).tags == {"strong", "a"}
