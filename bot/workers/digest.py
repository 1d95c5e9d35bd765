"""What happens to untrusted bytes, as one pure function: a page into a digest, or why not.

Runs in a worker process (`bot.workers.pool`); it touches no network, no database and no clock.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.extract import extract
from bot.summarize import key_words, reading_minutes, summarize


def digest(page: Page, length: LengthLimits, method: str, *, explain: bool = False) -> Digest | NotArticle:
    """The article of a page with its summary.

    `explain` adds how the page was read, and to the summary every sentence with its score. A summary
    without sentences is a valid answer: nothing in the article could stand alone, or nothing would
    have been saved.
    """
    explanation = extract(page, explain=True)
    notes = tuple(explanation.to_lines()) if explain else ()
    article = explanation.result
    if isinstance(article, NotArticle):
        return replace(article, text="", notes=notes)  # nobody here needs what is no article
    summary = summarize(article, length, method, explain=explain)
    return Digest(article, summary, notes, key_words(article), reading_minutes(summary.article_words))
