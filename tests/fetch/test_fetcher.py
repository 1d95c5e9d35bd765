from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest
from msgspec.structs import replace

import bot.fetch
from bot.core.errors import FetchBusy
from bot.core.models import Page
from bot.core.skip_reasons import SkipReason
from bot.fetch import Fetcher, FetchSettings, user_agent
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, Request, Response
from tests.fetch.fetching import fetch_error, fetcher_for

HTML = {"Content-Type": "text/html; charset=iso-8859-1"}
PAGE = Response(200, b"<html>caf\xe9", HTML)


@dataclass
class Site:
    """A site on loopback with a table from path to answer, and a list of the requests."""

    answers: dict[str, Response | Disconnect] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = LoopbackServer(self.respond)

    def respond(self, request: Request) -> Response | Disconnect:
        self.requests.append(request)
        return self.answers.get(request.path, Response(404))

    def url(self, path: str = "/") -> str:
        return self.server.url + path

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    with site.server:
        yield site


@pytest.fixture
def fetch(site: Site) -> Callable[[str], Page]:
    fetcher = fetcher_for(site.server.netloc)
    return lambda path: fetcher.fetch(site.url(path))


def to(location: str, status: int = 302) -> Response:
    return Response(status, b"", {"Location": location})


def test_a_page_has_the_content_that_the_site_sent(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers["/a"] = PAGE
    assert fetch("/a#part") == Page(
        site.url("/a"), b"<html>caf\xe9", HTML["Content-Type"], site.url("/a#part")
    )


def test_a_compressed_page_is_decompressed(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers["/"] = Response(200, gzip.compress(b"<html>"), {**HTML, "Content-Encoding": "gzip"})
    assert fetch("/").content == b"<html>"


@pytest.mark.parametrize(("coding", "body"), [("br", brotli.compress(b"<html>")), ("identity", b"<html>")])
def test_other_codings_of_a_page(site: Site, fetch: Callable[[str], Page], coding: str, body: bytes) -> None:
    site.answers["/"] = Response(200, body, {**HTML, "Content-Encoding": coding})
    assert fetch("/").content == b"<html>"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Encoding": "windows-1250"},
        {"Content-Encoding": "gzip"},
        {"Content-Encoding": "br"},
        {"Content-Type": ""},
        {"Content-Type": "text"},
        {"Content-Encoding": "zstd", "Content-Type": "charset=utf-16"},
    ],
)
def test_rules_are_read_despite_careless_headers(site: Site, headers: dict[str, str]) -> None:
    text = b"User-agent: *\nDisallow: /closed\n"
    site.answers |= {"/robots.txt": Response(200, text, headers), "/": PAGE, "/closed": PAGE}
    fetcher = fetcher_for(site.server.netloc, settings={"robots": True})
    assert fetcher.fetch(site.url()).content
    assert fetch_error(fetcher.fetch, site.url("/closed")).reason is SkipReason.ROBOTS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_rules_are_read_in_other_encodings(site: Site, encoding: str) -> None:
    text = "User-agent: *\nDisallow: /closed # Fähren\n".encode(encoding)
    site.answers |= {"/robots.txt": Response(200, text), "/closed": PAGE}
    fetcher = fetcher_for(site.server.netloc, settings={"robots": True})
    assert fetch_error(fetcher.fetch, site.url("/closed")).reason is SkipReason.ROBOTS


