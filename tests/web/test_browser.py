"""The pages in a real browser: on a phone and a wide screen, light and dark, and with the keyboard only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from bot.core.models import PollResult, Source
from bot.sandbox.news.page_builder import build_page
from bot.store import PostQueue
from bot.web.context import PageContext
from bot.web.server_thread import WebServer
from bot.workers.pool import WorkerLimits, WorkerPool
from tests.chromium import is_too_wide, needs_chromium, running_chromium, violations
from tests.conftest import START, a_post
from tests.web.conftest import served, with_token

pytestmark = needs_chromium
WIDTHS = (390, 768, 1440)
SCREENS = ((390, "dark"), (768, "light"), (1440, "dark"))
"""Widths with colour schemes. `benchmarks.pages` opens every page at each width in both schemes."""
OTHERS = ("/posts?words=lighthouse&since=9d", "/posts/1", "/settings", "/community?name=news@lemmy.example")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as started:
        yield started


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "bridge.html"
    path.write_bytes(build_page("bridge", "https://courier.example/harbour/bridge"))
    return path


@pytest.fixture
def url(full_context: PageContext) -> Iterator[str]:
    server = WebServer(full_context)
    server.start()
    yield server.url.rstrip("/")
    server.stop()


class Visitor:
    """Opens pages, and records console messages, errors and requests to other sites."""

    def __init__(self, browser: Browser, url: str, width: int = 1440, scheme: str = "light") -> None:
        self.url = url
        self.wrong: list[str] = []
        self._context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        self.page: Page = self._context.new_page()
        self.page.on("console", lambda message: self.wrong.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", lambda request: self._note(request.url))

    def _note(self, address: str) -> None:
        if not address.startswith(f"{self.url}/"):
            self.wrong.append(f"a request to {address}")

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def violations(self) -> list[str]:
        """The violations that axe finds on the current page, and whether it is too wide."""
        found = violations(self.page)
        return [*found, "wider than the screen"] if self.wide() else found

    def wide(self) -> bool:
        """Whether the page is wider than the screen."""
        return is_too_wide(self.page)

    def close(self) -> None:
        self._context.close()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_status_and_preview_are_accessible_and_without_errors(
    browser: Browser, url: str, saved: Path, width: int, scheme: str
) -> None:
    with closing(Visitor(browser, url, width, scheme)) as visitor:
        visitor.open("/")
        assert visitor.violations() == []
        page = visitor.open("/preview")
        page.set_input_files("#file", saved)
        page.wait_for_selector("#result:not([aria-busy]) mark")
        page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
        assert visitor.violations() == []
        assert visitor.wrong == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_the_other_pages_are_accessible(browser: Browser, url: str, width: int, scheme: str) -> None:
    with closing(Visitor(browser, url, width, scheme)) as visitor:
        for path in OTHERS:
            visitor.open(path)
            assert visitor.violations() == [], path
        assert visitor.wrong == []


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_fit_with_very_long_titles_and_links(
    context: PageContext, browser: Browser, width: int
) -> None:
    long = a_post(1, title="Donaudampfschifffahrt" * 12, url=f"https://paper.example/{'a' * 300}")
    PostQueue(context.database).discover(
        Source("main", "news@lemmy.example"), PollResult((long,), "c"), START
    )
    with (
        served(context) as client,
        closing(Visitor(browser, str(client.base_url).rstrip("/"), width)) as visitor,
    ):
        for path in ("/", "/posts", "/posts/1"):
            visitor.open(path)
            assert not visitor.wide(), path


def test_the_login_page(full_context: PageContext, browser: Browser) -> None:
    with served(with_token(full_context)) as client:
        page = Visitor(browser, str(client.base_url).rstrip("/"))
        page.open("/login")
        assert page.violations() == page.wrong == []
        page.close()


def test_the_pages_work_with_the_keyboard(browser: Browser, url: str) -> None:
    with closing(Visitor(browser, url)) as visitor:
        page = visitor.open("/")
        keys = page.keyboard
        keys.press("Tab")
        assert focused(page) == "Skip to content"
        keys.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page = visitor.open("/")
        reach(page, "Preview")
        keys.press("Enter")
        page.wait_for_url("**/preview")
        reach(page, "url")
        keys.type(f"{url}/nothing")
        reach(page, "method")
        keys.type("luhn")
        reach(page, "c-layout-paragraphs")
        keys.press("ArrowRight")
        reach(page, "Show the reply")
        keys.press("Enter")
        page.wait_for_selector("#no-h")
        assert page.inner_text("#no-h").startswith("No reply: ")
        assert page.input_value("#c-method") == "luhn"
        assert page.is_checked("#c-layout-bullets")
        assert visitor.wrong == []


def test_posts_are_searched_with_the_keyboard(browser: Browser, url: str) -> None:
    with closing(Visitor(browser, url)) as visitor:
        page = visitor.open("/posts")
        reach(page, "words")
        page.keyboard.type("lighthouse")
        page.keyboard.press("Enter")
        page.wait_for_url("**words=lighthouse**")
        assert all("lighthouse" in title.lower() for title in page.locator(".posts h2").all_inner_texts())
        reach(page, page.locator(".posts h2 a").first.inner_text())
        page.keyboard.press("Enter")
        page.wait_for_selector(".timeline")
        assert visitor.wrong == []


def test_a_dropped_file_is_read_and_a_changed_setting_updates_the_preview(
    browser: Browser, url: str, saved: Path
) -> None:
    with closing(Visitor(browser, url)) as visitor:
        page = visitor.open("/preview")
        drop(page, saved.read_text(encoding="utf-8"))
        page.wait_for_selector("#result:not([aria-busy]) mark")
        before = page.locator("mark").count()
        page.fill("#c-sentences", str(before - 1))
        expect(page.locator("mark")).to_have_count(before - 1)
        page.check("#c-layout-collapsed", force=True)
        page.wait_for_selector(".md details")
        assert f"sentences: {before - 1}\nlayout: collapsed" in page.inner_text("#lines").replace(
            "words: 90\n", ""
        )
        assert visitor.wrong == []


def test_a_saved_page_is_previewed_in_less_than_a_second(
    full_context: PageContext, browser: Browser, saved: Path
) -> None:
    """With the daemon's worker processes. The fastest of five counts, because machines are busy."""
    worker = WorkerPool(WorkerLimits(processes=1))
    server = WebServer(replace(full_context, digest=worker.digest))
    server.start()
    try:
        with closing(Visitor(browser, server.url.rstrip("/"))) as visitor:
            page = visitor.open("/preview")
            page.set_input_files("#file", saved)
            page.wait_for_selector("mark")
            seconds = [timed(page, sentences) for sentences in (1, 2, 3, 1, 2)]
    finally:
        server.stop()
        worker.close()
    assert min(seconds) < 1.0, seconds


