from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fetch.page_redirects import MAX_SIZE, PageRedirect, find_redirect

WORDS = "The harbour council met on Monday to talk about the ferry. " * 20
ARTICLE = f"<body><h1>Ferry</h1><p>{WORDS}</p></body>"
NEXT = "https://paper.example/ferry?a=1&b=2"


def location(page: str, header: str = "", encoding: str = "utf-8") -> str | None:
    """The location that a page sends on to; "-" if it does not send on."""
    found = find_redirect(page.encode(encoding), header)
    return found.location if found else "-"


@pytest.mark.parametrize(
    "head",
    [
        '<meta http-equiv="refresh" content="0; url=/next">',
        "<META HTTP-EQUIV=Refresh CONTENT='0;URL=/next'>",
        "<meta content='1, /next' http-equiv='REFRESH'/>",
        '<meta http-equiv="refresh" content="0;url=\'/next\'">',
        '<meta http-equiv="refresh" content="0 ; URL = &quot;/next&quot;">',
        '<meta data-x="1" http-equiv = " refresh " content = "0.5;url=/next">',
        "<meta http-equiv=refresh content=0;url=/next>",
        '<!-- <meta http-equiv=refresh content="0;url=/no"> --><meta http-equiv=refresh content="00;/next">',
        '<meta http-equiv="refresh" content="0;url=#top"><meta http-equiv="refresh" content="0;url=/next">',
        "<title><meta http-equiv=refresh content='0;/no'></title><meta http-equiv=refresh content=.1;/next>",
    ],
)
def test_a_refresh_at_once_is_followed_on_any_page(head: str) -> None:
    assert location(head) == "/next"
    assert location(head + ARTICLE) == "/next"


@pytest.mark.parametrize("header", ["0; url=/next", "1;URL='/next'", "0;/next"])
def test_a_refresh_header_is_followed(header: str) -> None:
    assert location(ARTICLE, header) == "/next"


@pytest.mark.parametrize("seconds", [2, 5, 30])
def test_a_refresh_after_some_seconds_is_followed_if_there_is_nothing_to_read(seconds: int) -> None:
    head = f'<meta http-equiv="refresh" content="{seconds};url=/next">'
    assert (
        location(head + "<p>You are being redirected. <a href=/next>Click here</a> if nothing happens.")
        == "/next"
    )
    assert location(head + ARTICLE) == "-"
    assert location(ARTICLE, f"{seconds};url=/next") == "-"


@pytest.mark.parametrize(
    "page",
    [
        '<meta http-equiv="refresh" content="300">',
        '<meta http-equiv="refresh" content="900;url=/live">',
        '<meta http-equiv="refresh" content="">',
        '<meta http-equiv="refresh" content="0">',
        '<meta http-equiv="refresh" content="0;url=">',
        '<meta http-equiv="refresh" content="url=/next">',
        '<meta http-equiv="refresh" content="0;url=javascript:go()">',
        '<meta http-equiv="content-type" content="0;url=/next">',
        '<meta name="refresh" content="0;url=/next">',
        '<!-- <meta http-equiv="refresh" content="0;url=/next"> -->',
        '<textarea><meta http-equiv="refresh" content="0;url=/next"></textarea>',
        f'<noscript><meta http-equiv="refresh" content="0;url=/no"></noscript>{ARTICLE}',
        '<noscript><meta http-equiv="refresh" content="0;url=/no"></noscript><script src="/app.js"></script>',
        f"<script>function go() {{ location.href = '/no' }}</script>{ARTICLE}",
        "<script src=/app.js></script><script>if (old) location.href = page</script><div id=root></div>",
        '<script type="application/json">{"text": "…"}</script><script>location = "/no"</script>',
        "<script>if (location.href == '/x') show(); location.hash = '#a'; location.reload()</script>",
        "<script>my.location = '/no'; relocation = '/no'</script>",
        "<script>location.href = '#comments'</script>",
        f"<script>{'a = 1;' * 1000}location.href = '/no'</script>",
        "<p>location = '/no'</p>",
        "",
    ],
)
def test_other_pages_are_read(page: str) -> None:
    assert location(page) == "-"


