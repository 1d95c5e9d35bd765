"""The article of a self post: its author's own text, from Markdown to paragraphs.

The text is parsed once as CommonMark with tables, and no HTML is shown, because the platforms show none
either. What the author hides as a spoiler is removed before (`bot.extract.spoilers`).
"""

from __future__ import annotations

from bot.core.models import Article, ArticleTrait, NotArticle, Page, ParagraphKind
from bot.core.skip_reasons import SkipReason
from bot.extract.language_detection import language_of
from bot.extract.markdown_paragraphs import MarkdownParagraph, markdown_paragraphs
from bot.extract.spoilers import without_spoilers
from bot.extract.word_count import count_words

_NOT_PROSE = (ParagraphKind.TABLE, ParagraphKind.CODE)


def read_self_post(page: Page, title: str) -> Article | NotArticle:
    """The article of a self post, or NOT_TEXT if nothing of it is prose.

    `page.content` is its Markdown in UTF-8, `page.url` the address of the post. The text of its title is not
    Markdown.
    """
    markdown = page.content.decode("utf-8", "replace")
    found = markdown_paragraphs(without_spoilers(markdown))
    paragraphs = [paragraph for paragraph in found if count_words(paragraph.text)]
    prose = [paragraph.text for paragraph in paragraphs if paragraph.kind not in _NOT_PROSE]
    if not prose:
        return NotArticle(SkipReason.NOT_TEXT)
    return _article(page.url, " ".join(title.split()), paragraphs, prose)


def _article(url: str, title: str, paragraphs: list[MarkdownParagraph], prose: list[str]) -> Article:
    return Article(
        title=title,
        text="\n\n".join(paragraph.text for paragraph in paragraphs),
        language=language_of("\n\n".join(prose), ""),
        confidence=1.0,
        word_count=sum(map(count_words, prose)),
        url=url,
        paragraph_kinds=tuple(paragraph.kind for paragraph in paragraphs),
        traits=frozenset({ArticleTrait.SELF_POST}),
    )
