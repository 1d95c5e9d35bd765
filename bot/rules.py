"""What may be set for a community: one field, one line of help, bounds and default.

The operator writes these under `[rules]` and `[rules.COMMUNITY]` of the config. The docs table and
the error texts are made from this class.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.models import Layout, Length

Method = Literal["precis", "lexrank", "lsa", "textrank", "luhn", "kl", "sumbasic", "reduction", "edmundson"]


def _host(value: object) -> object:
    """A host as people write it: `https://www.Example.org/` means example.org."""
    if not isinstance(value, str):
        return value
    host = value.strip().lower().removeprefix("https://").removeprefix("http://")
    return host.split("/", 1)[0].removeprefix("www.").rstrip(".")


Host = Annotated[str, BeforeValidator(_host), Field(min_length=1, pattern=r"^[^\s/:@]+$")]


class CommunityRules(BaseModel):
    """What Precis does in one community."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(True, description="Whether Precis replies here at all.")
    method: Method = Field("precis", description="How the sentences are picked.")
    sentences: int = Field(4, ge=1, le=15, description="At most so many sentences.")
    words: int = Field(100, ge=20, le=600, description="At most so many words.")
    min_saved: int = Field(60, ge=10, le=95, description="Least share of words spared, in percent.")
    min_article_words: int = Field(120, ge=50, le=5000, description="Shorter articles get no reply.")
    layout: Layout = Field(Layout.PARAGRAPHS, description="How the sentences stand on the page.")
    allow_domains: tuple[Host, ...] = Field((), description="Only these sites, if any are named.")
    block_domains: tuple[Host, ...] = Field((), description="Never these sites.")
    nsfw: bool = Field(False, description="Whether posts marked as not safe for work get replies.")
    max_age_hours: int = Field(24, ge=1, le=168, description="Older posts get no reply.")
    reposts: bool = Field(
        False, description="Whether an article that was summarised within a day gets a second reply."
    )
    max_per_day: int = Field(50, ge=1, le=1000, description="At most so many replies in 24 hours.")

    @property
    def length(self) -> Length:
        return Length(self.sentences, self.words, self.min_saved / 100)

    @property
    def max_age(self) -> timedelta:
        return timedelta(hours=self.max_age_hours)
