"""The work on untrusted bytes as one pure function: from a page or a self post to a digest, or why not.

Runs in a worker process (`bot.workers.pool`), without network, database or clock.
"""

from __future__ import annotations

from msgspec.structs import replace

from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.extract import extract
from bot.summarize import key_words, reading_minutes, summarize


def digest(
    page: Page, length: LengthLimits, method: str, *, explain: bool = False, with_key_words: bool = True
) -> Digest | NotArticle:
    """The article of a page with its summary.

    `explain` adds the steps of the extraction, and every sentence with its score. The key words take up to a
    quarter of the time; `with_key_words` is False if no reply shows them. A summary without
    sentences is a valid result: no sentence makes sense on its own, or the summary would not be shorter.
    """
    if page.self_post_title is None:
        explanation = extract(page, explain=True)
        notes = tuple(explanation.to_lines()) if explain else ()
        article = explanation.result
    else:
        from bot.extract.self_post import read_self_post  # here: most pages need no Markdown

        notes, article = (), read_self_post(page, page.self_post_title)
    if isinstance(article, NotArticle):
        return replace(article, text="", notes=notes)  # the text of other pages is not needed here
    summary = summarize(article, length, method, explain=explain)
    words = key_words(article) if with_key_words else ()
    return Digest(article, summary, notes, words, reading_minutes(summary.article_words))
