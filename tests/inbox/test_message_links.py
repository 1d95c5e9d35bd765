"""Links in messages, with what people and clients put around them (kind K26)."""

from __future__ import annotations

import time

import pytest

from bot.inbox.commands.parser import parse_command
from bot.inbox.message_links import links_in, without_links

LINK = "https://boats.example/a"


@pytest.mark.parametrize(
    "text",
    [
        f"„{LINK}“",
        f"‹{LINK}›",
        f"「{LINK}」を要約して",
        f"（{LINK}）",
        f"《{LINK}》",
        f"{LINK}。",
        f"{LINK}、お願いします",
        f"{LINK}؟",
        f"{LINK}।",
        f"{LINK}—please",
        f"{LINK}...",
        f"{LINK}’s author",
        f"{LINK}\u200e please",
        f"{LINK}\ufeff",
        f"{LINK}\u00a0please",
        f"`{LINK}`",
        f"**{LINK}**",
        f"~~{LINK}~~",
        f"'{LINK}'",
        f">!{LINK}!<",
        f"({LINK})",
        f"<{LINK}>",
        f'<a href="{LINK}">boats</a>',
        f"[1]: {LINK}",
        f"[boats]({LINK})",
        f'[boats]({LINK} "A title (2)")',
        f"[boats](<{LINK}>)",
        f"[https://else.example/b]({LINK})",
        f"[![a chart](https://else.example/c.png)]({LINK})",
        f"![a chart](https://else.example/c.png)\n{LINK}",
    ],
)
def test_a_link_ends_where_its_author_ended_it(text: str) -> None:
    assert [found.url for found in links_in(text)][:1] == [LINK]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (r"https://boats.example/new\_harbour\_wall", "https://boats.example/new_harbour_wall"),
        (r"[Boat](https://boats.example/Boat\_\(sport\))", "https://boats.example/Boat_(sport)"),
        ("[Boat](https://boats.example/Boat_(sport))", "https://boats.example/Boat_(sport)"),
        ("(see https://boats.example/Boat_(sport))", "https://boats.example/Boat_(sport)"),
        ("https://boats.example/a?b=1&amp;c=2", "https://boats.example/a?b=1&c=2"),
        ("https://boats.example/a?x=1&copy=2", "https://boats.example/a?x=1&copy=2"),
        ("https://boats.example/l'été", "https://boats.example/l'été"),
        ("https://boats.example/a~b/", "https://boats.example/a~b/"),
        (r"https://boats.example/a\~b\*c", "https://boats.example/a~b*c"),
        ("HTTPS://Boats.example/A", "HTTPS://Boats.example/A"),
    ],
)
def test_a_link_is_read_to_its_end_without_escapes(text: str, link: str) -> None:
    assert [found.url for found in links_in(text)] == [link]


def test_links_are_found_in_the_order_of_the_text() -> None:
    text = f"{LINK}, [b](https://b.example/), https://c.example/x."
    assert [found.url for found in links_in(text)] == [LINK, "https://b.example/", "https://c.example/x"]
    assert without_links(text) == " ,  ,  ."


@pytest.mark.parametrize("text", ["", "https://", "[a](b)", "www.boats.example", "ftp://boats.example/a"])
def test_other_texts_have_no_link(text: str) -> None:
    assert list(links_in(text)) == []


@pytest.mark.parametrize("text", [f"try “{LINK}” !news", f"try [boats]({LINK}) !news", f"Try {LINK}… !news"])
def test_the_link_of_a_command_is_read_in_the_same_way(text: str) -> None:
    found = parse_command(text)
    assert found is not None
    assert (found.link, found.community) == (LINK, "news")


WITH_ADDRESS = ("https://a", "https://a(", "[a](http://", "[https://a ")
PARTS = ("[", "![", "[a](", "[a](b ", "\\(", "(", "`", *WITH_ADDRESS)


@pytest.mark.parametrize("part", PARTS)
def test_no_text_takes_long_to_search(part: str) -> None:
    start = time.thread_time()
    list(links_in(part * (100_000 // len(part))))
    assert time.thread_time() - start < 0.3


@pytest.mark.parametrize(
    "text", ["&lt;{}&gt;", "&quot;{}&quot; bitte", "{}&nbsp;por favor", "{}\\\nmerci", "(&#39;{}&#39;)"]
)
def test_a_link_ends_before_an_escaped_mark(text: str) -> None:
    (found,) = links_in(text.format("https://boats.example/a?b=1"))
    assert found.url == "https://boats.example/a?b=1"
