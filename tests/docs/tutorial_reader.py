"""Somebody who follows the tutorial on the pages of the sandbox: over HTTP, or in Chromium."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import httpx2
from playwright.sync_api import Page, expect

from tests.chromium import PROGRAM, running_chromium

TIMEOUT = 120.0
"""Seconds for a reply of the bot, also on a busy machine."""


class Reader(Protocol):
    def open(self, path: str) -> None: ...

    def act_as(self, name: str) -> None: ...

    def add_post(self, title: str, link: str) -> None:
        """Add it, and stay on its page."""

    def send_message(self, text: str) -> None:
        """Send it to the bot, and stay on the page with the messages."""

    def wait_for(self, words: str) -> None:
        """Wait until the page shows these words."""


class HttpReader:
    def __init__(self, http: httpx2.Client) -> None:
        self._http = http
        self._path = "/"

    def open(self, path: str) -> None:
        self._path = path

    def act_as(self, name: str) -> None:
        self._send("person", person=name, back=self._path)

    def add_post(self, title: str, link: str) -> None:
        self._send("post", community="home", title=title, url=link)

    def send_message(self, text: str) -> None:
        self._send("message", text=text)

    def wait_for(self, words: str) -> None:
        began = time.monotonic()
        while words not in (text := self._text()):
            assert time.monotonic() - began < TIMEOUT, text
            time.sleep(0.1)

    def _send(self, form: str, **fields: str) -> None:
        response = self._http.post(f"/pages/{form}", data=fields)
        assert response.status_code == 303, response.text
        self._path = response.headers["Location"]

    def _text(self) -> str:
        return re.sub(r"<[^>]*>", "", self._http.get(self._path).raise_for_status().text)


class BrowserReader:
    """Never reloads a page: the bot's replies must appear by themselves."""

    def __init__(self, page: Page, url: str) -> None:
        self._page = page
        self._url = url

    def open(self, path: str) -> None:
        self._page.goto(f"{self._url}{path}")

    def act_as(self, name: str) -> None:
        self._page.get_by_role("button", name=name).click()

    def add_post(self, title: str, link: str) -> None:
        self._page.get_by_role("link", name="Posts", exact=True).click()
        self._page.get_by_label("Title").fill(title)
        self._page.get_by_label("Link").fill(link)
        self._page.get_by_role("button", name="Add the post").click()
        expect(self._page.get_by_role("heading", level=1)).to_have_text(title)

    def send_message(self, text: str) -> None:
        self._page.get_by_role("link", name="Messages", exact=True).click()
        self._page.get_by_label("Your private message").fill(text)
        self._page.get_by_role("button", name="Send the message").click()

    def wait_for(self, words: str) -> None:
        expect(self._page.get_by_role("main")).to_contain_text(words, timeout=TIMEOUT * 1000)


@contextmanager
def _http_reader(url: str) -> Iterator[Reader]:
    with httpx2.Client(base_url=url, trust_env=False, headers={"Origin": url}) as http:
        yield HttpReader(http)


@contextmanager
def _browser_reader(url: str) -> Iterator[Reader]:
    with running_chromium() as browser:
        yield BrowserReader(browser.new_page(), url)


def open_reader(url: str) -> AbstractContextManager[Reader]:
    """A reader with Chromium, or without it where it is not installed."""
    return _browser_reader(url) if PROGRAM else _http_reader(url)
