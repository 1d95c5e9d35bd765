"""A live blog gives its summary box or its newest entries."""

from __future__ import annotations

import pytest

from bot.core.models import (
    Article,
    ArticleTrait,
    Dialect,
    LengthLimits,
    NotArticle,
    Page,
    ParagraphKind,
    Reply,
)
from bot.extract import extract
from bot.extract.html_tree import parse_html
from bot.extract.live_entries import find_live_entries
from bot.pipeline.compose import write_reply
from bot.rules import CommunityRules
from bot.summarize import summarize
from bot.workers.digest import digest
from tests.extract.live_pages import MENTION, PAGES, LivePage, containers, page

WITH_BOX = {name: live for name, live in PAGES.items() if live.box}
WITHOUT_BOX = {name: live for name, live in PAGES.items() if not live.box}


def article(live: LivePage) -> Article:
    found = extract(Page(live.url, live.html.encode(), "text/html; charset=utf-8"))
    assert not isinstance(found, NotArticle), found
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_live_blog_says_that_it_is_one(name: str) -> None:
    assert ArticleTrait.LIVE in article(PAGES[name]).traits


@pytest.mark.parametrize("name", PAGES)
def test_the_newest_entries_are_kept_and_the_oldest_are_not(name: str) -> None:
    live = PAGES[name]
    text = article(live).text
    assert live.newest in text
    assert live.entries[-2] in text
    assert [entry for entry in live.entries[:-12] if entry in text] == []


@pytest.mark.parametrize("name", WITH_BOX)
@pytest.mark.parametrize("method", ["precis", "lsa"])
def test_the_summary_is_from_the_box(name: str, method: str) -> None:
    live = WITH_BOX[name]
    summary = summarize(article(live), LengthLimits(), method)
    assert summary.sentences
    assert set(summary.sentences) <= set(live.box)


@pytest.mark.parametrize("name", WITHOUT_BOX)
def test_the_summary_is_from_the_newest_entries(name: str) -> None:
    live = WITHOUT_BOX[name]
    summary = summarize(article(live), LengthLimits(), "precis")
    assert summary.sentences
    newest = " ".join(live.entries[len(live.entries) // 2 :])
    assert [sentence for sentence in summary.sentences if sentence not in newest] == []


def test_an_article_that_mentions_the_word_is_not_a_live_blog() -> None:
    found = article(MENTION)
    assert ArticleTrait.LIVE not in found.traits
    assert all(entry in found.text for entry in MENTION.entries)


def test_a_live_blog_without_known_entries_stays_whole() -> None:
    live = PAGES["containers"]
    html = page(
        "Flood", "".join(f"<p>{text}</p>" for text in live.entries), data='{"@type": "LiveBlogPosting"}'
    )
    found = article(LivePage(html, live.entries))
    assert ArticleTrait.LIVE in found.traits
    assert live.oldest in found.text


def test_a_box_without_sentences_is_not_the_summary() -> None:
    live = PAGES["containers-box"]
    for sentence in live.box:
        live = LivePage(live.html.replace(sentence, "Bridge closed"), live.entries)
    kinds = article(live).paragraph_kinds
    assert ParagraphKind.LIVE_ENTRY not in kinds


def test_the_entries_of_several_days_are_one_log() -> None:
    live = PAGES["containers"]
    half = len(live.entries) // 2
    days = (containers(live.entries[half:]), containers(live.entries[:half]).replace("11-18T", "11-17T"))
    html = page("Flood: live updates", "".join(f"<section><h2>Day</h2>{day}</section>" for day in days))
    text = article(LivePage(html, live.entries)).text
    assert live.newest in text
    assert live.oldest not in text


def test_an_article_with_a_list_of_news_beside_it_is_not_a_live_blog() -> None:
    live = PAGES["containers"]
    news = "".join(
        f'<li class="liveticker"><time>{n}:30</time> <a href="/{n}">{text}</a></li>'
        for n, text in enumerate(live.entries[:9], 8)
    )
    teasers = "".join(f"<li><time>{n}:30</time> {live.entries[-1]}</li>" for n in range(8, 12))
    prose = "".join(f"<p>{text}</p>" for text in live.entries)
    for extra in (f"<ul>{news}</ul>", f'<ul class="liveticker">{teasers}</ul>'):
        found = article(LivePage(page("Flood in Brackwater", prose + extra), live.entries))
        assert ArticleTrait.LIVE not in found.traits


def test_entries_of_comments_are_not_those_of_a_live_blog() -> None:
    live = PAGES["containers"]
    log = f"<div>{containers(live.entries[:4])}</div>"
    comments = f'<div class="comments">{containers(tuple(reversed(live.entries)))}</div>'
    text = article(LivePage(page("Flood: live updates", log + comments), live.entries)).text
    assert live.entries[3] in text
    assert live.newest not in text


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("containers", "This is a live blog."),
        ("items-de", "Das ist ein Liveblog."),
        ("ended", "This is a live"),
    ],
)
def test_the_reply_says_so_in_the_language_of_the_page(name: str, line: str) -> None:
    assert line in reply_to(PAGES[name])


def test_the_reply_to_an_article_does_not() -> None:
    assert "live blog" not in reply_to(MENTION)


def reply_to(live: LivePage) -> str:
    found = digest(Page(live.url, live.html.encode(), "text/html; charset=utf-8"), LengthLimits(), "precis")
    assert not isinstance(found, NotArticle)
    reply = write_reply(
        found, live.url, CommunityRules(language="auto"), Dialect.LEMMY, "https://git.example/precis"
    )
    assert isinstance(reply, Reply), reply
    return reply.markdown


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ('<time datetime="2026-11-18T10:00:00+01:00">now</time>', 1794992400),
        ('<time datetime="2026-11-18T09:00:00">now</time>', 1794992400),
        ("<span data-timestamp=1794992400>now</span>", 1794992400),
        ("<span data-timestamp=1794992400123>now</span>", 1794992400.123),
        ('<h3>The bridge is closed</h3><time datetime="2026-11-18T09:00:00Z">now</time>', 1794992400),
        ("<b>9:05 pm</b>", 21 * 3600 + 300),
        ("<b>12.05am GMT</b>", 300),
        ("<b>Heute, 07:30 Uhr</b>", 7.5 * 3600),
        ("<b>Updated 14h30</b>", 14.5 * 3600),
        ('<time datetime="soon">7:30</time>', 7.5 * 3600),
        ('<time datetime="0001-01-01T00:00:00+23:59">7:30</time>', None),
        ("<b>Number 12</b>", None),
        ("<b>25:10</b>", None),
        ("<b>The score was 3:2</b>", None),
    ],
)
def test_the_time_of_an_entry(stamp: str, seconds: float | None) -> None:
    entry = f"<li>{stamp}<p>The council met for more than two hours in the old town hall.</p></li>"
    root = parse_html(f"<html><body><ul>{entry * 3}</ul></body></html>")
    assert root is not None
    moments = [found.moment for found in find_live_entries(root)]
    if seconds is None:
        assert [moment for moment in moments if moment > 0] == []
    else:
        assert moments == [seconds] * 3
