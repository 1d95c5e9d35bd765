"""Renders a summary as the Markdown of a reply, in the dialect of each platform.

Pure functions. All text from the article goes through `sanitize`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from msgspec import Struct

from bot.core.models import Dialect, Reply, Skipped, Summary
from bot.core.reply_length import MAX_LENGTH, utf16_units
from bot.core.skip_reasons import SkipReason
from bot.i18n.translations import Translator, translator
from bot.render.footer import FooterLinks, footer_parts
from bot.render.layouts import LAYOUTS
from bot.render.sanitize import sanitize
from bot.rules import CommunityRules
from bot.rules.reply_templates import BUILT_IN_TEMPLATES, Markdown, ReplyTemplates
from bot.rules.template_filling import fill

_ESCAPE: Mapping[Dialect, Callable[[str], str]] = {
    dialect: partial(sanitize, dialect=dialect) for dialect in Dialect
}


class ArticleInfo(Struct, frozen=True):
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
    templates: ReplyTemplates = BUILT_IN_TEMPLATES,
) -> Reply | Skipped:
    """The reply as Markdown, or TOO_LONG, or NO_SENTENCES if no text is left after sanitizing.

    `language` is the article's, ISO 639-1; `source_url` is the URL of the bot's source code; `links` are
    shown if the rules ask for them. Raises what a template of the operator raises (`fill`).
    """
    escape = _ESCAPE[dialect]
    sentences = {text: line for text in summary.sentences if (line := escape(text))}
    if not sentences:
        return Skipped(SkipReason.NO_SENTENCES, "only links and invisible characters")
    about = about or ArticleInfo()
    translate = translator(language if rules.language == "auto" else rules.language)
    values = {
        **footer_parts(
            summary,
            source_url,
            translate,
            links if rules.links else None,
            dialect,
            is_self_post=about.is_self_post,
        ),
        **_plain_values(summary, rules, about),
        "language": language or "",
        "platform": dialect.value,
    }
    footer = fill(templates.footer, values, escape)
    body = LAYOUTS[dialect, rules.layout](list(sentences.values()), translate("spoiler"))
    values |= {
        "sentences": list(sentences),
        "summary": Markdown(body),
        "lines": Markdown("\n\n".join(_optional_lines(about, rules, dialect, translate))),
        "footer": footer,
    }
    markdown = fill(templates.reply, values, escape)
    if (length := utf16_units(markdown)) > MAX_LENGTH:
        return Skipped(SkipReason.TOO_LONG, f"{length} characters, the limit is {MAX_LENGTH}")
    return Reply(markdown, language or None, summary.article_words, summary.summary_words, summary.saved)


def _plain_values(summary: Summary, rules: CommunityRules, about: ArticleInfo) -> dict[str, Any]:
    """The values for a template that are escaped where it writes them."""
    return {
        "footer_line": rules.footer_line,
        "article_words": summary.article_words,
        "summary_words": summary.summary_words,
        "saved": summary.saved,
        "title": about.title,
        "site": about.site,
        "reading_minutes": about.reading_minutes,
        "key_words": list(about.key_words),
    }


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
