"""Whole replies as Lemmy's web client shows them: the only link is the bot's own.

The client's plugins: sub, sup, footnote, ruby, spoiler containers, links to local communities and
users. Its plugins for embedded media, code colours and text direction only affect images, code and blocks.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from markdown_it.token import Token

from bot.core.models import Dialect, Layout, Reply, Summary
from bot.render import render
from bot.rules import CommunityRules
from tests.render.hostile import HOSTILE
from tests.render.readers import MENTION, lemmy

HOME = "https://code.example/precis"
ALL = tuple(HOSTILE.values())


def reply_to(texts: tuple[str, ...], layout: Layout) -> str:
    summary = Summary(texts, 924, 218, "precis")
    reply = render(summary, CommunityRules(layout=layout), Dialect.LEMMY, HOME, "en")
    assert isinstance(reply, Reply)
    return reply.markdown


def flat(tokens: list[Token] | None) -> Iterator[Token]:
    for token in tokens or ():
        yield token
        yield from flat(token.children)


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("texts", [*((text,) for text in ALL), ALL[: len(ALL) // 2], ALL[len(ALL) // 2 :]])
def test_quirk_08_no_text_of_an_article_creates_links_mentions_or_formatting(
    texts: tuple[str, ...], layout: Layout
) -> None:
    source = reply_to(("Before.", *texts, "After."), layout)
    tokens = list(flat(lemmy(typographer=True).parse(source)))
    links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    assert links == [HOME]
    assert not MENTION.search(source)
    made = {token.type for token in tokens}
    assert not made & {
        "image",
        "html_block",
        "html_inline",
        "code_inline",
        "fence",
        "code_block",
        "ruby_open",
    }
    assert not made & {
        "table_open",
        "footnote_ref",
        "sub_open",
        "sup_open",
        "heading_open",
        "blockquote_open",
    }


@pytest.mark.parametrize("texts", [*((text,) for text in ALL), ALL[: len(ALL) // 2]])
def test_a_spoiler_opens_once_and_closes_before_the_footer(texts: tuple[str, ...]) -> None:
    tokens = lemmy().parse(reply_to(("Before.", *texts, "After."), Layout.COLLAPSED))
    kinds = [token.type for token in tokens]
    assert kinds.count("container_spoiler_open") == kinds.count("container_spoiler_close") == 1
    inside = tokens[kinds.index("container_spoiler_open") : kinds.index("container_spoiler_close")]
    assert [token.content for token in inside if token.type == "inline"][-1] == "After."
    assert kinds.index("container_spoiler_close") < kinds.index("hr")
