"""Renders a summary as the Markdown of a reply, in the dialect of each platform.

Pure functions. All text from the article goes through `sanitize`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.models import Dialect, Reply, Skipped, Summary
from bot.core.skip_reasons import SkipReason
from bot.i18n.translations import Translator, translator
from bot.render.footer import FooterLinks, footer
from bot.render.layouts import LAYOUTS
from bot.render.sanitize import sanitize
from bot.rules import CommunityRules

MAX_LENGTH = 10_000
"""Maximum length of a comment, in UTF-16 code units: the limit of Lemmy and of Reddit.

PieFed has no limit, but Lemmy servers do not accept longer comments from it."""


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """The article's metadata for the optional lines of a reply."""

    title: str = ""
    site: str = ""
    key_words: tuple[str, ...] = ()
    reading_minutes: int = 0
    is_self_post: bool = False
    """Whether it is the text of the post under which the reply stands."""
    is_live_blog: bool = False


def render(
    summary: Summary,
    rules: CommunityRules,
    dialect: Dialect,
    source_url: str,
    language: str | None = None,
    about: ArticleInfo | None = None,
    links: FooterLinks | None = None,
) -> Reply | Skipped:
    """The reply as Markdown, or TOO_LONG, or NO_SENTENCES if no text is left after sanitizing.

    `language` is the article's, ISO 639-1; `source_url` is the URL of the bot's source code; `links` are
    shown if the rules ask for them.
    """
    sentences = [line for line in (sanitize(text, dialect) for text in summary.sentences) if line]
    if not sentences:
        return Skipped(SkipReason.NO_SENTENCES, "only links and invisible characters")
    about = about or ArticleInfo()
    translate = translator(language if rules.language == "auto" else rules.language)
    body = LAYOUTS[dialect, rules.layout](sentences, translate("spoiler"))
    optional_lines = "".join(f"\n\n{line}" for line in _optional_lines(about, rules, dialect, translate))
    footer_text = footer(
        summary,
        source_url,
        translate,
        links if rules.links else None,
        sanitize(rules.footer_line, dialect),
        dialect,
        is_self_post=about.is_self_post,
    )
    markdown = f"{body}{optional_lines}\n\n---\n\n{footer_text}"
    if (length := utf16_units(markdown)) > MAX_LENGTH:
        return Skipped(SkipReason.TOO_LONG, f"{length} characters, the limit is {MAX_LENGTH}")
    return Reply(markdown, language or None, summary.article_words, summary.summary_words, summary.saved)


def _optional_lines(
    about: ArticleInfo, rules: CommunityRules, dialect: Dialect, translate: Translator
) -> Iterator[str]:
    """The optional lines between the sentences and the footer."""
    if about.is_live_blog:
        yield translate("live-blog")
    words = sanitize(", ".join(about.key_words), dialect)
    if rules.key_words and words:
        yield translate("key-words", words=words)
    if rules.reading_time and about.reading_minutes:
        yield translate("reading-time", count=about.reading_minutes)
    site, title = sanitize(about.site, dialect), sanitize(about.title, dialect)
    if rules.source_line and site:
        yield translate("source-line", site=site, title=title)


def utf16_units(text: str) -> int:
    """The length as the platforms count it."""
    return len(text.encode("utf-16-le")) // 2