def test_on_a_phone_the_reply_scrolls_into_view_and_a_large_file_is_refused(
    browser: Browser, url: str, saved: Path, tmp_path: Path
) -> None:
    huge = tmp_path / "huge.html"
    huge.write_bytes(b"x" * 10_000_001)
    with closing(Visitor(browser, url, 390)) as visitor:
        page = visitor.open("/preview")
        page.set_input_files("#file", saved)
        page.wait_for_selector("#result:not([aria-busy]) mark")
        assert abs(page.evaluate("document.getElementById('result').getBoundingClientRect().top")) < 450
        page.set_input_files("#file", huge)
        expect(page.locator("#result [role=alert]")).to_have_text(
            "This file is larger than 10 MB. Choose a smaller page."
        )
        assert visitor.wrong == []


def timed(page: Page, sentences: int) -> float:
    """Seconds from a click to the new result, measured in the browser."""
    result: float = page.evaluate(
        """async (sentences) => {
          document.getElementById("c-sentences").value = sentences;
          const began = performance.now();
          document.querySelector("button.main").click();
          while (document.querySelectorAll("mark").length !== sentences)
            await new Promise(requestAnimationFrame);
          return (performance.now() - began) / 1000;
        }""",
        sentences,
    )
    return result


def focused(page: Page) -> str:
    text: str = page.evaluate(
        """(e => e.id && !["A", "BUTTON"].includes(e.tagName) ? e.id : e.innerText.trim())
        (document.activeElement)"""
    )
    return text


def reach(page: Page, wanted: str) -> None:
    """Press Tab until the wanted element has the focus."""
    for _ in range(60):
        if focused(page).removeprefix("c-") in {wanted, wanted.removeprefix("c-")}:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {wanted}")


def drop(page: Page, html: str) -> None:
    """Drop a file on the page."""
    page.evaluate(
        """(html) => {
          const data = new DataTransfer();
          data.items.add(new File([html], "page.html", { type: "text/html" }));
          const dropped = new DragEvent("drop", { dataTransfer: data, bubbles: true });
          document.getElementById("drop").dispatchEvent(dropped);
        }""",
        html,
    )
