"""Settings that decide which posts get a reply."""

from __future__ import annotations

from pydantic import Field

from bot.rules.base import SettingsGroup
from bot.rules.rule_types import Hosts, Languages, Phrases


class PostSelection(SettingsGroup):
    """Which posts get a reply."""

    enabled: bool = Field(True, description="Whether Precis replies here at all.")
    only_on_request: bool = Field(False, description="Whether Precis replies only when someone asks it to.")
    allow_domains: Hosts = Field(
        (), description="Only links to these sites, if any are listed.", examples=[["paper.example"]]
    )
    block_domains: Hosts = Field((), description="No links to these sites.", examples=[["shop.example"]])
    allow_title_words: Phrases = Field(
        (),
        description="Only posts whose title contains one of these, if any are listed.",
        examples=[["climate"]],
    )
    block_title_words: Phrases = Field(
        (),
        description="No posts whose title contains one of these.",
        examples=[["megathread", "live thread"]],
    )
    allow_flairs: Phrases = Field(
        (), description="Only posts with one of these flairs, if any are listed.", examples=[["News"]]
    )
    block_flairs: Phrases = Field((), description="No posts with one of these flairs.", examples=[["Satire"]])
    nsfw: bool = Field(False, description="Whether posts marked as not safe for work get replies.")
    languages: Languages = Field(
        (), description="Only articles in these languages, if any are listed.", examples=[["en", "de"]]
    )
    min_article_words: int = Field(120, ge=50, le=5000, description="Articles with fewer words get no reply.")
    crossposts: bool = Field(
        True, description="Whether posts that are marked as crossposts from another community get replies."
    )
    reposts: bool = Field(
        False, description="Whether an article that was summarised in the last 24 hours gets another reply."
    )
    max_age_hours: int = Field(24, ge=1, le=168, description="Posts older than this get no reply.")
