"""Actions with the keyboard, times in the viewer's zone and live updates, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from bot.core.models import PollResult, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.sandbox.sample_history import fill_database
from bot.store import CommunitySettingsLog, Database, MutedCommunities, OperatorActions, PostQueue
from bot.store.active_pauses import paused_accounts
from bot.web.context import PageContext
from bot.web.server_thread import WebServer
from tests.conftest import START, Clock, a_post
from tests.web.conftest import TOKEN, with_token
from tests.web.test_browser import Visitor, browser, focused, pytestmark, reach
from tests.web.unusual_posts import LONG_COMMUNITY, add_unusual_posts

__all__ = ["browser", "pytestmark"]

NEWS = "news@lemmy.example"
PAGE = f"/community?{urlencode({'name': NEWS})}"
FORM = f"/community/settings?{urlencode({'name': NEWS})}"
LOOKS = ((390, "dark"), (1440, "light"))
REFRESH_MS = 15_000


class Site:
    """Pages that need a token."""

    def __init__(self, context: PageContext) -> None:
        self.context = with_token(context)
        self.database: Database = context.database
        self.server = WebServer(self.context)
        self.server.start()
        self.url = self.server.url.rstrip("/")

    def log_in(self, visitor: Visitor) -> Page:
        page = visitor.open("/login")
        expect(page.locator("#token")).to_be_focused()
        page.keyboard.type(TOKEN)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{self.url}/")
        return page


@pytest.fixture
def pages(context: PageContext) -> Iterator[Site]:
    made = Site(context)
    yield made
    made.server.stop()


@pytest.fixture
def filled_pages(context: PageContext, pages: Site) -> Site:
    fill_database(context.database, START, 300)
    return pages


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_with_unusual_texts_are_accessible_and_fit(
    browser: Browser, filled_pages: Site, width: int, scheme: str
) -> None:
    row = add_unusual_posts(filled_pages.database, START)[0]
    place = f"/community?{urlencode({'name': LONG_COMMUNITY})}"
    with closing(Visitor(browser, filled_pages.url, width, scheme)) as visitor:
        page = filled_pages.log_in(visitor)
        for path in ("/", "/posts", f"/posts/{row}", place, FORM, "/settings", "/why?link=90001"):
            visitor.open(path)
            page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
            assert visitor.violations() == [], path
        assert visitor.wrong == []


@pytest.mark.parametrize(("width", "scheme"), [(768, "dark")])
def test_pages_of_an_empty_database_are_accessible_and_fit(
    browser: Browser, pages: Site, width: int, scheme: str
) -> None:
    with closing(Visitor(browser, pages.url, width, scheme)) as visitor:
        pages.log_in(visitor)
        for path in ("/", "/posts", PAGE, FORM, "/settings", "/why"):
            visitor.open(path)
            assert visitor.violations() == [], path
        assert visitor.wrong == []


def test_titles_are_shown_in_their_own_direction(browser: Browser, pages: Site) -> None:
    add_unusual_posts(pages.database, START)
    with closing(Visitor(browser, pages.url)) as visitor:
        page = pages.log_in(visitor)
        visitor.open("/posts")
        directions = page.eval_on_selector_all(
            ".posts h2", "all => all.map((each) => getComputedStyle(each).direction)"
        )
        assert directions == ["ltr"] * 7 + ["rtl"] * 2


def press(page: Page, button: str, note: str) -> None:
    """Press a button with the keyboard. The note about what happened then has the focus."""
    reach(page, button)
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_have_text(note)
    expect(page.locator("#done")).to_be_focused()


def test_each_action_with_the_keyboard(browser: Browser, pages: Site) -> None:
    rows = add_unusual_posts(pages.database, START)
    with closing(Visitor(browser, pages.url)) as visitor:
        page = pages.log_in(visitor)
        press(page, "Pause main", "The account is paused. It still answers messages.")
        assert list(paused_accounts(pages.database)) == ["main"]
        press(page, "Resume main", "The account replies again.")
        visitor.open(f"/posts/{rows[0]}")
        press(page, "Process it again", "The post is processed again, as soon as the daemon runs.")
        visitor.open(f"/posts/{rows[3]}")
        reach(page, "Delete the reply…")
        page.keyboard.press("Enter")
        press(
            page, "Delete the reply", "The daemon deletes the reply within a minute, or as soon as it runs."
        )
        visitor.open(PAGE)
        press(page, "Pause replies", "Precis is paused here. Posts that are found now get no reply.")
        press(page, "Resume replies", "Precis replies here again.")
        press(page, "Mute main", "Replies are off here until you turn them on again.")
        assert [each.community for each in MutedCommunities(pages.database).list_all()] == [
            LONG_COMMUNITY,
            NEWS,
        ]
        press(page, "Turn replies on again", "Replies are on again here.")
        reach(page, "Change the settings")
        page.keyboard.press("Enter")
        page.wait_for_selector("#c-layout-paragraphs")
        reach(page, "c-layout-paragraphs")
        page.keyboard.press("ArrowRight")
        press(page, "Save", "The settings are saved. They apply from now on.")
        saved = CommunitySettingsLog(pages.database).latest_settings(NEWS)
        assert saved is not None
        assert saved.settings == {"layout": "bullets"}
        visitor.open("/")
        reach(page, "link")
        page.keyboard.type("https://lemmy.example/post/90001")
        page.keyboard.press("Enter")
        page.wait_for_url("**/why?**")
        assert page.locator(".posts li").count() == 1
        assert visitor.wrong == []
    assert len(OperatorActions(pages.database).latest(100)) == 9


def test_times_are_in_the_zone_of_the_viewer(browser: Browser, pages: Site) -> None:
    rows = add_unusual_posts(pages.database, START)
    context = browser.new_context(timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.goto(f"{pages.url}/login")
    page.fill("#token", TOKEN)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{pages.url}/")
    page.goto(f"{pages.url}/posts/{rows[0]}")
    published = page.locator(".timeline time").first
    expect(published).to_have_text("2026-03-01 20:55:00 GMT+9")
    expect(published).to_have_attribute("title", "2026-03-01 11:55:00 UTC")
    page.goto(f"{pages.url}/posts")
    seen = page.locator(".posts time").first
    expect(seen).to_have_text("just now")  # by the clock of the server
    expect(seen).to_have_attribute("title", "2026-03-01 21:00:00 GMT+9")
    context.close()


def test_without_scripts_times_are_in_utc(browser: Browser, pages: Site) -> None:
    add_unusual_posts(pages.database, START - timedelta(minutes=5))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{pages.url}/login")
    page.fill("#token", TOKEN)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{pages.url}/")
    expect(page.locator(".lead time").first).to_have_text("2026-03-01 12:00:00 UTC")
    page.goto(f"{pages.url}/posts")
    seen = page.locator(".posts .soft time").first
    expect(seen).to_have_text("5\u202fmin ago")
    expect(seen).to_have_attribute("title", "2026-03-01 11:55:00 UTC")
    context.close()


def add_post(pages: Site, number: int) -> None:
    post = a_post(number, account="main", title=f"Post number {number}")
    PostQueue(pages.database).discover(Source("main", NEWS), PollResult((post,), "c"), START)


def test_an_update_keeps_focus_scroll_and_what_did_not_change(browser: Browser, pages: Site) -> None:
    for number in range(1, 41):
        add_post(pages, number)
    with closing(Visitor(browser, pages.url, 768)) as visitor:
        visitor.page.clock.install()
        page = pages.log_in(visitor)
        visitor.open("/posts")
        chosen = page.get_by_role("link", name="Post number 20", exact=True)
        chosen.focus()
        page.evaluate("document.querySelectorAll('.posts li').forEach((each) => { each.isOld = true })")
        page.evaluate(
            """() => {
              window.changed = [];
              const elementOf = (node) => node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
              const isOurs = (one) => !elementOf(one.target).closest("time");
              new MutationObserver((all) => window.changed.push(...all.filter(isOurs)))
                .observe(document.body, { subtree: true, childList: true, characterData: true });
            }"""
        )
        place = chosen.bounding_box()
        with page.expect_response("**/posts"):
            page.clock.fast_forward(REFRESH_MS)
        expect(page.locator(".posts time").first).to_have_text("just now")  # after the update, as before
        assert page.evaluate("window.changed.length") == 0  # except relative times
        add_post(pages, 41)
        PostQueue(pages.database).skip(20, Skipped(SkipReason.WALL), START)
        page.clock.fast_forward(REFRESH_MS)
        expect(page.locator(".posts h2").first).to_have_text("Post number 41")
        expect(page.locator("#found")).to_have_text("41 found")
        expect(page.locator(".posts li", has=chosen)).to_contain_text("skipped")
        assert focused(page) == "Post number 20"
        assert page.locator(".posts li").count() == 41
        old = page.eval_on_selector_all(".posts li", "all => all.filter((each) => each.isOld).length")
        assert old == 40
        after = chosen.bounding_box()
        assert place is not None
        assert after is not None
        assert abs(after["y"] - place["y"]) < 2
        assert visitor.wrong == []


def test_updates_rest_while_the_page_is_hidden_and_say_when_precis_is_gone(
    browser: Browser, context: PageContext
) -> None:
    clock = Clock()
    pages = Site(replace(context, clock=clock))
    with closing(Visitor(browser, pages.url)) as visitor:
        visitor.page.clock.install()
        page = pages.log_in(visitor)
        requests: list[str] = []
        page.on(
            "request",
            lambda request: requests.append(request.url) if request.resource_type == "fetch" else None,
        )
        set_hidden(page, hidden=True)
        page.clock.fast_forward(10 * REFRESH_MS)
        assert requests == []
        clock.advance(3600)
        set_hidden(page, hidden=False)
        expect(page.locator(".lead time").first).to_have_attribute("datetime", "2026-03-01T13:00:00Z")
        assert len(requests) == 1
        expect(page.locator("#stale")).to_be_hidden()
        pages.server.stop()
        page.clock.fast_forward(REFRESH_MS)
        expect(page.locator("#stale")).to_be_visible()


def set_hidden(page: Page, *, hidden: bool) -> None:
    page.evaluate(
        """(hidden) => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_an_open_section_and_a_selection_stay_open(browser: Browser, filled_pages: Site) -> None:
    with closing(Visitor(browser, filled_pages.url)) as visitor:
        visitor.page.clock.install()
        page = filled_pages.log_in(visitor)
        page.click("#days summary")
        page.evaluate("getSelection().selectAllChildren(document.getElementById('today-h'))")
        add_post(filled_pages, 5000)
        waiting = page.locator(".figures div", has_text="Waiting").locator("dd")
        before = int(waiting.inner_text())
        page.clock.fast_forward(REFRESH_MS)
        expect(waiting).to_have_text(str(before + 1))
        assert page.evaluate("document.getElementById('days').open")
        assert page.evaluate("getSelection().toString()") == "Today"
        assert visitor.wrong == []
