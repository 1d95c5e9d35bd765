"""Draws the pictures of the README and the docs: `make pictures`.

A page of the sandbox's news site goes through the real stages. The reply is drawn as a reader sees it.
Debian's Chromium takes screenshots of the status pages, with a database of 90 generated days.
"""

from __future__ import annotations

import io
import re
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser
from rich.console import Console, Group
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

from bot.core.models import Dialect, Digest, Page, Reply
from bot.core.project import PROJECT_URL
from bot.operations.health import Health
from bot.pipeline.rule_resolver import make_rule_resolver
from bot.render import render
from bot.rules import CommunityRules
from bot.sandbox.news.page_builder import build_page
from bot.sandbox.sample_history import fill_database, sample_config
from bot.store import Database
from bot.web.context import PageContext
from bot.web.server_thread import WebServer
from bot.workers.digest import digest
from tests.chromium import running_chromium

URL = "https://courier.example/harbour/bridge"
IMAGES = Path(__file__).with_name("images")
STATIC = Path(__file__).parents[1] / "bot/web/static"
ICON_SIZE = 32
"""Pixels."""
NOW = datetime(2026, 3, 1, 17, 20, tzinfo=UTC)
SCREENSHOTS = (
    ("status", "/", 1200, 1500, "light"),
    ("status-dark", "/", 1200, 1500, "dark"),
    ("status-phone", "/", 390, 1300, "dark"),
    ("preview", "/preview", 1200, 1500, "light"),
    ("preview-dark", "/preview", 1200, 1500, "dark"),
    ("preview-phone", "/preview", 390, 1300, "light"),
)
"""Name, page, width and height in pixels, colour scheme."""


def example_reply() -> Reply:
    rules = CommunityRules()
    found = digest(Page(URL, build_page("bridge", URL)), rules.length, rules.method)
    assert isinstance(found, Digest)
    reply = render(found.summary, rules, Dialect.LEMMY, PROJECT_URL, "en")
    assert isinstance(reply, Reply)
    return reply


def draw(reply: Reply, to: Path) -> None:
    console = Console(record=True, width=92, file=io.StringIO())
    post = Text.assemble(("Harbour bridge to reopen in June after three-year repair\n", "bold"), (URL, "dim"))
    comment = Panel(Markdown(reply.markdown), title="precis · bot · just now", title_align="left")
    console.print(Group(post, comment))
    svg = console.export_svg(title="A post on Lemmy, and the reply of Precis")
    to.write_text(re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL))  # load no fonts from other sites


def no_fetch(url: str) -> Page:
    raise NotImplementedError(url)


@contextmanager
def serve_pages(folder: Path) -> Iterator[str]:
    """Serve the pages. Yields their address."""
    database = Database(folder / "precis.db", NOW - timedelta(days=90))
    fill_database(database, NOW, 3000)
    config = sample_config(folder / "precis.db")
    config = config.model_copy(update={"web": config.web.model_copy(update={"port": 0})})
    server = WebServer(
        PageContext(
            config=config,
            database=database,
            clock=lambda: NOW,
            fetch=no_fetch,
            digest=digest,
            effective_rules=make_rule_resolver(config, database).effective_rules,
            health=Health(lambda: NOW),
        )
    )
    server.start()
    try:
        yield server.url.rstrip("/")
    finally:
        server.stop()
        database.close()


def take_screenshots(browser: Browser, url: str, saved: Path) -> None:
    for name, path, width, height, scheme in SCREENSHOTS:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(f"{url}{path}")
        if path == "/preview":
            page.set_input_files("#file", saved)
            page.wait_for_selector("#result:not([aria-busy]) mark")
        page.screenshot(path=IMAGES / f"{name}.png")
        context.close()


def draw_favicon(browser: Browser) -> None:
    """The icon of the pages as a file of the format that browsers ask for themselves: a PNG in an ICO."""
    page = browser.new_page(viewport={"width": ICON_SIZE, "height": ICON_SIZE})
    page.set_content(f"<style>body {{ margin: 0 }}</style>{(STATIC / 'icon.svg').read_text()}")
    png = page.screenshot(omit_background=True)
    header = struct.pack("<HHH", 0, 1, 1)
    entry = struct.pack("<BBBBHHII", ICON_SIZE, ICON_SIZE, 0, 0, 1, 32, len(png), len(header) + 16)
    (STATIC / "favicon.ico").write_bytes(header + entry + png)
    page.close()


def main() -> None:
    draw(example_reply(), IMAGES / "reply.svg")
    with tempfile.TemporaryDirectory() as scratch, running_chromium() as browser:
        saved = Path(scratch) / "bridge.html"
        saved.write_bytes(build_page("bridge", URL))
        draw_favicon(browser)
        with serve_pages(Path(scratch)) as url:
            take_screenshots(browser, url, saved)


if __name__ == "__main__":
    main()
