"""The parts of the footer: the word counts, the link to the source code, and optional links."""

from __future__ import annotations

import re
from urllib.parse import quote

from msgspec import Struct

from bot.core.models import Dialect, Summary
from bot.i18n.translations import Translator, translator
from bot.rules.reply_templates import Markdown


class FooterLinks(Struct, frozen=True):
    """The URLs of the link line, not yet encoded for Markdown."""

    why: str
    opt_out: str
    delete: str


def footer_parts(
    summary: Summary,
    source_url: str,
    translate: Translator | None = None,
    links: FooterLinks | None = None,
    dialect: Dialect = Dialect.LEMMY,
    *,
    is_self_post: bool = False,
) -> dict[str, Markdown]:
    """The word counts, the link to the source code and the link line, for a template.

    `source_url` is the URL of the bot's source code.
    """
    translate = translate or translator(None)
    counts = translate(
        "footer-words-post" if is_self_post else "footer-words",
        article=summary.article_words,
        summary=summary.summary_words,
        saved=summary.saved,
    )
    source = f"[{translate('footer-bot')}]({_escape_url(source_url, dialect)})"
    line = _link_line(links, source_url, translate, dialect) if links else ""
    return {"counts": Markdown(counts), "source": Markdown(source), "links": Markdown(line)}


def _link_line(links: FooterLinks, source_url: str, translate: Translator, dialect: Dialect) -> str:
    named = (
        ("link-why", links.why),
        ("link-opt-out", links.opt_out),
        ("link-delete", links.delete),
        ("link-source", source_url),
    )
    return " · ".join(f"[{translate(key)}]({_escape_url(url, dialect)})" for key, url in named)


def _escape_url(url: str, dialect: Dialect) -> str:
    """The URL with spaces, brackets and backslashes percent-encoded, so that it cannot end the link.

    PieFed formats also in URLs: `__a__` and `**a**` become bold, `~~a~~` is struck out.
    """
    escaped = quote(url, safe="%:/?#@!$&'*+,;=~-._")
    if dialect is not Dialect.PIEFED:
        return escaped
    return re.sub(r"[*~]|(?<=_)_", lambda found: f"%{ord(found[0]):02X}", escaped)
