"""The page of several posts is fetched once, from the sandbox's news site over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.core.errors import FetchError
from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.fetch import Fetcher, FetchSettings, user_agent
from bot.pipeline.single_flight import SingleFlight, SingleFlightCache
from bot.sandbox.news import NewsSite

NO_ARTICLE = NotArticle(SkipReason.GALLERY)


def unread(page: Page, length: LengthLimits, method: str, *, with_key_words: bool) -> Digest | NotArticle:
    return NO_ARTICLE


def test_posts_of_one_article_in_eight_communities_cause_one_request() -> None:
    with NewsSite() as site:
        local = site.url.removeprefix("http://")
        fetcher = Fetcher(
            FetchSettings(user_agent=user_agent("me@example.org"), allow_local=frozenset({local}))
        )
        reading = SingleFlight(fetcher.fetch, unread)
        links = [f"{site.url}/harbour/bridge{end}" for end in ("", "?utm_source=x", "#comments", "?fbclid=y")]
        with ThreadPoolExecutor(8) as threads:
            pages = list(threads.map(reading.fetch, links * 2))
        fetcher.close()
    assert site.request_counts["/harbour/bridge"] == 1
    assert len({page.content for page in pages}) == 1


def test_a_gift_link_is_fetched_apart_from_the_link_without_it() -> None:
    """Otherwise the reader of the gift would be told of the paywall that the other link showed."""
    fetched: list[str] = []
    reading = SingleFlight(lambda url: fetched.append(url) or Page(url, b"<p>"), unread)
    for link in (
        "https://paper.example/1",
        "https://paper.example/1?gift=x",
        "http://paper.example/1?gift=x",
    ):
        reading.fetch(link)
    assert fetched == ["https://paper.example/1", "https://paper.example/1?gift=x"]


def test_a_page_is_digested_once_for_each_length_and_method() -> None:
    asked: list[tuple[LengthLimits, str]] = []

    def digest(page: Page, length: LengthLimits, method: str, *, with_key_words: bool) -> Digest | NotArticle:
        asked.append((length, method))
        return NO_ARTICLE

    reading = SingleFlight(lambda url: Page(url, b"<p>"), digest)
    page = reading.fetch("https://paper.example/1")
    for length, method in (
        (LengthLimits(3), "lsa"),
        (LengthLimits(3), "lsa"),
        (LengthLimits(5), "lsa"),
        (LengthLimits(3), "luhn"),
    ):
        assert reading.digest(page, length, method, with_key_words=False) is NO_ARTICLE
    assert asked == [(LengthLimits(3), "lsa"), (LengthLimits(5), "lsa"), (LengthLimits(3), "luhn")]


def test_a_digest_without_key_words_is_not_used_where_they_are_shown() -> None:
    asked: list[bool] = []

    def digest(page: Page, length: LengthLimits, method: str, *, with_key_words: bool) -> Digest | NotArticle:
        asked.append(with_key_words)
        return NO_ARTICLE

    reading = SingleFlight(lambda url: Page(url, b"<p>"), digest)
    page = reading.fetch("https://paper.example/1")
    for with_key_words in (False, True, False):
        reading.digest(page, LengthLimits(3), "lsa", with_key_words=with_key_words)
    assert asked == [False, True]


def test_all_waiting_callers_get_the_error_and_the_next_call_tries_again() -> None:
    looks: list[int] = []
    all_wait = threading.Event()

    def clock() -> float:
        """Called twice by the caller that makes the value and once by each waiting caller, under the lock."""
        looks.append(1)
        if len(looks) == 5:
            all_wait.set()
        return 0.0

    once: SingleFlightCache[str] = SingleFlightCache(10, clock=clock)
    begun, tries = threading.Event(), []

    def fail() -> str:
        tries.append(1)
        begun.set()
        all_wait.wait(5)
        raise FetchError(SkipReason.SITE_DOWN, "503", permanent=False)

    def ask(make: Callable[[], str]) -> str:
        with pytest.raises(FetchError) as caught:
            once.get("k", make)
        return caught.value.detail

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(ask, fail)
        begun.wait(5)
        others = [threads.submit(ask, lambda: "a second try") for _ in range(3)]
        answers = {each.result(5) for each in (first, *others)}
    assert answers == {"503"}
    assert once.get("k", lambda: "page") == "page"
    assert tries == [1]


def test_the_cache_is_limited_in_weight_and_time() -> None:
    now = [0.0]
    made: list[str] = []
    once: SingleFlightCache[str] = SingleFlightCache(10, len, timedelta(seconds=60), lambda: now[0])

    def ask(key: str, size: int = 4) -> None:
        once.get(key, lambda: made.append(key) or "x" * size)  # type: ignore[func-returns-value]

    for key in ("a", "b", "b", "c", "b", "c", "a"):  # three of four are more than ten
        ask(key)
    assert made == ["a", "b", "c", "a"]
    now[0] = 61.0
    ask("a")
    assert made[-1] == "a"
    assert len(made) == 5
    ask("huge", 11)
    ask("huge", 11)
    assert made[-2:] == ["huge", "huge"]
