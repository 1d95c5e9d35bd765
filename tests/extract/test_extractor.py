"""extract() returns an article or the reason for a refusal."""

import pytest

from bot.core.models import Article, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.extract import extract

BODY = " ".join(
    f"<p>Paragraph {n} tells what the harbour council decided about the old lighthouse last week, "
    f"and why {n} people asked for another vote before the winter storms arrive.</p>"
    for n in range(1, 7)
)


def page(
    html: str, url: str = "https://news.example/2026/11/lighthouse-vote", kind: str = "text/html"
) -> Page:
    return Page(url, html.encode(), kind)


def article(body: str = BODY) -> str:
    head = "<head><title>Council keeps the lighthouse</title></head>"
    return f"<html>{head}<body><article><h1>Council keeps the lighthouse</h1>{body}</article></body></html>"


def test_an_article_has_paragraphs_title_language_and_words() -> None:
    found = extract(page(article()))
    assert isinstance(found, Article)
    assert found.title == "Council keeps the lighthouse"
    assert found.language == "en"
    assert found.word_count == 162
    assert [p.split()[1] for p in found.text.split("\n\n")] == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (page("<p>Two words.</p>"), SkipReason.TOO_SHORT),
        (page(""), SkipReason.NOT_TEXT),
        (page("<html><body></body></html>"), SkipReason.NOT_TEXT),
        (page(article(), "https://news.example/"), SkipReason.HOME_PAGE),
        (page("<title>404 Not Found</title><p>Nothing here.</p>"), SkipReason.ERROR_PAGE),
        (page("<p>Subscribe to continue reading this story.</p>"), SkipReason.WALL),
        (page("<form><input type=password></form><p>Welcome.</p>"), SkipReason.LOGIN),
        (page("<p>Cookies: we use cookies. Give consent to cookies.</p>"), SkipReason.CONSENT),
        (page("<p>Watch.</p><video src=a.mp4></video>"), SkipReason.VIDEO),
        (page("<p>Look.</p>" + "<img src=a.jpg>" * 9), SkipReason.GALLERY),
        (page('{"a": 1}'), SkipReason.NOT_HTML),
        (page("%PDF-1.7 <p>x</p>"), SkipReason.BROKEN),
        (page(article(), kind="application/json"), SkipReason.NOT_HTML),
    ],
)
def test_other_pages_are_refused_with_the_right_reason(given: Page, reason: SkipReason) -> None:
    found = extract(given)
    assert isinstance(found, NotArticle)
    assert found.reason is reason
