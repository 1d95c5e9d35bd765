"""The pages in Chromium: accessible on a phone and a wide screen, and updated without a reload."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from tests.chromium import needs_chromium, running_chromium
from tests.sandbox.pages.conftest import PagesServer
from tests.web.test_browser import Visitor

pytestmark = needs_chromium
LONG = "Donaudampfschifffahrt" * 9
SETTINGS = "Be kind.\n\n```precis\nsentences: 3\n```"
SUMMARY = f"""A *sentence* of {LONG}.

- one
- two

> a quotation

::: spoiler Summary
hidden `code` {"x" * 200}
:::

>!hidden on Reddit!<

The original article contains **300** words. [I'm a bot!](https://bot.example)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as started:
        yield started


def fill(pages: PagesServer) -> str:
    """Add long and right-to-left texts and every state of a post. Returns the path of the fullest post."""
    if pages.is_reddit:
        pages.state.add_wiki_revision(pages.news, "precis", SETTINGS, pages.mona)
        pages.state.add_private_message(pages.bot, "Settings", SUMMARY, to=pages.mona)
    else:
        pages.news.description = SETTINGS
        pages.state.add_private_message(pages.bot, pages.mona, SUMMARY)
    post = pages.add_post(LONG, f"https://paper.example/{'a' * 300}", locked=True)
    pages.add_post("جسر الميناء يفتح في يونيو").locked = True
    gone = pages.add_post("A post that is gone")
    if pages.is_reddit:
        gone.removed_by = "moderator"
    else:
        gone.removed = True
    parent = pages.add_bot_comment(post, SUMMARY)
    for text in ("good bot", "مرحبا", "a", "b", "c", "d"):
        parent = pages.state.add_comment(post, pages.alice, text, parent)
    parent.deleted = True
    return pages.post_path(post)


@pytest.mark.parametrize("pages", ["lemmy", "reddit"], indirect=True)
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_pages_are_accessible_and_fit(browser: Browser, pages: PagesServer, width: int, scheme: str) -> None:
    with closing(Visitor(browser, pages.sandbox.url, width, scheme)) as visitor:
        for path in ("/", pages.community_path, "/messages"):
            visitor.open(path)
            assert visitor.violations() == [], ("nobody", "empty", path)
        full = fill(pages)
        visitor.page.get_by_role("button", name="mona moderator").click()
        for path in ("/", pages.community_path, full, "/messages"):
            visitor.open(path).eval_on_selector_all(
                "details", "all => all.forEach(one => { one.open = true })"
            )
            assert visitor.violations() == [], path
        assert visitor.wrong == []
        visitor.open("/comment/404")
        assert visitor.violations() == []


@pytest.mark.parametrize("pages", ["piefed"], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_of_piefed_are_accessible(browser: Browser, pages: PagesServer, scheme: str) -> None:
    path = fill(pages)
    with closing(Visitor(browser, pages.sandbox.url, 390, scheme)) as visitor:
        visitor.open("/")
        visitor.page.get_by_role("button", name="mona moderator").click()
        visitor.open(path)
        assert (visitor.violations(), visitor.wrong) == ([], [])


def test_a_post_is_added_with_the_keyboard_and_its_reply_appears_without_a_reload(
    browser: Browser, pages: PagesServer
) -> None:
    with closing(Visitor(browser, pages.sandbox.url, 390)) as visitor:
        page = visitor.open("/")
        page.get_by_role("button", name="alice").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Title").focus()
        page.keyboard.type("A bridge")
        page.keyboard.press("Tab")
        page.keyboard.type("https://paper.example/bridge")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("A bridge")
        (post,) = pages.posts()
        page.evaluate("window.notReloaded = true")
        pages.add_bot_comment(post, "A **summary**")
        expect(page.locator("ol.comments li")).to_have_text(re.compile("precis.*bot.*A summary", re.DOTALL))
        expect(page.get_by_role("status")).to_have_text("The list has changed.")
        assert page.evaluate("window.notReloaded")
        assert visitor.wrong == []


@pytest.mark.parametrize("pages", ["lemmy"], indirect=True)
def test_a_reply_that_somebody_writes_is_not_lost_to_an_update(browser: Browser, pages: PagesServer) -> None:
    post = pages.add_post()
    pages.add_bot_comment(post)
    with closing(Visitor(browser, pages.sandbox.url)) as visitor:
        visitor.open("/")
        visitor.page.get_by_role("button", name="alice").click()
        page = visitor.open(pages.post_path(post))
        page.get_by_text("Reply to precis", exact=True).click()
        page.get_by_label("Your reply to precis").fill("bad bot")
        pages.state.add_comment(post, pages.mona, "Another comment")
        with page.expect_response(lambda response: "Another comment" in response.text()):
            pass
        page.get_by_role("button", name="Send the reply").click()
        expect(page.locator("ol.comments")).to_contain_text("bad bot")
        expect(page.locator("ol.comments")).to_contain_text("Another comment")
        assert visitor.wrong == []
