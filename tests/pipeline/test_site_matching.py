"""Which sites a link shows, directly or as a copy in an archive or a cache."""

from __future__ import annotations

import pytest

from bot.pipeline.site_matching import shown_sites

STORY = "www.harbour.example/2026/story"


@pytest.mark.parametrize(
    "url",
    [
        f"https://archive.is/newest/https://{STORY}",
        f"https://archive.today/20260102030405/http://{STORY}",
        f"https://archive.ph/o/AbCdE/https://{STORY}",
        f"https://web.archive.org/web/20260102if_/https:/{STORY}",
        f"https://web.archive.org/web/2026/{STORY}",
        f"https://web.archive.org/web/*/{STORY}",
        f"https://web.archive.org/save/https://{STORY}",
        f"https://archive.ph/?run=1&url=https%3A%2F%2F{STORY.replace('/', '%2F')}",
        f"https://webcache.googleusercontent.com/search?q=cache:AbC-1:{STORY}+harbour",
        f"https://webcache.googleusercontent.com/search?q=cache:https://{STORY}",
        f"https://google.com/amp/s/{STORY}",
        f"https://www.google.de/amp/s/{STORY}",
        f"https://www-harbour-example.cdn.ampproject.org/c/s/{STORY}",
        "https://harbour-example.cdn.ampproject.org/",
        "https://www-harbour-example.translate.goog/2026/story?_x_tr_sl=auto",
        f"https://translate.google.com/translate?sl=auto&u=https://{STORY}",
        f"https://12ft.io/https://{STORY}",
        f"https://12ft.io/proxy?q=https%3A%2F%2F{STORY}",
        f"https://txtify.it/{STORY}",
        f"https://arquivo.pt/wayback/20260102030405/https://{STORY}",
        f"https://web.archive.org/web/2026/https://www.google.com/amp/s/{STORY}",
        f"https://r.jina.ai/https://{STORY}",
        "https://web.archive.org/web/20260101000000*/harbour.example",
        "https://archive.org/wayback/available?url=harbour.example",
        "https://archive.ph/https%3A%2F%2Fwww.harbour.example%2Fstory",
        "https://archive.ph/harbour.example",
    ],
)
def test_a_copy_shows_the_site_of_the_original_page(url: str) -> None:
    assert shown_sites(url)[-1] == "harbour.example"


def test_an_unknown_archive_is_believed_only_where_it_is_asked_for() -> None:
    url = f"https://copies.example/p/https://{STORY}"
    assert shown_sites(url) == ("copies.example",)
    assert shown_sites(url, everywhere=True) == ("copies.example", "harbour.example")


@pytest.mark.parametrize(
    "url",
    [
        "https://paper.example/a?ref=https://harbour.example/",
        "https://web.archive.org/about/",
        "https://archive.ph/AbCdE",
        "https://paper.example/2026/harbour.example/",
        "https://[broken",
        "",
    ],
)
def test_other_links_show_one_site_at_most(url: str) -> None:
    assert len(shown_sites(url, everywhere=True)) <= 1


@pytest.mark.parametrize(
    "link", ["https://courier.example。/a", "https://web.archive.org/save/www.courier.example/a"]
)
def test_more_ways_to_a_site_are_seen_through(link: str) -> None:
    assert "courier.example" in shown_sites(link)
