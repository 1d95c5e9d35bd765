"""The preview over real HTTP: links with the safe fetcher, files, settings, and that nothing is stored."""

from __future__ import annotations

import re

import httpx2
import pytest
from msgspec.structs import replace

from bot.core.models import Page
from bot.core.skip_reasons import SkipReason
from bot.sandbox.news import NewsSite
from bot.sandbox.news.page_builder import build_page
from bot.store.tables import metadata
from bot.web.context import PageContext
from bot.web.preview_cache import MAX_AGE, MAX_PAGES, PreviewCache
from bot.web.preview_controls import Control, controls
from tests.web.conftest import served

BRIDGE = build_page("bridge", "https://courier.example/harbour/bridge")


def page_id_in(html: str) -> str:
    found = re.search(r'name="page" value="([^"]*)"', html)
    assert found
    return found[1]


def submit(client: httpx2.Client, content: bytes | None = None, part: bool = True, **form: str) -> str:
    files = {"file": ("page.html", content or b"", "text/html")}
    headers = {"x-part": "result"} if part else {}
    answer = client.post("/preview", data={"sent": "yes", **form}, files=files, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_dropped_file_shows_everything(context: PageContext) -> None:
    with served(context) as client:
        html = submit(client, BRIDGE, sentences="3")
    assert html.count("<mark>") == 3
    assert html.count('<div class="md" dir="auto">') == 3
    saved = set(re.findall(r"\*\*(\d+%)\*\*", html))
    assert saved == set(
        re.findall(r"<strong>(\d+%)</strong>", html)
    )  # the same in the rendered reply as in the Markdown
    assert len(saved) == 1
    assert "sentences: 3" in html
    assert "Why these sentences" in html
    assert "Confidence" in html
    assert "<html" not in html


def test_without_javascript_the_whole_page_comes_back(context: PageContext) -> None:
    with served(context) as client:
        html = submit(client, BRIDGE, part=False, method="luhn")
    assert "<html" in html
    assert "<option selected>luhn</option>" in html
    assert "method: luhn" in html


def test_a_link_is_fetched_once_for_all_settings(context: PageContext, site: NewsSite) -> None:
    story = next(story for story in site.stories if story.expected is None)
    link = site.url + story.path
    before = site.request_counts.get(story.path, 0)
    with served(context) as client:
        first = submit(client, url=link)
        second = submit(client, url=link, page=page_id_in(first), sentences="1")
        assert site.request_counts[story.path] == before + 1
        assert second.count("<mark>") == 1
        assert page_id_in(second) == page_id_in(first)
        submit(client, url=link, page="a-name-that-was-guessed")
        assert site.request_counts[story.path] == before + 2


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest/", "http://[::1]/", "http://127.0.0.1:1/", "file:///etc/passwd"]
)
def test_links_to_private_addresses_are_refused(context: PageContext, url: str) -> None:
    with served(context) as client:
        html = submit(client, url=url)
    assert "No reply:" in html
    assert "root:" not in html


def test_a_page_that_is_not_an_article_shows_the_reason(context: PageContext, site: NewsSite) -> None:
    story = next(story for story in site.stories if story.expected is not None and "drip" not in story.path)
    with served(context) as client:
        html = submit(client, url=site.url + story.path)
    assert "No reply:" in html
    assert "<mark>" not in html


def test_a_hostile_page_is_shown_as_text(context: PageContext) -> None:
    hostile = BRIDGE.replace(b"</h1>", b" &lt;script&gt;alert(1)&lt;/script&gt;</h1>").replace(
        b"The harbour board", b"The &lt;img src=x onerror=alert(1)&gt; harbour [board](javascript:x)"
    )
    with served(context) as client:
        html = submit(client, hostile)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert "&lt;img src=x onerror" in html


