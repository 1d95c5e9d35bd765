"""Built pages that the gate is trained on besides a corpus: notices, and articles in the same plain layouts.

A corpus has no page that a guard, a host or a server shows in place of an article. `notices.toml` has
invented texts of such pages. Each is put into two of three plain layouts. The starts of articles of the
corpus are put into the same layouts: otherwise the gate would learn that every plain page is a notice.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from benchmarks.page_corpus import Sample
from bot.core.models import Page
from bot.extract.word_count import count_words

NOTICE = "notice"
"""The type of the pages that are shown in place of an article."""
_NOTICES = Path(__file__).parent / "notices.toml"
_MIN_WORDS = 60
_ARTICLE_WORDS = (70, 110, 180)
"""A built article has the first paragraphs up to this many words."""
_EVERY = 4
"""One article of the corpus in so many is built again."""


@dataclass(frozen=True, slots=True)
class BuiltSample(Sample):
    """A page that is built, not read from the corpus."""

    html: str

    @property
    def page(self) -> Page:
        return Page(self.url, self.html.encode(), "text/html; charset=utf-8")


def built_samples(corpus: Sequence[Sample]) -> list[BuiltSample]:
    """The notices, and plain copies of every fourth article of the corpus, each with the article's domain."""
    return [*_notices(), *_plain_copies(corpus)]


def _notices() -> Iterator[BuiltSample]:
    notices = tomllib.loads(_NOTICES.read_text("utf-8"))["notice"]
    for number, notice in enumerate(notices):
        for layout in (number % 3, (number + 1) % 3):
            url = f"https://www.notice-{number}.example/2026/{number}/{layout}"
            html = _LAYOUTS[layout](notice["title"], notice["paragraphs"], notice["lang"])
            body = "\n".join(notice["paragraphs"])
            yield BuiltSample(f"notice-{number}-{layout}", url, body, NOTICE, notice, _NOTICES, html)


def _plain_copies(corpus: Sequence[Sample]) -> Iterator[BuiltSample]:
    articles = [sample for sample in corpus if sample.kind == "article"][::_EVERY]
    for number, article in enumerate(articles):
        layout = number % 3
        title = str(article.metadata.get("title") or "")
        paragraphs = _first_paragraphs(article.body, _ARTICLE_WORDS[number // 3 % len(_ARTICLE_WORDS)])
        if not title or count_words(" ".join(paragraphs)) < _MIN_WORDS:
            continue
        html = _LAYOUTS[layout](title, paragraphs, "en")
        yield BuiltSample(
            f"plain-{article.key}", article.url, article.body, "article", article.metadata, article.file, html
        )


def _first_paragraphs(body: str, words: int) -> list[str]:
    found: list[str] = []
    for line in body.splitlines():
        if sum(map(count_words, found)) >= words:
            break
        if count_words(line) >= 15:
            found.append(line.strip())
    return found


def _paragraphs(texts: Sequence[str]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _bare(title: str, texts: Sequence[str], lang: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"</head><body><h1>{escape(title)}</h1>{_paragraphs(texts)}</body></html>"
    )


def _boxed(title: str, texts: Sequence[str], lang: str) -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"></head>'
        f'<body><div class="wrapper"><div class="box"><h2>{escape(title)}</h2><div>{_paragraphs(texts)}</div>'
        "<button>OK</button></div><p>73f1-20c4</p></div></body></html>"
    )


def _framed(title: str, texts: Sequence[str], lang: str) -> str:
    links = "".join(f'<li><a href="/s/{number}">{number}</a></li>' for number in range(1, 7))
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta property="og:site_name" content="Lanby"><meta name="viewport" content="width=device-width">'
        f"</head><body><header><nav><ul>{links}</ul></nav></header><main><h1>{escape(title)}</h1>"
        f"{_paragraphs(texts)}</main><footer><ul>{links}</ul></footer></body></html>"
    )


_LAYOUTS = (_bare, _boxed, _framed)
