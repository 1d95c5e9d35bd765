"""Settings for the text and the look of a reply."""

from __future__ import annotations

from pydantic import Field

from bot.core.models import Layout
from bot.rules.base import SettingsGroup
from bot.rules.rule_types import FooterLanguage, Line, Method


class ReplyFormat(SettingsGroup):
    """What a reply looks like."""

    method: Method = Field("precis", description="The method that selects the sentences.")
    sentences: int = Field(4, ge=1, le=15, description="Maximum number of sentences.")
    words: int = Field(100, ge=20, le=600, description="Maximum number of words.")
    min_saved: int = Field(
        60, ge=10, le=95, description="How much shorter than the article a summary must be, in percent."
    )
    layout: Layout = Field(Layout.PARAGRAPHS, description="How the sentences are laid out.")
    key_words: bool = Field(False, description="Whether a line lists the article's key words.")
    reading_time: bool = Field(False, description="Whether a line gives the article's reading time.")
    source_line: bool = Field(False, description="Whether a line names the site and the article's title.")
    language: FooterLanguage = Field(
        "en", description="The language of the bot's own texts; auto uses the article's language."
    )
    footer_line: Line = Field(
        "", description="Your own line below the reply.", examples=["Questions? Ask the moderators."]
    )
    links: bool = Field(
        False, description="Whether the footer has links: why this reply, opt out, delete, source."
    )
    distinguished: bool = Field(
        False, description="Whether replies are distinguished (Reddit, where the bot is a moderator)."
    )
    sticky: bool = Field(
        False, description="Whether replies are pinned to the top (Reddit, where the bot is a moderator)."
    )
