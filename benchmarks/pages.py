"""Screenshots and checks of all pages with 10,000 posts: `python -m benchmarks.pages FOLDER`.

Each page is opened at three widths, light and dark, with an ordinary database, with texts that are hard to
lay out, and with an empty one. The table says how long the server took, what is too wide and what axe finds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page
from pydantic import SecretStr

from bot.core.errors import FetchError
from bot.core.models import Page as FetchedPage
from bot.core.skip_reasons import SkipReason
from bot.operations.health import Health
from bot.pipeline.rule_resolver import make_rule_resolver
from bot.sandbox.sample_history import fill_database, sample_config
from bot.store import Database
from bot.web.context import PageContext
from bot.web.server_thread import WebServer
from bot.workers.digest import digest
from tests.chromium import AXE, running_chromium, violations
from tests.web.unusual_posts import COMMUNITY, add_unusual_posts

POSTS = 10_000
NOW = datetime(2026, 3, 1, 17, 20, tzinfo=UTC)
TOKEN = "a-token-for-pictures"
WIDTHS, SCHEMES = (390, 768, 1440), ("light", "dark")
PAGES = {
    "status": "/",
    "posts": "/posts",
    "post": "/posts/{row}",
    "community": f"/community?name={COMMUNITY}",
    "community-settings": f"/community/settings?name={COMMUNITY}",
    "settings": "/settings",
    "preview": "/preview",
    "why": "/why?link=https://lemmy.example/post/90001",
    "missing": "/nothing",
}


@contextmanager
def served(folder: Path, name: str) -> Iterator[tuple[str, int]]:
    """The pages of one database. Yields their address and the row of a post."""
    database = Database(folder / f"{name}.db", NOW - timedelta(days=90))
    row = 1
    if name != "empty":
        fill_database(database, NOW, POSTS)
    if name == "unusual":
        row = add_unusual_posts(database, NOW)[0]
    config = sample_config(folder / f"{name}.db")
    web = config.web.model_copy(update={"port": 0, "token": SecretStr(TOKEN)})
    config = config.model_copy(update={"web": web})
    server = WebServer(
        PageContext(
            config=config,
            database=database,
            clock=lambda: NOW,
            fetch=fetch_nothing,
            digest=digest,
            effective_rules=make_rule_resolver(config, database).effective_rules,
            health=Health(lambda: NOW),
        )
    )
    server.start()
    try:
        yield server.url.rstrip("/"), row
    finally:
        server.stop()
        database.close()


def fetch_nothing(url: str) -> FetchedPage:
    raise FetchError(SkipReason.SITE_DOWN, url, permanent=True)


def check(browser: Browser, url: str, row: int, to: Path) -> int:
    """Print a line for each page, width and colour scheme; return the number of faults."""
    faults = 0
    for width in WIDTHS:
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            page = context.new_page()
            page.goto(f"{url}/login")
            page.fill("#token", TOKEN)
            page.keyboard.press("Enter")
            page.wait_for_url(f"{url}/")
            for name, path in PAGES.items():
                began = time.monotonic()
                page.goto(url + path.format(row=row))
                seconds = time.monotonic() - began
                page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true })")
                overflow, found = overflowing(page), violations(page)
                page.screenshot(path=to / f"{name}-{width}-{scheme}.png", full_page=True)
                faults += len(overflow) + len(found)
                print(f"{to.name:8} {name:18} {width:5} {scheme:5} {seconds:6.2f} s  {overflow} {found}")
            context.close()
    return faults


def overflowing(page: Page) -> list[str]:
    """What is wider than the screen, or cut off inside its own box."""
    found: list[str] = page.evaluate(
        """() => {
          const root = document.documentElement;
          const name = (e) => `${e.tagName.toLowerCase()}.${e.className.baseVal ?? e.className}`;
          const wide = root.scrollWidth > root.clientWidth ? ["page"] : [];
          const hidden = (e) => e.matches(".skip, .skip *, .hidden, thead, thead *, .segments input");
          const cut = [...document.querySelectorAll("main *:not(svg *):not(svg)")].filter((e) => {
            const box = e.getBoundingClientRect();
            if (!box.width || hidden(e) || e.closest(".scroll, pre")) return false;
            const style = getComputedStyle(e);
            const clips = style.overflowX === "hidden" && e.scrollWidth > e.clientWidth + 1;
            return clips || box.right > root.clientWidth + 1 || box.left < -1;
          });
          return [...wide, ...new Set(cut.map(name))].slice(0, 5);
        }"""
    )
    return found


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python -m benchmarks.pages FOLDER")
    if not AXE.is_file():
        raise SystemExit("This needs axe: make axe")
    faults = 0
    with tempfile.TemporaryDirectory() as scratch, running_chromium() as browser:
        for name in ("ordinary", "unusual", "empty"):
            to = Path(sys.argv[1]) / name
            to.mkdir(parents=True, exist_ok=True)
            with served(Path(scratch), name) as (url, row):
                faults += check(browser, url, row, to)
    print(f"{faults} faults")


if __name__ == "__main__":
    main()
