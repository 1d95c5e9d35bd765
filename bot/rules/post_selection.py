"""What is answered."""

from __future__ import annotations

from pydantic import Field

from bot.rules.base import SettingsGroup
from bot.rules.rule_types import Hosts, Languages, Phrases


class PostSelection(SettingsGroup):
    """What gets a reply."""

    enabled: bool = Field(True, description="Whether Precis replies here at all.")
    only_on_request: bool = Field(False, description="Whether it replies only where somebody asks for it.")
    allow_domains: Hosts = Field(
        (), description="Only these sites, if any are named.", examples=[["paper.example"]]
    )
    block_domains: Hosts = Field((), description="Never these sites.", examples=[["shop.example"]])
    allow_title_words: Phrases = Field(
        (), description="Only posts whose title has one of these, if any are named.", examples=[["climate"]]
    )
    block_title_words: Phrases = Field(
        (), description="No posts whose title has one of these.", examples=[["megathread", "live thread"]]
    )
    allow_flairs: Phrases = Field(
        (), description="Only posts with one of these flairs, if any are named.", examples=[["News"]]
    )
    block_flairs: Phrases = Field((), description="No posts with one of these flairs.", examples=[["Satire"]])
    nsfw: bool = Field(False, description="Whether posts marked as not safe for work get replies.")
    languages: Languages = Field(
        (), description="Only articles in these languages, if any are named.", examples=[["en", "de"]]
    )
    min_article_words: int = Field(120, ge=50, le=5000, description="Shorter articles get no reply.")
    crossposts: bool = Field(
        True, description="Whether posts that say they are carried over from another community get replies."
    )
    reposts: bool = Field(
        False, description="Whether an article that was summarised within a day gets a second reply."
    )
    max_age_hours: int = Field(24, ge=1, le=168, description="Older posts get no reply.")
