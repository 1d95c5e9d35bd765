"""What the stages of the pipeline use: the queue, the fetcher, the workers, rules and clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from bot.core.models import Dialect, Digest, LengthLimits, NotArticle, Page, Post, Skipped
from bot.core.skip_reasons import SkipReason
from bot.pipeline.deferral import LINK_CHECKS
from bot.render import FooterLinks
from bot.rules import CommunityRules
from bot.rules.reply_templates import BUILT_IN_TEMPLATES, ReplyTemplates

if TYPE_CHECKING:
    from bot.store import MutedCommunities, PostQueue


def _unchanged(post: Post) -> Post:
    return post


def _never_paused(post: Post, has_opted_out: bool) -> Skipped | None:
    del post
    return Skipped(SkipReason.OPTED_OUT) if has_opted_out else None


def _no_links(post: Post) -> FooterLinks | None:
    del post
    return None


def _built_in_templates(dialect: Dialect) -> ReplyTemplates:
    del dialect
    return BUILT_IN_TEMPLATES


class Fetch(Protocol):
    def __call__(self, url: str) -> Page:
        """The page at a URL; raises `FetchError`."""
        ...


class DigestPage(Protocol):
    def __call__(
        self, page: Page, length: LengthLimits, method: str, *, with_key_words: bool
    ) -> Digest | NotArticle:
        """The digest of a page; raises `WorkerError`."""
        ...


class PipelineServices(Struct, frozen=True):
    queue: PostQueue
    muted_communities: MutedCommunities
    fetch: Fetch
    digest: DigestPage
    rules_for: Callable[[str], CommunityRules]
    dialect_of: Callable[[str], Dialect]
    source_url: str
    clock: Callable[[], datetime]
    retries: tuple[timedelta, ...]
    """The pauses before the second, third, ... attempt at a page."""
    fetch_post: Callable[[Post], Post] = _unchanged
    """The current version of a post; raises `PlatformError`."""
    opted_out_or_paused: Callable[[Post, bool], Skipped | None] = _never_paused
    """Why the author or the moderators want no reply to a post; gets whether the author has opted out."""
    footer_links: Callable[[Post], FooterLinks | None] = _no_links
    """The links in the footer of the reply to a post."""
    templates_for: Callable[[Dialect], ReplyTemplates] = _built_in_templates
    """The operator's templates for a platform."""
    link_checks: tuple[timedelta, ...] = LINK_CHECKS
    """How long after a post was found without a link it is read again."""
