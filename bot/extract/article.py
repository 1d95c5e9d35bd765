"""Page in, article or reason out."""

from __future__ import annotations

import trafilatura
from lxml.html import HtmlElement

from bot.extract.charset import decode
from bot.extract.gate import judge
from bot.extract.language import language_of
from bot.extract.media import foreign
from bot.extract.tree import parse
from bot.extract.words import count_words
from bot.models import Article, NotArticle, Page, SkipReason


def extract(page: Page) -> Article | NotArticle:
    """The article that a page holds, or why it holds none."""
    kind = foreign(page.content, page.content_type)
    if kind is not None:
        return NotArticle(SkipReason.NOT_HTML, kind)
    root = parse(decode(page.content, page.content_type))
    if root is None:
        return NotArticle(SkipReason.NOT_TEXT)
    title = _title(root)
    lines = (trafilatura.extract(root, favor_precision=True, include_comments=False) or "").splitlines()
    paragraphs = [line.strip() for line in lines if line.strip()]
    if paragraphs and paragraphs[0].casefold() == title.casefold():
        paragraphs.pop(0)
    text = "\n\n".join(paragraphs)
    words = count_words(text)
    refusal = judge(page.url, root, title, text, words)
    if refusal is not None:
        return refusal
    return Article(title, text, language_of(text), confidence=0.9, words=words, url=page.url)


def _title(root: HtmlElement) -> str:
    for path in (".//meta[@property='og:title']", ".//title", ".//h1"):
        found = root.find(path)
        if found is not None:
            title = " ".join((found.get("content") or found.text_content()).split())
            if title:
                return title
    return ""
