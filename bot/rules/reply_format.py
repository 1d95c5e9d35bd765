"""How a reply looks."""

from __future__ import annotations

from pydantic import Field

from bot.core.models import Layout
from bot.rules.base import SettingsGroup
from bot.rules.rule_types import FooterLanguage, Line, Method


class ReplyFormat(SettingsGroup):
    """How a reply looks."""

    method: Method = Field("precis", description="How the sentences are picked.")
    sentences: int = Field(4, ge=1, le=15, description="At most so many sentences.")
    words: int = Field(100, ge=20, le=600, description="At most so many words.")
    min_saved: int = Field(60, ge=10, le=95, description="Least share of words spared, in percent.")
    layout: Layout = Field(Layout.PARAGRAPHS, description="How the sentences stand on the page.")
    key_words: bool = Field(False, description="Whether a line names the article's key words.")
    reading_time: bool = Field(False, description="Whether a line says how long the article takes to read.")
    source_line: bool = Field(False, description="Whether a line names the site and the article's title.")
    language: FooterLanguage = Field(
        "en", description="The language of what the bot itself says; auto takes the article's."
    )
    footer_line: Line = Field(
        "", description="A line of your own below the reply.", examples=["Questions? Ask the moderators."]
    )
    links: bool = Field(
        False, description="Whether the footer has links: why this reply, opt out, delete, source."
    )
    distinguished: bool = Field(
        False, description="Whether replies are marked as a moderator's (Reddit, where the bot is one)."
    )
    sticky: bool = Field(
        False, description="Whether replies are pinned on top (Reddit, where the bot is a moderator)."
    )
