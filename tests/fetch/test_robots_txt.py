from __future__ import annotations

import time

import pytest

from bot.core.errors import FetchError, FetchOffline, FetchStopped, StoreError
from bot.core.skip_reasons import SkipReason
from bot.fetch.deadline import Deadline, StopSignal
from bot.fetch.ip_addresses import AddressFilter
from bot.fetch.robots_txt import (
    ABSENT_AFTER_SECONDS,
    CACHE_SECONDS,
    MAX_CACHED_SIZE,
    MAX_CRAWL_DELAY,
    RETRY_SECONDS,
    RobotsRules,
)
from bot.fetch.target_url import Target, parse_link

DOWN = FetchError(SkipReason.SITE_DOWN, "The site is down.", permanent=False)


class Site:
    """A site with a robots.txt that can change, and a clock that only the test moves."""

    def __init__(
        self, *, text: str = "", error: FetchError | None = None, files: Files | None = None
    ) -> None:
        self.text = text
        self.error = error
        self.reads = 0
        self.now = 0.0
        self.robots = RobotsRules(self.read, "Precis", lambda: self.now, files)

    def read(self, target: Target, deadline: Deadline) -> str:
        self.reads += 1
        if self.error:
            raise self.error
        return self.text

    def check(self, link: str = "http://site.example/article") -> None:
        deadline = Deadline(20, lambda: self.now, StopSignal())
        self.robots.check(parse_link(link, AddressFilter()), deadline)

    def refusal(self, link: str = "http://site.example/article") -> FetchError:
        with pytest.raises(FetchError) as caught:
            self.check(link)
        return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "User-agent: *\nDisallow: /private/",
        "User-agent: *\nDisallow: /\n\nUser-agent: precis\nAllow: /",
        "User-agent: OtherBot\nDisallow: /",
        "<html>No such page</html>",
        "User-agent: *\nDisallow: /\nAllow: /article",
    ],
)
def test_allowed_pages(text: str) -> None:
    Site(text=text).check()


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /",
        "User-agent: OtherBot\nUser-agent: Precis\nDisallow: /article",
        "User-agent: PRECIS\nDisallow: /art*le$",
        "User-agent: *\nDisallow:\n\nUser-agent: Precis # that one\nDisallow: /",
    ],
)
def test_disallowed_pages(text: str) -> None:
    error = Site(text=text).refusal()
    assert error.reason is SkipReason.ROBOTS
    assert error.permanent


def test_rules_are_cached_for_each_origin() -> None:
    site = Site(text="User-agent: *\nDisallow: /private")
    site.check()
    site.now = CACHE_SECONDS - 1
    site.check("http://site.example/other")
    assert site.reads == 1
    site.check("https://site.example/other")
    assert site.reads == 2
    site.now = CACHE_SECONDS + 1
    site.check()
    assert site.reads == 3


class Files:
    """Files that processes share."""

    def __init__(self) -> None:
        self.texts: dict[str, tuple[str, float]] = {}
        self.error: StoreError | None = None

    def find(self, origin: str) -> tuple[str, float] | None:
        if self.error:
            raise self.error
        return self.texts.get(origin)

    def save(self, origin: str, text: str, seconds: float) -> None:
        if self.error:
            raise self.error
        self.texts[origin] = text, seconds


def test_a_file_that_another_process_has_read_is_not_read_again() -> None:
    files = Files()
    one, other = Site(text="User-agent: *\nDisallow: /private", files=files), Site(files=files)
    one.check()
    assert files.texts == {"http://site.example": (one.text, CACHE_SECONDS)}
    other.check()
    assert other.refusal("http://site.example/private").reason is SkipReason.ROBOTS
    assert (one.reads, other.reads) == (1, 0)
    files.texts.clear()
    other.now = CACHE_SECONDS + 1
    other.check("http://site.example/private")
    assert other.reads == 1


