"""The last lines of every reply: what the summary spares the reader, who wrote it, and how to stop it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from bot.core.models import Summary
from bot.i18n.translations import Translator, translator


@dataclass(frozen=True, slots=True)
class FooterLinks:
    """Where the link line leads to; addresses as they are, not yet encoded for Markdown."""

    why: str
    opt_out: str
    delete: str


def footer(
    summary: Summary,
    source_url: str,
    translate: Translator | None = None,
    links: FooterLinks | None = None,
    custom_line: str = "",
) -> str:
    """The footer as Markdown; `source_url` is where the bot's source code can be read.

    `own_line` is a community's own, escaped already.
    """
    translate = translate or translator(None)
    words = translate(
        "footer-words", article=summary.article_words, summary=summary.summary_words, saved=summary.saved
    )
    lines = [f"{words} [{translate('footer-bot')}]({_escape_url(source_url)})"]
    if links is not None:
        lines.append(_link_line(links, source_url, translate))
    if custom_line:
        lines.append(custom_line)
    return "\n\n".join(lines)


def _link_line(links: FooterLinks, source_url: str, translate: Translator) -> str:
    named = (
        ("link-why", links.why),
        ("link-opt-out", links.opt_out),
        ("link-delete", links.delete),
        ("link-source", source_url),
    )
    return " · ".join(f"[{translate(key)}]({_escape_url(url)})" for key, url in named)


def _escape_url(url: str) -> str:
    """A URL that cannot end a Markdown link early: spaces, brackets and backslashes percent-encoded."""
    return quote(url, safe="%:/?#@!$&'*+,;=~-._")
