from __future__ import annotations

import pytest

from bot.core.models import Dialect, Layout, Reply, Skipped, Summary
from bot.core.skip_reasons import SkipReason
from bot.render import MAX_LENGTH, render
from bot.rules import CommunityRules
from tests.render.readers import lemmy, rendered

RULES = CommunityRules()
HOME = "https://code.example/precis"
FOOTER = (
    "The original article contains **924** words, the summary contains **218** words. "
    f"Saved **76%**. [I'm a bot and I'm open source!]({HOME})"
)


def summary(*sentences: str) -> Summary:
    return Summary(sentences, 924, 218, "lexrank")


def test_a_reply_has_the_sentences_a_rule_and_the_footer() -> None:
    reply = render(summary("One is here.", "Two (2) is *there*."), RULES, Dialect.LEMMY, HOME, "en")
    assert reply == Reply(
        f"One is here.\n\nTwo (2) is \\*there\\*.\n\n---\n\n{FOOTER}", "en", 924, 218, saved=76
    )


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("layout", Layout)
def test_every_layout_ends_with_the_footer(dialect: Dialect, layout: Layout) -> None:
    reply = render(summary("One.", "Two."), CommunityRules(layout=layout), dialect, HOME)
    assert isinstance(reply, Reply)
    assert reply.markdown.endswith(f"\n\n---\n\n{FOOTER}")


@pytest.mark.parametrize("layout", Layout)
def test_the_footer_is_outside_the_layout(layout: Layout) -> None:
    reply = render(summary("One.", "Two."), CommunityRules(layout=layout), Dialect.LEMMY, HOME)
    assert isinstance(reply, Reply)
    page = lemmy().render(reply.markdown)
    last_rule = page.rindex("<hr")
    assert all(page.count(end, 0, last_rule) == page.count(end) for end in ("</ul>", "</div>"))
    assert rendered(lemmy(), reply.markdown).text.endswith("Saved 76%. I'm a bot and I'm open source!")


def test_a_sentence_that_is_only_a_link_leaves_no_gap() -> None:
    reply = render(summary("One.", "https://evil.example", "\u200b", "Two."), RULES, Dialect.LEMMY, HOME)
    assert isinstance(reply, Reply)
    assert reply.markdown.startswith("One.\n\nTwo.\n\n---")


def test_no_reply_without_text() -> None:
    reply = render(summary("https://evil.example", "\u202e"), RULES, Dialect.REDDIT, HOME)
    assert isinstance(reply, Skipped)
    assert reply.reason is SkipReason.NO_SENTENCES


def test_the_limit_counts_utf_16_units() -> None:
    wide = " ".join(["\U0001d49c"] * 4000)  # 8,000 characters less one, but 12,000 units
    assert len(wide) < MAX_LENGTH - 500
    assert isinstance(render(summary(wide), RULES, Dialect.LEMMY, HOME), Skipped)


def test_the_limit_is_exact() -> None:
    room = MAX_LENGTH - len("\n\n---\n\n") - len(FOOTER)
    text = ("ab " * MAX_LENGTH)[: room - 1] + "z"
    reply = render(summary(text), RULES, Dialect.LEMMY, HOME)
    assert isinstance(reply, Reply)
    assert len(reply.markdown) == MAX_LENGTH
    assert render(summary(text + "z"), RULES, Dialect.LEMMY, HOME) == Skipped(
        SkipReason.TOO_LONG, f"{MAX_LENGTH + 1} characters, the limit is {MAX_LENGTH}"
    )
    escaped = render(summary("*" + text[1:]), RULES, Dialect.LEMMY, HOME)
    assert isinstance(escaped, Skipped)


def test_an_unknown_language_is_none() -> None:
    reply = render(summary("One."), RULES, Dialect.LEMMY, HOME, "")
    assert isinstance(reply, Reply)
    assert reply.language is None
