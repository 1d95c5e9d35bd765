"""The content of the status pages, and that they escape untrusted text."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from urllib.parse import quote

from msgspec.structs import replace

from bot.core.models import Comment, PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import Accounts, MutedCommunities, MutedCommunity, PostQueue, SentReplies
from bot.store.post_lookup import all_posts
from bot.web.context import PageContext
from bot.web.status_pages import StatusPages
from tests.conftest import START, a_post
from tests.web.conftest import served

SOURCE = Source("main", "news@lemmy.example")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{ 7*7 }}"


def without_tags(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def discover(context: PageContext, *posts: object) -> PostQueue:
    queue = PostQueue(context.database)
    queue.discover(SOURCE, PollResult(tuple(posts), "c"), START)  # type: ignore[arg-type]
    return queue


def test_untrusted_text_is_escaped_on_every_page(context: PageContext) -> None:
    queue = discover(
        context,
        a_post(1, title=HOSTILE, url=f"https://paper.example/{HOSTILE}", community=HOSTILE.lower()),
        a_post(2, title="A fair title", permalink="javascript:alert(1)"),
    )
    queue.skip(1, Skipped(SkipReason.WALL, HOSTILE), START)
    queue.mark_dead(2, HOSTILE, START)
    Accounts(context.database).set_error("main", HOSTILE, START)
    queue.record_poll_error(SOURCE, HOSTILE)
    MutedCommunities(context.database).add(MutedCommunity("main", HOSTILE, HOSTILE, START))
    with served(context) as client:
        community = f"/community?name={quote(HOSTILE.lower())}"
        paths = ("/", "/posts", "/posts/1", "/posts/2", "/settings", f"/posts?words={HOSTILE}", community)
        for path in paths:
            html = client.get(path).text
            assert "<script>alert" not in html, path
            assert "<img" not in html, path
            assert ">49<" not in html
        assert "&lt;script&gt;alert(1)" in client.get("/posts/1").text
        assert 'href="javascript' not in client.get("/posts/2").text


def test_no_page_shows_the_text_of_a_reply(context: PageContext) -> None:
    queue = discover(context, a_post(1))
    queue.make_ready(1, Reply("A sentence of this article.", "en", 900, 90, 90), START, START)
    with served(context) as client:
        for path in ("/", "/posts", "/posts/1", "/metrics"):
            assert "sentence of this article" not in client.get(path).text


def test_a_reply_that_an_earlier_database_sent_has_no_unknown_numbers(context: PageContext) -> None:
    comment = Comment("7", "1", "https://lemmy.example/comment/7", START)
    SentReplies(context.database).adopt(a_post(1), comment, START)
    (report,) = all_posts(context.database)
    sentence = "Replied at 2026-03-01 12:00:00 UTC: https://lemmy.example/comment/7"
    assert report.sentence(START) == sentence
    with served(context) as client:
        for path in ("/posts", "/posts/1"):
            assert "None" not in client.get(path).text
        assert sentence in without_tags(client.get("/posts").text)


def test_no_page_shows_a_secret(full_context: PageContext) -> None:
    with served(full_context) as client:
        for path in ("/", "/posts", "/settings", "/preview", "/metrics", "/healthz"):
            html = client.get(path).text
            assert "hunter2" not in html
            assert "shibboleth" not in html


def test_the_status_page_shows_problems_and_statistics(full_context: PageContext) -> None:
    with served(full_context) as client:
        html = client.get("/").text
    assert "3 problems need attention" in html
    assert "The password was changed. Write the new one into its file." in html
    assert "precis unmute quietplace" in html
    assert html.count('<rect class="hit"') == 3 * 90
    assert ">Votes<" in html
    assert re.search(r"second <span class=\"tag bad\">failing", html)
    assert re.search(
        r"second <span class=\"soft\">reddit</span></th>\s*<td><span class=\"tag bad\">failing", html
    )
    assert re.search(r"\d today ·", html)
    assert "daily-ledger.example" in html
    assert "The article is behind a paywall." in html


def test_a_new_bot_has_a_status_page_too(context: PageContext) -> None:
    with served(context) as client:
        html = client.get("/").text
    assert "No problems" in html
    assert "No posts were skipped." in html


def test_posts_are_searched_and_paginated(full_context: PageContext) -> None:
    with served(full_context) as client:
        first = client.get("/posts").text
        assert "600 found" in first
        before = first.split('name="before" value="')[1].split('"')[0]
        second = client.get(f"/posts?before={before}").text
        assert second.count("<li data-key=") == 50
        rows = {page: set(_rows(page)) for page in (first, second)}
        assert not rows[first] & rows[second]
        walled = client.get("/posts?reason=wall&since=90d").text
        in_list = walled[walled.index("<ol") :]
        assert in_list.count("The article is behind a paywall.") == in_list.count("<li data-key=") > 0
        assert "No posts found." in client.get("/posts?words=nowhere-at-all").text
        assert "is not a duration. Use for example" in client.get("/posts?since=soon").text
        assert client.get("/posts?state=x&reason=y&before=z").status_code == 200


def _rows(html: str) -> list[str]:
    """The numbers of the posts in a list."""
    return [part.split('"')[0] for part in html.split('href="/posts/')[1:]]


def test_a_post_has_a_timeline_and_a_reason(context: PageContext) -> None:
    queue = discover(context, a_post(1, published=START - timedelta(seconds=40)))
    queue.skip(1, Skipped(SkipReason.WALL, "metered"), START + timedelta(seconds=2))
    with served(context) as client:
        html = client.get("/posts/1").text
        assert "The article is behind a paywall. (metered)" in html
        assert "40\u202fs later" in html
        assert "2026-03-01 12:00:02" in html
        assert client.get("/posts/99").status_code == 404
        assert client.get("/posts/99999999999999999999999").status_code == 404


def test_settings_show_where_they_come_from(full_context: PageContext) -> None:
    with served(full_context) as client:
        html = client.get("/settings").text
    assert "daily-ledger.example" in html
    assert html.count(">the operator<") > 4


def test_the_page_of_a_community_tells_of_the_last_seven_days(context: PageContext) -> None:
    queue = discover(context, *(a_post(number) for number in (1, 2, 3)))
    queue.skip(1, Skipped(SkipReason.WALL, "metered"), START)
    queue.skip(2, Skipped(SkipReason.WALL, "metered"), START)
    queue.skip(3, Skipped(SkipReason.TOO_SHORT, "20 words"), START - timedelta(days=8))
    with served(context) as client:
        html = client.get("/community?name=news%40lemmy.example").text
        assert 'href="/community?name=news%40lemmy.example"' in client.get("/settings").text
    assert '<h1 dir="auto">news@lemmy.example</h1>' in html
    assert re.search(r"The article is behind a paywall\.</a></th><td class=\"n\">2</td>", html)
    assert "too short" not in html
    assert 'href="/posts?community=news%40lemmy.example"' in html


def test_there_is_no_page_of_an_unknown_community(context: PageContext) -> None:
    with served(context) as client:
        for name in ("", "nothing@lemmy.example", HOSTILE):
            response = client.get(f"/community?name={quote(name)}")
            assert response.status_code == 404
            assert "<script>alert" not in response.text


def test_long_statistics_are_cached(full_context: PageContext) -> None:
    now = [0.0]
    pages = StatusPages(full_context, lambda: now[0])
    first = pages.long_statistics(START)
    assert pages.long_statistics(START) is first
    now[0] = 21.0
    assert pages.long_statistics(START) is not first


def test_pages_without_a_daemon_in_the_process(full_context: PageContext) -> None:
    with served(replace(full_context, health=None)) as client:
        assert client.get("/").status_code == 200
        assert "precis_job_passes" not in client.get("/metrics").text


def test_a_damaged_database_says_how_to_restore_it(context: PageContext) -> None:
    with closing(sqlite3.connect(context.database.path)) as connection:
        connection.execute("DROP TABLE cursors")
    with served(context) as client:
        answers = {path: client.get(path) for path in ("/", "/metrics", "/healthz")}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 503)
    assert all("precis restore" in answer.text for answer in answers.values())