def test_a_shared_file_is_never_used_longer_than_an_own_one() -> None:
    files = Files()
    files.texts["http://site.example"] = "User-agent: *\nDisallow: /", 1e9
    site = Site(files=files)
    site.refusal()
    files.texts.clear()
    site.now = CACHE_SECONDS + 1
    site.check()


def test_an_unreachable_file_is_not_shared_and_without_the_database_each_process_reads_it() -> None:
    files = Files()
    Site(error=DOWN, files=files).refusal()
    assert not files.texts
    files.error = StoreError("The server is gone.")
    Site(files=files).check()


def test_an_unreachable_file_blocks_temporarily_and_is_cached() -> None:
    site = Site(error=DOWN)
    first = site.refusal()
    assert first.__cause__ is DOWN
    second = site.refusal()
    assert site.reads == 1
    for error in (first, second):
        assert error.reason is SkipReason.SITE_DOWN
        assert not error.permanent
        assert error.retry_after is not None
        assert error.retry_after.total_seconds() == RETRY_SECONDS
        assert "The site is down." in error.detail
    site.error = None
    site.now = RETRY_SECONDS + 1
    site.check()


def test_cached_rules_apply_during_an_outage() -> None:
    site = Site(text="User-agent: *\nDisallow: /private")
    site.check()
    site.error = DOWN
    site.now = CACHE_SECONDS + 1
    site.check()
    assert site.refusal("http://site.example/private").reason is SkipReason.ROBOTS
    assert site.reads == 2


def test_a_file_that_is_unreachable_for_a_day_is_treated_as_absent() -> None:
    site = Site(error=DOWN)
    site.refusal()
    site.now = ABSENT_AFTER_SECONDS - 1
    site.refusal()
    site.now = ABSENT_AFTER_SECONDS + RETRY_SECONDS
    site.check()


def test_an_invalid_file_can_be_retried() -> None:
    site = Site(error=FetchError(SkipReason.NOT_HTML, "Invalid compression.", permanent=True))
    error = site.refusal()
    assert error.reason is SkipReason.SITE_DOWN
    assert not error.permanent


@pytest.mark.parametrize(
    "error",
    [FetchStopped(), FetchOffline(), FetchError(SkipReason.FORBIDDEN_ADDRESS, "Local.", permanent=True)],
)
def test_errors_that_do_not_concern_the_file_are_passed_on(error: FetchError) -> None:
    site = Site(error=error)
    assert site.refusal() is error
    site.error = None
    site.check()


@pytest.mark.parametrize(
    ("wish", "delay"),
    [("2", 2.0), ("0.5", 0.5), ("9999", MAX_CRAWL_DELAY), ("-3", 0.0), ("inf", 0.0), ("x", 0.0)],
)
def test_crawl_delay_is_obeyed_up_to_a_maximum(wish: str, delay: float) -> None:
    site = Site(text=f"User-agent: *\nCrawl-delay: {wish}")
    site.check()
    assert site.robots.crawl_delay("site.example") == delay
    assert site.robots.crawl_delay("other.example") == 0.0


def test_the_size_of_the_cache_is_limited() -> None:
    site = Site(text="User-agent: *\n" + "".join(f"Disallow: /private/{n}\n" for n in range(2_000)))
    for number in range(20):
        site.check(f"http://site{number}.example/")
    assert sum(entry.size for entry in site.robots._entries.values()) <= MAX_CACHED_SIZE
    site.check("http://site19.example/")
    assert site.reads == 20, "the newest are kept"


@pytest.mark.parametrize(
    "agent", ["User-agent: bot{}", "useragent bot{}", "user\tagent bot{}", "User agent: bot{}"]
)
def test_ten_thousand_bots_with_ten_thousand_rules_are_parsed_in_seconds(agent: str) -> None:
    bots = "\n".join(agent.format(number) for number in range(10_000))
    rules = "\n".join(f"Disallow: /{number}" for number in range(10_000))
    site = Site(text=f"{bots}\n{rules}\n\nUser-agent: precis\nDisallow: /article")
    start = time.monotonic()
    assert site.refusal().reason is SkipReason.ROBOTS
    assert time.monotonic() - start < 3
