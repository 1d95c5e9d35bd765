"""The last line of every reply: what the summary spares the reader, and who wrote it."""

from __future__ import annotations

from urllib.parse import quote

from bot.models import Summary


def footer(summary: Summary, source_url: str) -> str:
    """The footer as Markdown; `source_url` is where the bot's source code can be read."""
    return (
        f"The original article contains **{summary.article_words}** words, "
        f"the summary contains **{summary.summary_words}** words. "
        f"Saved **{summary.saved}%**. "
        f"[I'm a bot and I'm open source!]({_target(source_url)})"
    )


def _target(url: str) -> str:
    """A URL that cannot end a Markdown link early: spaces, brackets and backslashes percent-encoded."""
    return quote(url, safe="%:/?#@!$&'*+,;=~-._")
