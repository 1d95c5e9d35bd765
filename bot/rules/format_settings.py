"""Settings for the text and the look of a reply."""

from __future__ import annotations

from pydantic import Field

from bot.core.models import Layout
from bot.rules.base import SettingsGroup
from bot.rules.rule_types import FooterLanguage, Line, Method


class ReplyFormat(SettingsGroup):
    """What a reply looks like."""

    method: Method = Field("precis", description="How the sentences are picked.")
    sentences: int = Field(4, ge=1, le=15, description="The maximum number of sentences.")
    words: int = Field(100, ge=20, le=600, description="The maximum number of words.")
    min_saved: int = Field(
        60, ge=10, le=95, description="The minimum percentage of words that a summary saves."
    )
    layout: Layout = Field(Layout.PARAGRAPHS, description="How the sentences are shown.")
    key_words: bool = Field(False, description="Whether a line lists the article's key words.")
    reading_time: bool = Field(False, description="Whether a line gives the article's reading time.")
    source_line: bool = Field(False, description="Whether a line names the site and the article's title.")
    language: FooterLanguage = Field(
        "en", description="The language of the bot's own texts; auto: the language of the article."
    )
    footer_line: Line = Field(
        "", description="A line of your own below the reply.", examples=["Questions? Ask the moderators."]
    )
    links: bool = Field(
        False, description="Whether the footer has links: why this reply, opt out, delete, source."
    )
    distinguished: bool = Field(
        False, description="Whether replies are marked as a moderator's (Reddit, if the bot is a moderator)."
    )
    sticky: bool = Field(
        False, description="Whether replies are pinned to the top (Reddit, if the bot is a moderator)."
    )
