"""The form for moderators in Chromium: wide and narrow, light and dark, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from bot.i18n.translations import LANGUAGES, translator
from bot.web.context import PageContext
from tests.web.conftest import served
from tests.web.moderator_form.conftest import with_form
from tests.web.test_browser import (
    Visitor,
    browser,
    pytestmark,
    reach,
)

__all__ = ["browser", "pytestmark"]

NEWS = "!news@lemmy.example"
STATES: tuple[dict[str, str], ...] = (
    {},
    {"community": NEWS, "sent": "yes", "layout": "bullets", "block_domains": "shop.example"},
    {"community": "nothing at all", "sent": "yes", "sentences": "99", "layout": "table", "languages": "x"},
    {"community": "r/worldnews", "sent": "yes", "footer_line": "w" * 150, "block_flairs": "x" * 100},
)
"""Empty, with a text, with mistakes, with long words."""


@pytest.fixture
def url(context: PageContext) -> Iterator[str]:
    with served(with_form(context, preview=True)) as client:
        yield str(client.base_url).rstrip("/")


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(390, "light", "en"), (390, "dark", "de"), (768, "light", "fr"), (1440, "dark", "en")],
)
def test_every_state_is_accessible(
    browser: Browser, url: str, width: int, scheme: str, language: str
) -> None:
    with closing(Visitor(browser, url, width, scheme)) as visitor:
        for state in STATES:
            page = visitor.open(f"/moderators?{urlencode({'lang': language, **state})}")
            page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
            assert visitor.violations() == [], state
        assert visitor.wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_on_a_phone_in_every_language(browser: Browser, url: str, language: str) -> None:
    with closing(Visitor(browser, url, 390)) as visitor:
        for state in STATES:
            visitor.open(f"/moderators?{urlencode({'lang': language, **state})}")
            assert not visitor.wide(), state


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_moderator_gets_a_text(browser: Browser, url: str, has_scripts: bool) -> None:
    made = browser.new_context(java_script_enabled=has_scripts, locale="de-DE")
    page = made.new_page()
    page.goto(f"{url}/moderators")
    page.fill("#community", "news@lemmy.example")
    page.select_option("#profile", "quiet")
    page.click(f"text={translator('de')('form-load')}")
    assert page.is_checked("#c-only_on_request-true")
    page.click("label[for=c-layout-bullets]")
    page.fill("#c-block_title_words", 'megathread\n#live, "now"')
    page.fill("#c-min_age_minutes", "2 Stunden")
    page.press("#c-min_age_minutes", "Enter")
    page.wait_for_url("**#result")
    assert "preview" not in page.url  # Enter writes the text, and fetches nothing
    assert page.inner_text("#message").splitlines()[0] == f"setze {NEWS}"
    assert set(page.inner_text("#message").splitlines()[1:]) == {
        "profile: quiet",
        'block_title_words: [megathread, "#live, \\"now\\""]',
        "min_age_minutes: 120",
        "layout: bullets",
    }
    assert page.locator("[data-copy=message]").is_visible() is has_scripts
    made.close()


def test_the_text_is_copied(browser: Browser, url: str) -> None:
    made = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = made.new_page()
    page.goto(f"{url}/moderators?{urlencode(STATES[1])}")
    page.click("[data-copy=message]")
    expect(page.locator("[data-copy=message]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.inner_text("#message")
    made.close()


def test_it_works_with_the_keyboard(browser: Browser, url: str) -> None:
    with closing(Visitor(browser, url)) as visitor:
        page = visitor.open(f"/moderators?community={NEWS}")
        reach(page, "enabled-true")
        page.keyboard.press("ArrowRight")
        assert page.is_checked("#c-enabled-false")
        reach(page, "allow_domains")
        page.keyboard.type("paper.example")
        page.focus("#c-sentences")
        page.keyboard.press("Control+A")
        page.keyboard.type("3")
        page.keyboard.press("Enter")
        page.wait_for_selector("#message")
        assert page.inner_text("#message").splitlines() == [
            f"set {NEWS}",
            "enabled: false",
            "allow_domains: [paper.example]",
            "sentences: 3",
        ]
        assert visitor.wrong == []


def test_a_focused_field_is_not_below_the_button(browser: Browser, url: str) -> None:
    with closing(Visitor(browser, url, 390)) as visitor:
        page = visitor.open("/moderators")
        for name in ("allow_domains", "min_score", "footer_line", "delete_below"):
            page.focus(f"#c-{name}")
            bottom = page.evaluate(f"document.getElementById('c-{name}').getBoundingClientRect().bottom")
            top = page.evaluate("document.querySelector('.send').getBoundingClientRect().top")
            assert bottom <= top, name