def test_collapsed_layout_on_each_platform(context: PageContext) -> None:
    with served(context) as client:
        html = submit(client, BRIDGE, layout="collapsed")
    assert html.count("<details><summary>Summary</summary>") == 2
    assert [html.count(f"On {name}</h2>") for name in ("Lemmy", "PieFed", "Reddit")] == [1, 1, 1]
    assert '<span class="spoiler" tabindex="0">' in html
    assert "&gt;!" not in html.split("Reddit’s Markdown")[0].split("On Reddit")[1]


@pytest.mark.parametrize(("name", "value"), [("sentences", "99"), ("method", "magic"), ("words", "many")])
def test_an_invalid_setting_is_reported(context: PageContext, name: str, value: str) -> None:
    with served(context) as client:
        html = submit(client, BRIDGE, **{name: value})
    assert f"{name}: " in html
    assert 'role="alert"' in html
    assert "<mark>" not in html


def other_value(control: Control) -> str:
    """A value that changes the reply."""
    match control.kind:
        case "switch":
            return "yes"
        case "radio" | "select":
            return {"method": "luhn", "language": "de"}.get(control.name, control.choices[1])
        case "text":
            return "Questions? Ask the moderators."
    return str(control.highest if control.name.startswith("min_") else control.lowest)


def comments(html: str) -> list[str]:
    return re.findall(r'<div class="md" dir="auto">.*?</div>', html, re.DOTALL)


def test_each_control_changes_what_is_shown(context: PageContext) -> None:
    first, more = controls(context.effective_rules("").rules)
    with served(context) as client:
        before = comments(submit(client, BRIDGE))
        assert len(before) == 3
        for control in (*first, *more):
            html = submit(client, BRIDGE, **{control.name: other_value(control)})
            assert comments(html) != before, control.name
            assert f"{control.name}: " in html


def test_another_community_has_its_own_settings(context: PageContext) -> None:
    with served(context) as client:
        html = submit(client, BRIDGE, part=False, community="technology@lemmy.example", words="50")
        assert 'value="collapsed" checked' in html
        assert 'id="c-words" name="words" type="number" min="20" max="600" value="90"' in html
        assert "Nothing to copy: these settings already apply in technology@lemmy.example." in html
        here = {"community": "technology@lemmy.example", "shown": "technology@lemmy.example"}
        assert '<pre id="lines" tabindex="0">layout: bullets</pre>' in submit(
            client, BRIDGE, layout="bullets", words="90", **here
        )
        empty = submit(client, part=False, community="technology@lemmy.example")
        assert "The reply appears here" in empty


def test_a_link_that_would_be_skipped_is_not_fetched(context: PageContext) -> None:
    fetched: list[str] = []

    def fetch(url: str) -> Page:
        fetched.append(url)
        raise AssertionError(url)

    here = {"community": "technology@lemmy.example", "shown": "technology@lemmy.example"}
    with served(replace(context, fetch=fetch)) as client:
        assert SkipReason.MEDIA_LINK.sentence in submit(client, url="https://youtu.be/abc")
        html = submit(client, url="daily-ledger.example/a", **here)
        assert SkipReason.DOMAIN_BLOCKED.sentence in html
    assert fetched == []


def test_an_empty_form_is_not_an_error(context: PageContext) -> None:
    with served(context) as client:
        assert "There is no page yet." in submit(client)
        assert "https://paper.example/a" in client.get("/preview?url=https://paper.example/a").text


def test_a_preview_is_not_stored_in_the_database(context: PageContext) -> None:
    with served(context) as client:
        submit(client, BRIDGE)
    with context.database.read_transaction() as connection:
        counts = {
            table.name: len(connection.execute(table.select()).all()) for table in metadata.sorted_tables
        }
    assert {name: count for name, count in counts.items() if count} == {"meta": 1}


def test_the_cache_has_a_maximum_size_and_age() -> None:
    now = [0.0]
    cache = PreviewCache(lambda: now[0])
    pages = [Page(f"https://paper.example/{n}", b"") for n in range(MAX_PAGES + 1)]
    names = [cache.add(page) for page in pages]
    assert cache.get(names[0]) is None
    assert cache.get(names[1]) is pages[1]
    now[0] = MAX_AGE
    assert cache.get(names[1]) is None
