"""Fetches a link as a page. Follows redirects itself and checks each one like the first link."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpcore2
from msgspec.structs import replace

from bot.core.errors import FetchError
from bot.core.lazy_patterns import lazy_pattern
from bot.core.models import Page
from bot.core.pdf_signature import is_pdf
from bot.core.skip_reasons import SkipReason
from bot.fetch.concurrency_limits import ConcurrencyLimits
from bot.fetch.content_coding import decompress, decompress_start
from bot.fetch.cookies import FetchCookies
from bot.fetch.deadline import Deadline, Monotonic, StopSignal
from bot.fetch.dns_lookup import DnsResolver, ResolveHost, resolve_with_system
from bot.fetch.fetch_settings import FetchSettings
from bot.fetch.http_client import HttpClient, HttpResponse
from bot.fetch.http_status import REDIRECTS, check_status
from bot.fetch.ip_addresses import AddressFilter
from bot.fetch.mime_sniffing import announces_pdf, check_first_bytes, check_type, clean_header, is_web_page
from bot.fetch.page_redirects import find_redirect
from bot.fetch.robots_rules import MAX_BYTES
from bot.fetch.robots_txt import RobotsRules, robots_text
from bot.fetch.shared_hosts import HostPauses, RobotsFiles
from bot.fetch.target_url import Target, parse_link
from bot.operations.tls import system_tls_context

_ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, {}text/plain;q=0.5, */*;q=0.1"
_ACCEPT_PDF = "application/pdf;q=0.5, "
_ACCEPT_ROBOTS = "text/plain, */*;q=0.1"
_HTML_END = lazy_pattern(rb"</(?:html|body)\s*>", re.IGNORECASE)
_PDF_END = lazy_pattern(rb"%%EOF")
MAX_HOST_PAUSE = 600.0
"""Seconds for which a host's Retry-After keeps other pages waiting, at most. Its own page waits longer."""
_END_SIZE = 4096
"""Bytes at the end of a page or file in which its end is searched for; scripts may follow an end tag."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Fetcher:
    """Fetches pages. Thread-safe; one is enough for a process."""

    def __init__(
        self,
        settings: FetchSettings = FetchSettings(),  # noqa: B008 (frozen)
        *,
        resolve: ResolveHost = resolve_with_system,
        backend: httpcore2.NetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
        monotonic: Monotonic = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
        host_pauses: HostPauses | None = None,
        robots_files: RobotsFiles | None = None,
    ) -> None:
        """`backend` connects to the checked addresses; `tls` has the trusted certificates.

        Several processes may share `host_pauses` and `robots_files`.
        """
        self._settings = settings
        self._monotonic = monotonic
        self._now = now
        self._stop_signal = StopSignal()
        self._address_filter = AddressFilter(settings.allow_local)
        self._client = HttpClient(
            settings.user_agent,
            self._address_filter,
            DnsResolver(resolve, self._address_filter, 2 * settings.max_at_once),
            backend or httpcore2.SyncBackend(),
            tls or system_tls_context(),
            settings.proxy,
        )
        self._robots = RobotsRules(self._read_robots, settings.robots_agent, monotonic, robots_files)
        self._accept = _ACCEPT_PAGE.format(_ACCEPT_PDF if settings.pdf else "")
        self._limits = ConcurrencyLimits(
            settings.max_at_once, settings.max_per_host, self._host_delay, monotonic, host_pauses
        )

    def fetch(self, url: str) -> Page:
        """The page at `url`. Raises FetchError, or FetchStopped after `stop`.

        Takes at most `settings.timeout` seconds, of which each wait for a slot may take half.
        """
        deadline = Deadline(self._settings.timeout, self._monotonic, self._stop_signal)
        cookies = FetchCookies()
        target = parse_link(url, self._address_filter)
        with self._limits.slot(deadline, self._settings.timeout / 2) as slot:
            for _ in range(self._settings.max_redirects + 1):
                slot.move_to(target.host_key)
                if self._settings.robots:
                    self._robots.check(target, deadline)
                result = self._fetch_once(target, cookies, deadline)
                if isinstance(result, Page):
                    return replace(result, requested_url=url)
                target = result
        raise _too_many_redirects()

    def stop(self) -> None:
        """End all running fetches at once with FetchStopped; later fetches fail in the same way."""
        self._stop_signal.set()

    def close(self) -> None:
        """The same as `stop`: nothing is kept open between fetches."""
        self.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _fetch_once(self, target: Target, cookies: FetchCookies, deadline: Deadline) -> Page | Target:
        """The page, or the target of its redirect."""
        sent = cookies.header(target.url)
        with self._client.get(target, self._accept, deadline, sent) as response:
            new_cookies = cookies.store(target.url, response.headers)
            if response.status in REDIRECTS and response.location:
                return target.redirect(response.location, self._address_filter)
            self._check_status(target, response)
            page = self._to_page(target, response)
            following = self._sent_on_to(target, page, response)
        # A page that refreshes itself is an article that is updated, unless it waits for its cookie.
        return following if following and (following != target or new_cookies) else page

    def _check_status(self, target: Target, response: HttpResponse) -> None:
        """Raises FetchError for every response that is not the page. Other pages of the host wait too."""
        try:
            check_status(response.status, response.headers, self._now())
        except FetchError as error:
            if error.retry_after:
                pause = min(error.retry_after.total_seconds(), MAX_HOST_PAUSE)
                self._limits.pause(target.host_key, pause)
            raise

    def _to_page(self, target: Target, response: HttpResponse) -> Page:
        content_type = clean_header(response.headers.get("content-type", ""))
        path = urlsplit(target.url).path
        check_type(content_type, path, pdf=self._settings.pdf)
        content = self._decoded_body(response, pdf=announces_pdf(content_type, path))
        check_first_bytes(content, content_type, path, pdf=self._settings.pdf)
        return Page(target.url, content, content_type or "text/html")

    def _sent_on_to(self, target: Target, page: Page, response: HttpResponse) -> Target | None:
        """Where the page sends its readers on to. Raises FetchError if that is not known or not allowed."""
        if not is_web_page(page.content_type) or is_pdf(page.content):
            return None
        redirect = find_redirect(page.content, response.headers.get("refresh", ""))
        if redirect is None:
            return None
        if redirect.location is None:
            detail = "Only a script on the page knows where it leads on to."
            raise FetchError(SkipReason.ONLY_REDIRECT, detail, permanent=True)
        return target.redirect(redirect.location, self._address_filter)

    def _decoded_body(self, response: HttpResponse, *, pdf: bool) -> bytes:
        settings = self._settings
        most_sent = settings.max_pdf_bytes if pdf else settings.max_response_bytes
        most = settings.max_pdf_bytes if pdf else settings.max_page_bytes
        sent, complete = response.body(most_sent)
        content, complete = decompress(sent, _content_encoding(response), most, complete=complete)
        # Some servers announce more than they send, or leave out the last chunk. If the page has its end,
        # nothing is missing.
        end = _PDF_END if is_pdf(content) else _HTML_END
        if not complete and not end.search(content, max(0, len(content) - _END_SIZE)):
            raise FetchError(SkipReason.SITE_DOWN, "The page was cut off.", permanent=False)
        return content

    def _read_robots(self, target: Target, deadline: Deadline) -> str:
        current = target.with_path("/robots.txt")
        for _ in range(self._settings.max_redirects + 1):
            other_host = current.host_key != target.host_key
            with (
                self._limits.extra_slot(current.host_key) if other_host else nullcontext(),
                self._client.get(current, _ACCEPT_ROBOTS, deadline) as response,
            ):
                if response.status not in REDIRECTS or not response.location:
                    return self._robots_text(response)
                current = current.redirect(response.location, self._address_filter)
        return ""

    def _robots_text(self, response: HttpResponse) -> str:
        if 400 <= response.status < 500 and response.status != 429:
            return ""
        check_status(response.status, response.headers, self._now())
        start = response.body_start(MAX_BYTES)
        return robots_text(decompress_start(start, _content_encoding(response), MAX_BYTES))

    def _host_delay(self, host_key: str) -> float:
        return max(self._settings.host_delay, self._robots.crawl_delay(host_key))


def fetch(url: str, settings: FetchSettings = FetchSettings()) -> Page:  # noqa: B008 (frozen)
    """Fetch one page; raises FetchError."""
    with Fetcher(settings) as fetcher:
        return fetcher.fetch(url)


def _content_encoding(response: HttpResponse) -> str:
    return response.headers.get("content-encoding", "")


def _too_many_redirects() -> FetchError:
    return FetchError(SkipReason.TOO_MANY_REDIRECTS, "The link was redirected too often.", permanent=True)