def test_a_page_without_a_type_counts_as_html(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers["/"] = Response(200, b"<!doctype html>")
    assert fetch("/").content_type == "text/html"


def test_requests_have_only_the_expected_headers(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    site.answers["/"] = Response(302, b"", {"Location": "/b", "Set-Cookie": "id=1; Path=/elsewhere"})
    site.answers["/b"] = PAGE
    agent = user_agent("https://site.example/bot; me@site.example")
    fetcher_for(site.server.netloc, settings={"user_agent": agent}).fetch(site.url())
    for request in site.requests:
        assert request.method == "GET"
        assert dict(request.headers) == {
            "Host": site.server.netloc,
            "User-Agent": "Precis/" + bot.__version__ + " (+https://site.example/bot; me@site.example)",
            "Accept": "text/html, application/xhtml+xml;q=0.9, application/pdf;q=0.5, "
            "text/plain;q=0.5, */*;q=0.1",
            "Accept-Encoding": "gzip, deflate, br, zstd",
            "Connection": "close",
        }
    assert site.paths == ["/", "/b"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(site: Site, fetch: Callable[[str], Page], status: int) -> None:
    site.answers |= {"/a": to("/b?c", status), "/b": PAGE}
    page = fetch("/a")
    assert (page.url, page.requested_url) == (site.url("/b?c"), site.url("/a"))


def test_five_redirects_are_followed_but_not_six(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers |= {f"/{n}": to(f"/{n + 1}") for n in range(6)} | {"/6": PAGE}
    assert fetch("/1").url == site.url("/6")
    assert fetch_error(fetch, "/0").reason is SkipReason.TOO_MANY_REDIRECTS


def sends_on(page: str) -> Response:
    return Response(200, page.encode(), HTML)


def refresh(location: str) -> Response:
    return sends_on(f"<html><meta http-equiv='refresh' content='0; url={location}'>")


def test_a_page_that_sends_on_is_followed_like_a_redirect(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers |= {
        "/a": refresh("b?c=1&amp;d"),
        "/b": Response(200, b"<html>", {**HTML, "Refresh": "0;/e"}),
        "/e": sends_on("<html><script>location.replace('\\/f')</script>"),
        "/f": PAGE,
    }
    page = fetch("/a")
    assert (page.url, page.requested_url) == (site.url("/f"), site.url("/a"))


def test_pages_that_send_on_count_as_redirects(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers |= {"/a": refresh("/b"), "/b": to("/a")}
    assert fetch_error(fetch, "/a").reason is SkipReason.TOO_MANY_REDIRECTS
    assert len(site.paths) == 6


def test_a_page_that_refreshes_itself_is_read(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers["/a"] = refresh("/a#top")
    assert fetch("/a").url == site.url("/a")


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.1:1/", SkipReason.NOT_WEB),
        ("//10.0.0.1/", SkipReason.FORBIDDEN_ADDRESS),
        ("ftp://paper.example/", SkipReason.NOT_WEB),
    ],
)
def test_where_a_page_sends_on_to_is_checked(
    site: Site, fetch: Callable[[str], Page], location: str, reason: SkipReason
) -> None:
    site.answers |= {
        "/a": refresh(location),
        "/b": sends_on(f"<html><script>location = '{location}'</script>"),
    }
    assert fetch_error(fetch, "/a").reason is reason
    assert fetch_error(fetch, "/b").reason is reason


def test_robots_txt_is_obeyed_where_a_page_sends_on_to(site: Site) -> None:
    site.answers |= {
        "/robots.txt": Response(200, b"User-agent: *\nDisallow: /b"),
        "/a": refresh("/b"),
        "/b": PAGE,
    }
    fetcher = fetcher_for(site.server.netloc, settings={"robots": True})
    assert fetch_error(fetcher.fetch, site.url("/a")).reason is SkipReason.ROBOTS


def test_a_page_whose_script_computes_the_address_has_a_reason(
    site: Site, fetch: Callable[[str], Page]
) -> None:
    site.answers["/a"] = sends_on("<html><script>location.href = atob('L2I=')</script>")
    error = fetch_error(fetch, "/a")
    assert (error.reason, error.permanent) == (SkipReason.ONLY_REDIRECT, True)


class CookieSite(Site):
    """Sends every request without its cookie in a circle, as many newspapers do."""

    in_circle: Response

    def respond(self, request: Request) -> Response | Disconnect:
        answer = super().respond(request)
        return answer if request.headers.get("Cookie") == "seen=1" else self.in_circle


@pytest.mark.parametrize(
    "in_circle",
    [
        Response(302, b"", {"Location": "/a", "Set-Cookie": "seen=1; Path=/; HttpOnly"}),
        Response(302, b"", {"Location": "/a", "Set-Cookie": "seen=1"}),
        Response(200, refresh("/a").body, {**HTML, "Set-Cookie": "seen=1; Max-Age=60; SameSite=Lax"}),
    ],
)
def test_a_cookie_ends_a_circle_of_redirects_and_is_forgotten(in_circle: Response) -> None:
    site = CookieSite({"/a": PAGE})
    site.in_circle = in_circle
    with site.server:
        fetcher = fetcher_for(site.server.netloc)
        for _ in range(2):
            assert fetcher.fetch(site.url("/a")).content == PAGE.body
    assert [request.headers.get("Cookie") for request in site.requests] == [None, "seen=1", None, "seen=1"]


def test_the_request_for_robots_txt_has_no_cookie(site: Site) -> None:
    with LoopbackServer(site.respond) as other:
        site.answers |= {
            "/a": Response(302, b"", {"Location": f"{other.url}/b", "Set-Cookie": "id=1"}),
            "/b": PAGE,
            "/robots.txt": Response(200, b"", {"Set-Cookie": "robots=1"}),
        }
        netlocs = (site.server.netloc, other.netloc)
        fetcher_for(*netlocs, settings={"robots": True}).fetch(site.url("/a"))
    found = [(request.path, request.headers.get("Cookie")) for request in site.requests]
    # Cookies do not tell ports apart (RFC 6265, 8.5), and both servers are on one host.
    assert found == [("/robots.txt", None), ("/a", None), ("/robots.txt", None), ("/b", "id=1")]


def test_a_redirect_loop_ends(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers["/"] = to("/")
    assert fetch_error(fetch, "/").reason is SkipReason.TOO_MANY_REDIRECTS
    assert len(site.paths) == 6


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.1:1/", SkipReason.NOT_WEB),
        ("http://10.0.0.1/", SkipReason.FORBIDDEN_ADDRESS),
        ("file:///etc/passwd", SkipReason.NOT_WEB),
        ("http://[", SkipReason.NOT_WEB),
        ("http://me:pw@site.example/", SkipReason.NOT_WEB),
    ],
)
def test_redirects_are_checked(
    site: Site, fetch: Callable[[str], Page], location: str, reason: SkipReason
) -> None:
    site.answers["/"] = to(location)
    assert fetch_error(fetch, "/").reason is reason


def test_a_redirect_without_location_is_an_error(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers["/"] = Response(302)
    assert fetch_error(fetch, "/").reason is SkipReason.SITE_DOWN


def test_loopback_is_reachable_only_at_the_allowed_pair() -> None:
    site = Site({"/": PAGE})
    with site.server, LoopbackServer(site.respond) as other:
        fetcher = fetcher_for(site.server.netloc, resolve=lambda host: ["127.0.0.1"])
        link = f"http://news.example:{site.server.port}/"
        assert fetcher.fetch(link).url == link
        assert fetch_error(fetcher.fetch, f"http://news.example:{other.port}/").reason is SkipReason.NOT_WEB
        assert fetch_error(fetcher.fetch, other.url).reason is not SkipReason.SITE_DOWN
        assert fetch_error(fetcher.fetch, "http://news.example/").reason is SkipReason.FORBIDDEN_ADDRESS
    assert [request.headers["Host"] for request in site.requests] == [f"news.example:{site.server.port}"]


def test_loopback_is_blocked_by_default(site: Site) -> None:
    site.answers["/"] = PAGE
    assert fetch_error(fetcher_for().fetch, site.url()).permanent
    assert site.requests == []


def test_a_closed_connection_can_be_retried(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers["/"] = Disconnect()
    error = fetch_error(fetch, "/")
    assert (error.reason, error.permanent) == (SkipReason.SITE_DOWN, False)
    assert error.__cause__ is not None


def test_a_closed_port_can_be_retried() -> None:
    with LoopbackServer(lambda request: PAGE) as gone:
        netloc = gone.netloc
    error = fetch_error(fetcher_for(netloc).fetch, f"http://{netloc}/")
    assert (error.reason, error.permanent) == (SkipReason.SITE_DOWN, False)
    assert error.__cause__ is not None


def test_an_unknown_name_can_be_retried() -> None:
    def resolve(host: str) -> list[str]:
        raise OSError("no such name")

    error = fetch_error(fetcher_for(resolve=resolve).fetch, "http://site.example/")
    assert (error.reason, error.permanent) == (SkipReason.SITE_DOWN, False)
    assert isinstance(error.__cause__, OSError)


def test_retry_after_is_passed_on(site: Site) -> None:
    site.answers["/"] = Response(503, b"", {"Retry-After": "Sun, 01 Mar 2026 12:05:00 GMT"})
    fetcher = fetcher_for(site.server.netloc, now=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert fetch_error(fetcher.fetch, site.url()).retry_after == timedelta(minutes=5)


def test_after_a_retry_after_other_pages_of_the_site_are_not_requested(site: Site) -> None:
    site.answers["/"] = Response(429, b"", {"Retry-After": "300"})
    fetcher = fetcher_for(site.server.netloc)
    fetch_error(fetcher.fetch, site.url())
    error = fetch_error(fetcher.fetch, site.url("/other"))
    assert isinstance(error, FetchBusy)
    assert error.retry_after is not None
    assert 290 < error.retry_after.total_seconds() <= 300
    assert len(site.requests) == 1


@pytest.mark.parametrize("kind", ["application/zip", "video/mp4", "application/octet-stream"])
def test_a_large_file_of_another_type_is_not_downloaded(
    site: Site, fetch: Callable[[str], Page], kind: str
) -> None:
    taken = []

    def pieces() -> Iterator[bytes]:
        for number in range(1000):
            taken.append(number)
            yield bytes(100_000)

    site.answers["/"] = Response(200, pieces(), {"Content-Type": kind})
    assert fetch_error(fetch, "/").reason is SkipReason.NOT_HTML
    assert len(taken) < 1000


PDF = Response(200, b"%PDF-1.7\n" + bytes(3_500_000) + b"\n%%EOF\n", {"Content-Type": "application/pdf"})


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/a", "application/pdf"),
        ("/a", "application/x-pdf; charset=binary"),
        ("/a.PDF", "application/octet-stream"),
        ("/a.pdf", "application/force-download"),
    ],
)
def test_a_pdf_file_may_be_larger_than_a_page(
    site: Site, fetch: Callable[[str], Page], path: str, kind: str
) -> None:
    site.answers[path] = replace(PDF, headers={"Content-Type": kind})
    page = fetch(path)
    assert page.content == PDF.body
    assert page.content_type == kind


def test_a_pdf_file_has_a_limit_of_its_own(site: Site) -> None:
    site.answers["/a"] = PDF
    fetcher = fetcher_for(site.server.netloc, settings={"max_pdf_bytes": 3_000_000})
    assert fetch_error(fetcher.fetch, site.url("/a")).reason is SkipReason.TOO_LARGE


def test_pdf_files_are_refused_if_the_settings_exclude_them(site: Site) -> None:
    site.answers |= {"/a": PDF, "/b": Response(200, b"%PDF-1.7 x", {"Content-Type": "text/html"})}
    fetcher = fetcher_for(site.server.netloc, settings={"pdf": False})
    for path in ("/a", "/b"):
        error = fetch_error(fetcher.fetch, site.url(path))
        assert error.reason is SkipReason.NOT_HTML
        assert error.detail == "The link leads to a PDF file, and the settings exclude them."
    assert "pdf" not in site.requests[-1].headers["Accept"]


def test_a_file_that_only_its_type_calls_a_pdf_is_refused(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers["/a"] = Response(200, b"<html>Please log in", {"Content-Type": "application/pdf"})
    assert fetch_error(fetch, "/a").reason is SkipReason.BROKEN


@pytest.mark.parametrize(("end", "complete"), [(b"%%EOF\n", True), (b"%%EO", False)])
def test_a_pdf_file_is_complete_if_it_has_its_end(
    site: Site, fetch: Callable[[str], Page], end: bytes, complete: bool
) -> None:
    body = b"%PDF-1.7\n" + bytes(9000) + end
    kind = {"Content-Type": "application/pdf", "Content-Length": "20000"}
    site.answers["/a"] = Response(200, iter([body]), kind)
    if complete:
        assert fetch("/a").content == body
    else:
        assert fetch_error(fetch, "/a").reason is SkipReason.SITE_DOWN


def test_plain_text_is_fetched_and_sends_nobody_on(site: Site, fetch: Callable[[str], Page]) -> None:
    text = b'How to redirect: <meta http-equiv=refresh content="0; url=/b"> does it.'
    site.answers["/a.txt"] = Response(200, text, {"Content-Type": "text/plain; charset=utf-8"})
    assert fetch("/a.txt").content == text
    assert site.paths == ["/a.txt"]


def test_a_binary_file_that_is_called_text_is_refused(site: Site, fetch: Callable[[str], Page]) -> None:
    site.answers["/a"] = Response(200, b"\x7fELF\x02\x00\x00", {"Content-Type": "text/plain"})
    assert fetch_error(fetch, "/a").reason is SkipReason.NOT_HTML


def test_robots_txt_is_obeyed_at_each_redirect(site: Site) -> None:
    site.answers |= {
        "/robots.txt": to("/rules"),
        "/rules": Response(200, gzip.compress(b"User-agent: *\nDisallow: /b"), {"Content-Encoding": "gzip"}),
        "/a": to("/b"),
        "/b": PAGE,
        "/c": PAGE,
    }
    fetcher = fetcher_for(site.server.netloc, settings={"robots": True})
    assert fetch_error(fetcher.fetch, site.url("/a")).reason is SkipReason.ROBOTS
    assert fetcher.fetch(site.url("/c")).content
    assert site.paths == ["/robots.txt", "/rules", "/a", "/c"]


@pytest.mark.parametrize("answer", [Response(404), Response(403), Response(401), to("/robots.txt")])
def test_a_missing_robots_txt_allows_everything(site: Site, answer: Response) -> None:
    site.answers |= {"/robots.txt": answer, "/": PAGE}
    assert fetcher_for(site.server.netloc, settings={"robots": True}).fetch(site.url()).content


@pytest.mark.parametrize("compressed", [False, True])
def test_the_first_500_kib_of_a_long_robots_txt_are_obeyed(site: Site, compressed: bool) -> None:
    text = b"User-agent: *\nDisallow: /closed\n" + b"# a line without a rule\n" * 200_000
    headers = {"Content-Encoding": "gzip"} if compressed else {}
    answer = Response(200, gzip.compress(text) if compressed else text, headers)
    site.answers |= {"/robots.txt": answer, "/": PAGE, "/closed": PAGE}
    fetcher = fetcher_for(site.server.netloc, settings={"robots": True})
    assert fetcher.fetch(site.url()).content
    assert fetch_error(fetcher.fetch, site.url("/closed")).reason is SkipReason.ROBOTS


def test_a_robots_txt_that_redirects_to_another_host_obeys_its_limits(site: Site) -> None:
    """Otherwise the robots.txt of many hosts could direct all fetches to one host at the same time."""
    with LoopbackServer(lambda request: to(site.url("/other"))) as strange:
        netlocs = (site.server.netloc, strange.netloc)
        fetcher = fetcher_for(*netlocs, settings={"robots": True, "max_per_host": 1})
        with fetcher._limits.extra_slot(site.server.netloc), pytest.raises(FetchBusy):
            fetcher.fetch(f"http://{strange.netloc}/page")
        assert site.paths == []
        fetch_error(fetcher.fetch, f"http://{strange.netloc}/page")
        assert site.paths[0] == "/other"


@pytest.mark.parametrize("answer", [Response(500), Response(429), Disconnect()])
def test_an_unreachable_robots_txt_blocks_the_site_temporarily(
    site: Site, answer: Response | Disconnect
) -> None:
    site.answers |= {"/robots.txt": answer, "/": PAGE}
    error = fetch_error(fetcher_for(site.server.netloc, settings={"robots": True}).fetch, site.url())
    assert not error.permanent
    assert error.retry_after
    assert site.paths == ["/robots.txt"]


def test_crawl_delay_delays_the_next_fetch(site: Site) -> None:
    site.answers |= {"/robots.txt": Response(200, b"User-agent: *\nCrawl-delay: 9"), "/": PAGE}
    fetcher = fetcher_for(site.server.netloc, settings={"robots": True, "timeout": 10.0})
    fetcher.fetch(site.url())
    error = fetch_error(fetcher.fetch, site.url())
    assert error.reason is SkipReason.TOO_SLOW
    assert error.retry_after is not None
    assert 8 < error.retry_after.total_seconds() <= 9


def test_ports_80_and_443_share_the_limits_of_a_host() -> None:
    fetcher = fetcher_for(settings={"host_delay": 100.0}, resolve=lambda host: ["127.0.0.1"])
    reasons = [
        fetch_error(fetcher.fetch, link).reason
        for link in (
            "http://a.example/",
            "http://a.example:443/",
            "https://a.example:80/",
            "http://b.example/",
        )
    ]
    closed, busy = SkipReason.FORBIDDEN_ADDRESS, SkipReason.TOO_SLOW
    assert reasons == [closed, busy, busy, closed]


def test_many_threads_share_a_fetcher(site: Site) -> None:
    site.answers |= {f"/{n}": Response(200, b"<html>%d" % n, HTML) for n in range(40)}
    fetcher = fetcher_for(site.server.netloc, settings={"max_at_once": 4})
    found: dict[int, bytes] = {}

    def fetch(number: int) -> None:
        found[number] = fetcher.fetch(site.url(f"/{number}")).content

    threads = [threading.Thread(target=fetch, args=(n,)) for n in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == {n: b"<html>%d" % n for n in range(40)}


def test_the_fetch_function(site: Site) -> None:
    site.answers["/"] = PAGE
    settings = FetchSettings(allow_local=frozenset({site.server.netloc}), robots=False)
    assert bot.fetch.fetch(site.url(), settings).content == b"<html>caf\xe9"


def test_the_user_agent_has_no_invalid_characters() -> None:
    assert user_agent() == f"Precis/{bot.__version__}"
    assert user_agent("me\r\nX: y (z) é") == f"Precis/{bot.__version__} (+meX: y z )"
    assert FetchSettings().robots_agent == "Precis"


def test_a_fetcher_is_closed_at_the_end_of_its_block(site: Site) -> None:
    site.answers["/"] = PAGE
    with Fetcher(FetchSettings(allow_local=frozenset({site.server.netloc}))) as fetcher:
        pass
    assert "stopping" in fetch_error(fetcher.fetch, site.url()).detail