@pytest.mark.parametrize(
    "script",
    [
        'window.location.replace("https:\\/\\/paper.example\\/ferry?a=1\\u0026b=2");',
        f"location.href = '{NEXT}'",
        f"document.location='{NEXT}';",
        f'window.top.location.assign( "{NEXT}" )',
        f"setTimeout(function () {{ window.location = '{NEXT}' }}, 3000)",
        f"setTimeout(\"self.location.href='{NEXT}'\", 100)",
        f'if (a) {{ location.replace("{NEXT}") }} else {{ location.replace("{NEXT}") }}',
        f"location.href='#';location.href='{NEXT}'",
        'location = "https:\\x2f\\x2fpaper.example/ferry?a=1&b=2"',
    ],
)
def test_a_script_of_one_line_is_followed(script: str) -> None:
    page = f"<!doctype html><title>Redirecting</title><script>{script}</script><p>One moment, please …"
    assert location(page) == NEXT
    assert location(page, encoding="utf-16") == NEXT


def test_the_script_of_a_body_element_is_followed() -> None:
    assert location(f'<body onload="location.replace(&quot;{NEXT.replace("&", "&amp;")}&quot;)">') == NEXT


def test_a_refresh_for_readers_without_scripts_comes_before_the_script() -> None:
    refresh = "<noscript><meta http-equiv=refresh content='0;/next'></noscript>"
    assert location(f"<script>location.replace(target)</script>{refresh}") == "/next"


@pytest.mark.parametrize(
    "script",
    [
        "window.location.replace(atob('aHR0cHM6Ly9h'))",
        "location.href = base + '/ferry'",
        "location.href = 'https://paper.example/?from=' + encodeURIComponent(document.referrer)",
        "if (mobile) location = 'https://m.paper.example/'; else location = 'https://paper.example/'",
        "document.location = decodeURIComponent(location.search.slice(5))",
    ],
)
def test_an_address_that_only_the_script_knows_is_not_guessed(script: str) -> None:
    assert find_redirect(f"<html><script>{script}</script>".encode(), "") == PageRedirect(None)


@given(st.text(alphabet="<>/!-=;:'\"0 aeflmnoqrstuv.\\", max_size=200), st.text(max_size=30))
def test_any_page_is_read(page: str, header: str) -> None:
    for text in (page, f"<meta http-equiv=refresh content={page}", f"<script>location={page}"):
        find_redirect(text.encode(), header)


WORST = {
    "comments without end": "<!--" * 8_000,
    "tags without end": "<meta " * 5_000,
    "names": "<" + "a" * MAX_SIZE,
    "attributes": "<meta " + "a=b " * 8_000,
    "attribute names": "<meta " + "a" * 20_000 + ">" * 9,
    "quotes": "<meta " + "a=\"'" * 8_000,
    "metas": "<meta http-equiv=refresh content=9>" * 900,
    "scripts without end": "<script>" * 4_000,
    "noscripts": "<noscript><meta a>" * 1_800,
    "small tags": "<b>" * 11_000,
    "less-than signs": "<" * MAX_SIZE,
    "words": "a " * 16_000,
    "locations": "<script>" + "location=" * 440 + "</script>",
    "literals": "<script>" + "location='" + "\\x" * 1_900 + "</script>",
    "tops": "<script>" + "top." * 990 + "</script>",
    "spaces in a refresh": "<meta http-equiv=refresh content='0" + " " * 4_000 + "'>",
    "entities": "<meta http-equiv=refresh content='" + "&" * 4_000 + "'>",
}


@pytest.mark.parametrize("page", WORST.values(), ids=WORST)
def test_the_worst_pages_cost_little(page: str) -> None:
    """Each is measured at below 15 ms; the limit leaves room for a slow machine."""
    content = (page + "http-equiv location").encode()[:MAX_SIZE]
    began = time.thread_time()
    find_redirect(b"location" + content[:-8], "0" * 9 + " " * 8_000)
    assert time.thread_time() - began < 0.05
