"""A link into a page: redirects by hand, each hop checked as if it were the first."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpcore2

from bot.core.errors import FetchError
from bot.core.models import Page
from bot.core.skip_reasons import SkipReason
from bot.fetch import response_body
from bot.fetch.concurrency_limits import ConcurrencyLimits
from bot.fetch.deadline import Deadline, Monotonic, StopSignal
from bot.fetch.dns_lookup import DnsResolver, ResolveHost, resolve_with_system
from bot.fetch.fetch_settings import FetchSettings
from bot.fetch.http_client import HttpClient, HttpResponse
from bot.fetch.http_status import REDIRECTS, check_status
from bot.fetch.ip_addresses import AddressFilter
from bot.fetch.robots_txt import RobotsRules
from bot.fetch.target_url import Target, parse_link
from bot.operations.tls import system_tls_context

_ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
_ACCEPT_ROBOTS = "text/plain, */*;q=0.1"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Fetcher:
    """Fetches pages, from several threads at once; one is enough for a process."""

    def __init__(
        self,
        settings: FetchSettings = FetchSettings(),  # noqa: B008 (frozen)
        *,
        resolve: ResolveHost = resolve_with_system,
        backend: httpcore2.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        monotonic: Monotonic = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """`backend` makes the connections, to addresses that were checked; `tls` says who is trusted."""
        self._settings = settings
        self._monotonic = monotonic
        self._now = now
        self._stop = StopSignal()
        self._door = AddressFilter(settings.allow_local)
        self._client = HttpClient(
            settings.user_agent,
            self._door,
            DnsResolver(resolve, self._door, 2 * settings.max_at_once),
            backend or httpcore2.SyncBackend(),
            tls or system_tls_context(),
        )
        self._robots = RobotsRules(self._read_robots, settings.agent, monotonic)
        self._turns = ConcurrencyLimits(settings.max_at_once, settings.max_per_host, self._delay, monotonic)

    def fetch(self, url: str) -> Page:
        """The page that `url` leads to; raises FetchError, or FetchStopped after `stop`.

        Takes at most `settings.timeout` seconds, and at most half of that waiting for its turn.
        """
        deadline = Deadline(self._settings.timeout, self._monotonic, self._stop)
        target = parse_link(url, self._door)
        with self._turns.slot(deadline, self._settings.timeout / 2) as turn:
            for _ in range(self._settings.max_redirects + 1):
                turn.move_to(target.host_key)
                if self._settings.robots:
                    self._robots.check(target, deadline)
                found = self._visit(target, deadline)
                if isinstance(found, Page):
                    return replace(found, requested_url=url)
                target = found
        raise _lost()

    def stop(self) -> None:
        """Make running fetches end with FetchStopped at once, and later ones too."""
        self._stop.set()

    def close(self) -> None:
        """Nothing is kept between fetches, so this is `stop`."""
        self.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _visit(self, target: Target, deadline: Deadline) -> Page | Target:
        """The page, or where it redirects to."""
        with self._client.get(target, _ACCEPT_PAGE, deadline) as answer:
            if answer.status in REDIRECTS and answer.location:
                return target.redirect(answer.location, self._door)
            check_status(answer.status, answer.headers, self._now())
            return self._page(target, answer)

    def _page(self, target: Target, answer: HttpResponse) -> Page:
        content_type = response_body.clean_header(answer.headers.get("content-type", ""))
        response_body.check_type(content_type)
        content = self._content(answer)
        response_body.check_first_bytes(content, content_type)
        return Page(target.url, content, content_type or "text/html")

    def _content(self, answer: HttpResponse) -> bytes:
        coding = response_body.content_coding(answer.headers.get("content-encoding", ""))
        return response_body.decompress(
            answer.body(self._settings.max_response_bytes), coding, self._settings.max_page_bytes
        )

    def _read_robots(self, target: Target, deadline: Deadline) -> str:
        place = target.with_path("/robots.txt")
        for _ in range(self._settings.max_redirects + 1):
            elsewhere = place.host_key != target.host_key
            with (
                self._turns.extra_slot(place.host_key) if elsewhere else nullcontext(),
                self._client.get(place, _ACCEPT_ROBOTS, deadline) as answer,
            ):
                if answer.status not in REDIRECTS or not answer.location:
                    return self._robots_text(answer)
                place = place.redirect(answer.location, self._door)
        return ""

    def _robots_text(self, answer: HttpResponse) -> str:
        if 400 <= answer.status < 500 and answer.status != 429:
            return ""
        check_status(answer.status, answer.headers, self._now())
        return self._content(answer).decode("utf-8-sig", "replace")

    def _delay(self, server: str) -> float:
        return max(self._settings.host_delay, self._robots.crawl_delay(server))


def fetch(url: str, settings: FetchSettings = FetchSettings()) -> Page:  # noqa: B008 (frozen)
    """Fetch one page; raises FetchError."""
    with Fetcher(settings) as fetcher:
        return fetcher.fetch(url)


def _lost() -> FetchError:
    return FetchError(SkipReason.TOO_MANY_REDIRECTS, "The link was redirected too often.", permanent=True)
