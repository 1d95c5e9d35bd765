"""What runs in a worker of the quick daemon. The fork server imports it."""

from __future__ import annotations

from bot.core.models import Article, Digest, LengthLimits, Page, Summary
from bot.workers import worker_main  # noqa: F401 (each worker needs it)
from bot.workers.confinement import kernel_support

SENTENCE = "The mayor counted 45 boats."

kernel_support()  # as in `bot.workers.preload`: it takes a while, and its result is kept


def read_quickly(
    page: Page, length: LengthLimits, method: str, *, explain: bool, with_key_words: bool
) -> Digest:
    """The same article and summary for every page."""
    del length, method, explain
    summary = Summary((SENTENCE,), article_words=900, summary_words=90, method="precis")
    return Digest(Article("Boats", "Text.", "en", 0.9, word_count=900, url=page.url), summary)
