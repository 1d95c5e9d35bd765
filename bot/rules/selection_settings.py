"""Settings that decide which posts get a reply."""

from __future__ import annotations

from pydantic import Field

from bot.rules.base import SettingsGroup
from bot.rules.rule_types import Hosts, Languages, Phrases


class PostSelection(SettingsGroup):
    """Which posts get a reply."""

    enabled: bool = Field(True, description="Whether Precis replies here at all.")
    only_on_request: bool = Field(False, description="Whether Precis replies only on request.")
    allow_domains: Hosts = Field(
        (), description="Reply only to links to these sites (empty: all sites).", examples=[["paper.example"]]
    )
    block_domains: Hosts = Field(
        (), description="Never reply to links to these sites.", examples=[["shop.example"]]
    )
    allow_title_words: Phrases = Field(
        (),
        description="Reply only to posts whose title has one of these (empty: all posts).",
        examples=[["climate"]],
    )
    block_title_words: Phrases = Field(
        (),
        description="Never reply to posts whose title has one of these.",
        examples=[["megathread", "live thread"]],
    )
    allow_flairs: Phrases = Field(
        (),
        description="Reply only to posts with one of these flairs (empty: all posts).",
        examples=[["News"]],
    )
    block_flairs: Phrases = Field(
        (), description="Never reply to posts with one of these flairs.", examples=[["Satire"]]
    )
    nsfw: bool = Field(False, description="Whether to reply to posts that are marked as not safe for work.")
    languages: Languages = Field(
        (),
        description="Reply only to articles in these languages (empty: all languages).",
        examples=[["en", "de"]],
    )
    min_article_words: int = Field(120, ge=50, le=5000, description="Skip articles with fewer words.")
    self_posts: bool = Field(
        False, description="Whether to summarise posts without a link that are long texts of their authors."
    )
    min_self_post_words: int = Field(
        300, ge=50, le=5000, description="Skip posts without a link that have fewer words (`self_posts`)."
    )
    crossposts: bool = Field(
        True, description="Whether to reply to posts that are marked as cross-posts from another community."
    )
    reposts: bool = Field(
        False, description="Whether to reply again when an article is posted again within a day."
    )
    max_age_hours: int = Field(24, ge=1, le=168, description="Skip posts older than this many hours.")
