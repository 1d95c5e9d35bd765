"""Draws the three pictures of the tutorial: `make pictures`. It runs the tutorial's own commands.

The daemon and the sandbox are real, so a run takes about half a minute and needs the ports 8536 and 8537.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from bot.sandbox.standalone import StandaloneSandbox
from tests.chromium import running_chromium

ROOT = Path(__file__).parents[1]
TUTORIAL = (ROOT / "docs/tutorial/first-bot.md").read_text(encoding="utf-8")
IMAGES = Path(__file__).with_name("images")
WIDTH, HEIGHT = 900, 700
"""Pixels."""
WAIT = 60_000
"""Milliseconds for a reply."""


def command(start: str) -> str:
    """The tutorial's command that begins with `start`."""
    lines = re.findall(r"^ {4}(.*)$", TUTORIAL, re.MULTILINE)
    found = next(line for line in lines if line.startswith(start))
    return str(found).replace(".venv/bin/precis", f"{shlex.quote(sys.executable)} -m bot")


def moderator_message() -> str:
    """What the tutorial lets the moderator send."""
    found = re.search(r"`(set !home [^`]+)`", TUTORIAL)
    assert found is not None
    return found[1]


@contextmanager
def daemon(folder: Path) -> Iterator[None]:
    """Run the daemon that the tutorial sets up in `folder`."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    for start in ("(umask", ".venv/bin/precis init"):
        subprocess.run(["bash", "-c", command(start)], cwd=folder, env=environ, check=True, timeout=100)  # noqa: S603, S607
    run = command(".venv/bin/precis run --sandbox")
    process = subprocess.Popen(["bash", "-c", f"exec {run}"], cwd=folder, env=environ)  # noqa: S603, S607
    try:
        yield
    finally:
        process.terminate()
        process.wait(40)


def save(page: Page, name: str) -> None:
    page.screenshot(path=IMAGES / f"{name}.png")


def draw_tutorial(browser: Browser) -> None:
    with StandaloneSandbox() as sandbox, tempfile.TemporaryDirectory() as scratch:
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light", reduced_motion="reduce"
        )
        page = context.new_page()
        page.goto(f"{sandbox.lemmy.url}/c/home")
        page.get_by_role("button", name="alice").click()
        save(page, "sandbox-community")
        with daemon(Path(scratch)):
            page.goto(f"{sandbox.lemmy.url}/post/1")
            page.get_by_text("The original article contains").wait_for(timeout=WAIT)
            save(page, "sandbox-reply")
            page.goto(f"{sandbox.lemmy.url}/messages")
            page.get_by_role("button", name="mona").click()
            page.get_by_label("Your private message").fill(moderator_message())
            page.get_by_role("button", name="Send the message").click()
            page.get_by_text("Changed in").wait_for(timeout=WAIT)
            save(page, "sandbox-moderator")
        context.close()


def main() -> None:
    with running_chromium() as browser:
        draw_tutorial(browser)


if __name__ == "__main__":
    main()
