"""Precis as a library: the summary of a page, without a daemon, settings or database.

    from bot import NoSummary, summarize_html, summarize_url

    try:
        summary = summarize_url("https://paper.example/article")
    except NoSummary as error:
        print(error)
    else:
        print(*summary.sentences, sep="\n\n")

The page is read in the process that calls. The daemon reads pages in processes that have no network, no
files and limits on time and memory; a program that reads what strangers send should do the same.
"""

from __future__ import annotations

from msgspec import Struct

from bot.core.errors import PrecisError
from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.fetch import Fetcher, FetchSettings, user_agent
from bot.workers.digest import digest


class NoSummary(PrecisError):
    """The page is not an article, or no sentence of it can stand alone. `reason` says which."""

    def __init__(self, reason: SkipReason, detail: str = "") -> None:
        super().__init__(f"{reason.sentence}{f' ({detail})' if detail else ''}")
        self.reason = reason
        self.detail = detail


class PageSummary(Struct, frozen=True):
    """The key sentences of an article and what is known about it. Everything is text of the page."""

    sentences: tuple[str, ...]
    """Whole sentences, word for word, in the order of the article."""
    title: str
    author: str | None
    published: str | None
    """YYYY-MM-DD."""
    site: str | None
    url: str
    """The address after redirects, or the one that was given."""
    language: str
    """ISO 639-1, or "" if it could not be detected."""
    key_words: tuple[str, ...]
    article_words: int
    summary_words: int
    saved: int
    """The percentage of words that the summary leaves out."""
    reading_minutes: int


def summarize_url(
    url: str,
    *,
    contact: str = "",
    sentences: int = 4,
    words: int = 100,
    method: str = "precis",
) -> PageSummary:
    """Fetch a page and summarise it.

    `contact` is an email address or a web page that the site sees in the user agent. The fetch obeys
    robots.txt, opens only public addresses, and ends after 20 s or 10 MB. For the other parameters and for
    errors see `summarize_html`. Raises `bot.core.errors.FetchError` if the page cannot be fetched.
    """
    fetcher = Fetcher(FetchSettings(user_agent=user_agent(contact)))
    try:
        page = fetcher.fetch(url)
    finally:
        fetcher.close()
    return _summarize(page, sentences, words, method)


def summarize_html(
    html: str | bytes,
    *,
    url: str = "",
    sentences: int = 4,
    words: int = 100,
    method: str = "precis",
) -> PageSummary:
    """Summarise a page. Nothing is fetched.

    `html` is the whole page; bytes are decoded as a browser does. `url` is its address, which helps to tell
    articles from other pages. `sentences` and `words` are the most that the summary may have; it also leaves
    out at least 60% of the words. `method` is a name from docs/reference/config.md or of an installed
    summarizer. Raises `NoSummary` if there is none, and ValueError for an unknown method.
    """
    content, content_type = (
        (html.encode("utf-8", "replace"), "text/html; charset=utf-8")
        if isinstance(html, str)
        else (html, "text/html")
    )
    return _summarize(Page(url, content, content_type), sentences, words, method)


def _summarize(page: Page, sentences: int, words: int, method: str) -> PageSummary:
    found = digest(page, LengthLimits(sentences, words), method)
    if isinstance(found, NotArticle):
        raise NoSummary(found.reason, found.detail)
    if not found.summary.sentences:
        raise NoSummary(found.summary.refusal or SkipReason.NO_SENTENCES)
    return _page_summary(found, page.url)


def _page_summary(found: Digest, url: str) -> PageSummary:
    article, summary = found.article, found.summary
    return PageSummary(
        sentences=summary.sentences,
        title=article.title,
        author=article.author,
        published=article.published,
        site=article.site,
        url=url,
        language=article.language,
        key_words=found.key_words,
        article_words=summary.article_words,
        summary_words=summary.summary_words,
        saved=summary.saved,
        reading_minutes=found.reading_minutes,
    )
