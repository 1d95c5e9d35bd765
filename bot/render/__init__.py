"""A summary into the Markdown of a reply, for each platform's dialect.

Pure: everything that the article says goes through `sanitize`, and nothing else of it is used.
"""

from __future__ import annotations

from bot.models import Dialect, Reply, Skipped, SkipReason, Summary
from bot.render.footer import footer
from bot.render.layouts import LAYOUTS
from bot.render.sanitize import clean, sanitize
from bot.rules import CommunityRules

__all__ = ["MAX_LENGTH", "clean", "render", "sanitize"]

MAX_LENGTH = 10_000
"""Characters of a comment on Lemmy and on Reddit, counted as UTF-16 units."""


def render(
    summary: Summary, rules: CommunityRules, dialect: Dialect, source_url: str, language: str | None = None
) -> Reply | Skipped:
    """The reply as Markdown, or TOO_LONG, or NO_SENTENCES when nothing of the sentences is left.

    `language` is the article's, ISO 639-1; `source_url` is where the bot's source code can be read.
    """
    sentences = [line for line in (sanitize(text, dialect) for text in summary.sentences) if line]
    if not sentences:
        return Skipped(SkipReason.NO_SENTENCES, "nothing but links and invisible characters")
    body = LAYOUTS[dialect, rules.layout](sentences)
    markdown = f"{body}\n\n---\n\n{footer(summary, source_url)}"
    if (length := _utf16_units(markdown)) > MAX_LENGTH:
        return Skipped(SkipReason.TOO_LONG, f"{length} characters of {MAX_LENGTH}")
    return Reply(markdown, language or None, summary.article_words, summary.summary_words, summary.saved)


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
