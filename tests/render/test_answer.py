"""A reply inside an answer, with a heading above it, is never longer than a platform accepts."""

from __future__ import annotations

import pytest

from bot.core.models import Dialect, Layout
from bot.core.reply_length import MAX_LENGTH, utf16_units
from bot.render import with_lead
from bot.render.layouts import LAYOUTS

LEAD = "With the settings of !harbour@lemmy.example, the reply would be:"
FOOTER = "\n\n---\n\n^(a footer)"


def a_reply(layout: tuple[Dialect, Layout], length: int) -> str:
    sentences = [f"{number} {'𝒙 ' * 300}end." for number in range(9)]
    text = LAYOUTS[layout](sentences, "Summary") + FOOTER
    missing = length - utf16_units(text)
    return text.replace("0 𝒙", f"0 {'y' * missing}𝒙", 1)


def test_a_short_answer_is_unchanged() -> None:
    assert with_lead("Heading", f"One.\n\nTwo.{FOOTER}") == f"Heading\n\nOne.\n\nTwo.{FOOTER}"


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("length", [MAX_LENGTH - len(LEAD) - 2, MAX_LENGTH - len(LEAD) - 1, MAX_LENGTH])
def test_a_long_reply_loses_whole_lines(layout: tuple[Dialect, Layout], length: int) -> None:
    reply = a_reply(layout, length)
    assert utf16_units(reply) == length
    answer = with_lead(LEAD, reply)
    assert utf16_units(answer) <= MAX_LENGTH
    assert answer.startswith(f"{LEAD}\n\n")
    assert answer.endswith(FOOTER)
    assert answer.count(":::") == reply.count(":::")
    lines = answer.removeprefix(f"{LEAD}\n\n").removesuffix(FOOTER).split("\n")
    assert set(lines) <= {*reply.split("\n"), "…"}
    assert ("…" in lines) == (length > MAX_LENGTH - len(LEAD) - 2)


@pytest.mark.parametrize("text", ["word " * 3000, "𝒙" * 9000, f"{'word ' * 3000}{FOOTER}"])
def test_one_long_line_is_cut(text: str) -> None:
    answer = with_lead(LEAD, text)
    assert MAX_LENGTH - 70 < utf16_units(answer) <= MAX_LENGTH
    assert answer.startswith(LEAD)
    assert answer.endswith("…")
