from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.redirect_links import MAX_WRAPPERS, direct_link, needs_browser

STORY = "https://www.kystposten.example/nyheter/ferje?id=7&side=2"
QUOTED = quote(STORY, safe="")


def google_news_id(address: str, rest: bytes = b"\xd2\x01\x00") -> str:
    data = address.encode()
    length = bytes([len(data)]) if len(data) < 128 else bytes([len(data) % 128 + 128, len(data) // 128])
    return base64.urlsafe_b64encode(b"\x08\x13\x22" + length + data + rest).decode().rstrip("=")


def bing_id(address: str) -> str:
    return "a1" + base64.urlsafe_b64encode(address.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "link",
    [
        f"https://www.google.com/url?sa=t&q={QUOTED}&ved=2ah",
        f"https://www.google.com/url?sa=t&url={QUOTED}",
        f"https://www.google.co.uk/url?q=ferry+prices&url={QUOTED}",
        f"http://google.no/url?url={QUOTED}",
        f"https://l.facebook.com/l.php?u={QUOTED}&h=AT0",
        f"https://lm.facebook.com/l.php?u={QUOTED}",
        f"https://l.instagram.com/?u={QUOTED}&e=AT0",
        f"https://l.threads.com/?u={QUOTED}",
        f"https://out.reddit.com/t3_1abc?url={QUOTED}&token=x",
        f"https://www.youtube.com/redirect?event=video_description&q={QUOTED}&v=1",
        f"https://www.linkedin.com/safety/go?url={QUOTED}",
        f"https://vk.com/away.php?to={QUOTED}",
        f"https://t.umblr.com/redirect?z={QUOTED}&t=x",
        f"https://slack-redir.net/link?url={QUOTED}",
        f"https://duckduckgo.com/l/?uddg={QUOTED}&rut=0",
        f"http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url={QUOTED}&c=1",
        f"https://www.bing.com/ck/a?!&&p=1&u={bing_id(STORY)}&ntb=1",
        f"https://r.search.yahoo.com/_ylt=x/RV=2/RE=1/RO=10/RU={QUOTED}/RK=2/RS=x-",
        f"https://eur01.safelinks.protection.outlook.com/?url={QUOTED}&data=05",
        f"https://steamcommunity.com/linkfilter/?u={QUOTED}",
        f"https://medium.com/r/?url={QUOTED}",
        f"https://href.li/?{STORY}",
        f"https://go.redirectingat.com/?id=1X2&url={QUOTED}",
        f"https://news.google.com/rss/articles/{google_news_id(STORY)}?oc=5",
        f"https://news.google.com/articles/{google_news_id(STORY)}?hl=nb&gl=NO",
        f"https://news.google.com/__i/rss/rd/articles/{google_news_id(STORY)}",
        f"https://news.google.com/read/{google_news_id(STORY, b'')}",
        "https://www-kystposten-example.cdn.ampproject.org/v/s/" + STORY.removeprefix("https://"),
        "https://cdn.ampproject.org/c/s/" + STORY.removeprefix("https://"),
        "https://www.google.com/amp/s/" + STORY.removeprefix("https://"),
        "https://www.google.de/amp/s/" + STORY.removeprefix("https://"),
        "https://www.bing.com/amp/s/" + STORY.removeprefix("https://"),
        "https://kystposten.bing-amp.com/c/s/" + STORY.removeprefix("https://"),
        f"https://www.google.com/url?q={quote(f'https://l.facebook.com/l.php?u={QUOTED}', safe='')}",
    ],
)
def test_the_address_in_a_redirect_link(link: str) -> None:
    assert direct_link(link) == STORY
    assert not needs_browser(direct_link(link))


def test_a_long_address_in_a_link_of_google_news() -> None:
    long = STORY + "&x=" + "y" * 300
    assert direct_link(f"https://news.google.com/rss/articles/{google_news_id(long)}") == long


def test_an_amp_cache_without_s_leads_to_http() -> None:
    assert direct_link("https://cdn.ampproject.org/c/paper.example/a") == "http://paper.example/a"


@pytest.mark.parametrize(
    "link",
    [
        STORY,
        "https://www.google.com/search?q=https://paper.example/",
        "https://www.google.com/url?q=ferry+prices",
        "https://www.google.com/url?q=/relative",
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url",
        f"https://google.com.evil.example/url?q={QUOTED}",
        f"https://notgoogle.com/url?q={QUOTED}",
        f"https://paper.example/l.php?u={QUOTED}",
        "https://www.google.com/amp/",
        "https://www.google.com/amp/s/",
        "https://www.facebook.com/story.php?id=1",
        "https://news.google.com/home",
        "https://www.bing.com/ck/a?u=a1!!!",
        "https://paper.example/amp/s/other.example/a",
        "http://[",
        "",
    ],
)
def test_other_links_stay_as_they_are(link: str) -> None:
    assert direct_link(link) == link
    assert not needs_browser(link)


@pytest.mark.parametrize(
    "name",
    [
        google_news_id("AU_yqLPxRtY2nQwZ"),
        google_news_id("ftp://paper.example/"),
        base64.urlsafe_b64encode(b"\x08\x14\x22\x05abcde").decode(),
        "CBMi",
        "x",
    ],
)
def test_a_link_of_google_news_without_an_address_needs_a_browser(name: str) -> None:
    link = f"https://news.google.com/rss/articles/{name}?oc=5"
    assert direct_link(link) == link
    assert needs_browser(link)


def test_the_number_of_links_within_each_other_is_limited() -> None:
    link = STORY
    for _ in range(MAX_WRAPPERS + 1):
        link = f"https://www.google.com/url?q={quote(link, safe='')}"
    assert direct_link(link).startswith("https://www.google.com/url?")


@given(st.text())
def test_any_text_is_a_link_or_stays(text: str) -> None:
    assert isinstance(direct_link(text), str)
    for link in (f"https://news.google.com/articles/{text}", f"https://www.bing.com/ck/a?u={text}"):
        assert isinstance(direct_link(link), str)
        needs_browser(link)
