"""The news site over real HTTP: each link leads to the kind of page that its story names."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx2
import pytest
from lxml import html

from bot.core.skip_reasons import SkipReason
from bot.operations.tls import system_tls_context
from bot.sandbox.news import NewsSite, Story

STORIES = {story.path: story for story in NewsSite.stories}
FRAME_CLASSES = (
    "cookie-banner",
    "main-nav",
    "share-bar",
    "byline",
    "newsletter-box",
    "related",
    "site-footer",
)
REPLIES = [story for story in NewsSite.stories if story.expected is None]


@pytest.fixture
def site() -> Iterator[NewsSite]:
    with NewsSite() as running:
        yield running


@pytest.fixture
def client(site: NewsSite) -> Iterator[httpx2.Client]:
    with httpx2.Client(
        base_url=site.url, trust_env=False, verify=system_tls_context(), follow_redirects=True, timeout=10
    ) as ready:
        yield ready


def final(client: httpx2.Client, path: str) -> httpx2.Response:
    """The response; the request is repeated once if the site answers 503."""
    response = client.get(path)
    return client.get(path) if response.status_code == 503 else response


def body_words(page: bytes) -> int:
    body = html.fromstring(page).find_class("story-body")[0]
    return len(body.text_content().split())


def test_the_site_has_enough_links_and_languages_for_the_demo() -> None:
    assert len(STORIES) == len(NewsSite.stories) >= 14
    assert len(REPLIES) >= 10
    assert {story.language for story in REPLIES} == {"en", "de", "es", "fr"}


@pytest.mark.parametrize("story", REPLIES, ids=lambda story: story.path)
def test_articles_have_a_body_and_the_elements_of_a_real_page(client: httpx2.Client, story: Story) -> None:
    response = final(client, story.path)
    assert response.status_code == 200
    assert body_words(response.content) >= 270
    page = html.fromstring(response.content)
    assert page.get("lang") == story.language
    assert page.xpath("string(//link[@rel='canonical']/@href)") == str(response.url)
    for css in FRAME_CLASSES:
        assert page.find_class(css), css
    assert page.xpath("//meta[@property='og:title']")
    assert page.xpath("//script[@type='application/ld+json']")


def test_the_long_article_is_long_and_the_short_one_is_short(client: httpx2.Client) -> None:
    assert body_words(client.get("/long/salt-road").content) >= 1500
    assert body_words(client.get("/news/pool").content) < 100


@pytest.mark.parametrize(
    ("reason", "status", "kind", "mark"),
    [
        (SkipReason.HOME_PAGE, 200, "text/html", "WebSite"),
        (SkipReason.GALLERY, 200, "text/html", "ImageGallery"),
        (SkipReason.WALL, 200, "text/html", '"isAccessibleForFree": false'),
        (SkipReason.CONSENT, 200, "text/html", "consent-wall"),
        (SkipReason.SCAN, 200, "application/pdf", "%PDF-"),
        (SkipReason.NOT_FOUND, 404, "text/html", "cannot find"),
    ],
)
def test_other_pages_have_the_marks_of_their_kind(
    client: httpx2.Client, reason: SkipReason, status: int, kind: str, mark: str
) -> None:
    (story,) = [story for story in NewsSite.stories if story.expected is reason]
    response = client.get(story.path)
    assert response.status_code == status
    assert response.headers["content-type"].startswith(kind)
    assert mark in response.text


def test_one_page_works_on_the_second_request_and_requests_are_counted(
    site: NewsSite, client: httpx2.Client
) -> None:
    first = client.get("/business/ferry")
    assert (first.status_code, first.headers["retry-after"]) == (503, "1")
    assert client.get("/business/ferry").status_code == 200
    assert site.request_counts == {"/business/ferry": 2}


def test_one_article_is_behind_three_redirects(client: httpx2.Client) -> None:
    response = client.get("/s/clock")
    assert [hop.status_code for hop in response.history] == [301, 302, 308]
    assert urlsplit(str(response.url)).path == "/culture/clock"


def test_only_the_head_of_the_latin_1_page_names_its_charset(client: httpx2.Client) -> None:
    response = client.get("/wissen/stoerche")
    assert response.headers["content-type"] == "text/html"
    assert b'<meta charset="iso-8859-1">' in response.content
    assert "Fünf Störche" in response.content.decode("iso-8859-1")
    with pytest.raises(UnicodeDecodeError):
        response.content.decode("utf-8")


def test_robots_txt_disallows_the_private_page(client: httpx2.Client) -> None:
    (story,) = [story for story in NewsSite.stories if story.expected is SkipReason.ROBOTS]
    disallowed = re.findall(r"^Disallow: (\S+)$", client.get("/robots.txt").text, re.MULTILINE)
    assert disallowed == ["/private/"]
    assert story.path.startswith("/private/")
    assert client.get(story.path).status_code == 200


def test_the_slow_response_continues_until_the_server_stops() -> None:
    site = NewsSite().start()
    with socket.create_connection(("127.0.0.1", urlsplit(site.url).port or 0), timeout=10) as client:
        client.sendall(b"GET /live/drip HTTP/1.1\r\nHost: news\r\n\r\n")
        received = b""
        while not received.endswith(b"<p>.."):
            received += client.recv(1)
        site.stop()
        while client.recv(100):
            pass  # ends with the connection, or the timeout fails the test
    assert b"Content-Length" not in received


def test_concurrent_requests_are_all_counted(site: NewsSite) -> None:
    def read(_: int) -> int:
        return httpx2.get(
            f"{site.url}/business/ferry", trust_env=False, verify=system_tls_context()
        ).status_code

    with ThreadPoolExecutor(8) as readers:
        answers = list(readers.map(read, range(24)))
    assert sorted(answers) == [200] * 23 + [503]
    assert site.request_counts == {"/business/ferry": 24}


def test_a_stopped_site_refuses_connections() -> None:
    with NewsSite() as site, httpx2.Client(trust_env=False, verify=system_tls_context()) as client:
        client.get(f"{site.url}/")
        port = urlsplit(site.url).port or 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)
