"""The one way a post goes, from the queue to a finished reply; each stage ends in a value.

Post -> policy -> fetch -> Page -> worker (extract, summarize) -> Digest -> policy -> render -> Reply
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.core.errors import (
    FetchBusy,
    FetchError,
    FetchOffline,
    FetchStopped,
    PlatformError,
    Refused,
    RetryLater,
    StoreError,
    WorkerError,
    WorkerStopped,
)
from bot.core.models import (
    Dialect,
    Digest,
    Failed,
    Layout,
    LengthLimits,
    NotArticle,
    Page,
    Post,
    PrivateReply,
    Reply,
    Skipped,
)
from bot.core.skip_reasons import SkipReason
from bot.core.urls import article_url, url_hash
from bot.pipeline import deferral, policy
from bot.render import ArticleInfo, FooterLinks, render
from bot.rules import CommunityRules
from bot.store import ClaimedPost, MutedCommunities, PostQueue

log = structlog.get_logger(__name__)


SAME_ARTICLE_WINDOW = timedelta(hours=24)
HOST_TURN_PAUSE = timedelta(seconds=2)
"""Least pause before a page asks for its host's turn again."""


def _unchanged(post: Post) -> Post:
    return post


def _welcome(post: Post) -> Skipped | None:
    del post
    return None


def _no_links(post: Post) -> FooterLinks | None:
    del post
    return None


class Fetch(Protocol):
    def __call__(self, url: str) -> Page:
        """The page behind a link; raises `FetchError`."""
        ...


class DigestPage(Protocol):
    def __call__(self, page: Page, length: LengthLimits, method: str) -> Digest | NotArticle:
        """The digest of a page; raises `WorkerError`."""
        ...


@dataclass(frozen=True, slots=True)
class PipelineServices:
    """What the stages need of the outside."""

    queue: PostQueue
    muted_communities: MutedCommunities
    fetch: Fetch
    digest: DigestPage
    rules_for: Callable[[str], CommunityRules]
    dialect_of: Callable[[str], Dialect]
    source_url: str
    clock: Callable[[], datetime]
    retries: tuple[timedelta, ...]
    """Pauses before the second, third, ... try of a page that could not be had."""
    fetch_post: Callable[[Post], Post] = _unchanged
    """The post as it is now; raises `PlatformError`."""
    opted_out_or_paused: Callable[[Post], Skipped | None] = _welcome
    """Why people have asked that this post gets no reply."""
    footer_links: Callable[[Post], FooterLinks | None] = _no_links
    """Where the footer's links lead to."""


ProcessOutcome = Reply | Skipped | PrivateReply | Failed | None


def process_post(claimed: ClaimedPost, services: PipelineServices) -> ProcessOutcome:
    """Take one claimed post through all stages and record how it ended; None: given back."""
    outcome = _outcome(claimed, services)
    now = services.clock()
    if isinstance(outcome, Reply):
        outcome = _keep(claimed, outcome, services, now)
    match outcome:
        case Skipped():
            services.queue.skip(claimed.row, outcome, now)
        case PrivateReply():
            services.queue.withhold(claimed.row, outcome, now)
        case Failed(retry_at=None):
            services.queue.mark_dead(claimed.row, outcome.error, now)
        case Failed(retry_at=datetime() as at):
            services.queue.retry(claimed.row, outcome.error, at, counted=outcome.counts_as_attempt)
        case None:
            services.queue.release([claimed.row])
    _tell(claimed.post, outcome)
    return outcome


def _keep(task: ClaimedPost, reply: Reply, services: PipelineServices, now: datetime) -> Reply | Skipped:
    """Record a reply, unless another post of the same article was a moment quicker."""
    anyway = task.request is not None or services.rules_for(task.post.community).reposts
    first = services.queue.make_ready(
        task.row, reply, now, now, None if anyway else now - SAME_ARTICLE_WINDOW
    )
    return reply if first is None else Skipped(SkipReason.SAME_ARTICLE, first)


def _repost(task: ClaimedPost, services: PipelineServices) -> Skipped | Failed | None:
    """Whether the link was posted here before: with a reply, or with one on its way, which is waited for."""
    now = services.clock()
    if task.request is not None or services.rules_for(task.post.community).reposts:
        return None
    first = services.queue.find_same_link_replied(task.row, now - SAME_ARTICLE_WINDOW)
    if first is not None:
        return Skipped(SkipReason.SAME_ARTICLE, first)
    if services.queue.has_earlier_pending(task.row, now):
        return Failed(
            "An earlier post of the same article comes first.", now + HOST_TURN_PAUSE, counts_as_attempt=False
        )
    return None


def _outcome(task: ClaimedPost, services: PipelineServices) -> ProcessOutcome:
    try:
        return _repost(task, services) or make_reply(task.post, services, task.request)
    except (FetchStopped, WorkerStopped):
        return None
    except (FetchBusy, FetchOffline) as error:
        pause = max(error.retry_after or HOST_TURN_PAUSE, HOST_TURN_PAUSE)
        return Failed(error.detail, services.clock() + pause, counts_as_attempt=False)
    except FetchError as error:
        skipped = Skipped(error.reason, error.detail)
        return skipped if error.permanent else _another_try(task, services, skipped, error.retry_after)
    except WorkerError as error:
        if task.attempts:  # a page that kills a worker twice would kill a third
            return Skipped(SkipReason.CRASHED, str(error))
        return _another_try(task, services, Skipped(SkipReason.CRASHED, str(error)), None)
    except StoreError:
        raise
    except Refused as error:
        return Skipped(error.reason, str(error))
    except PlatformError as error:
        until = (
            error.retry_at
            if isinstance(error, RetryLater)
            else services.clock() + deferral.SCORE_CHECK_INTERVAL
        )
        return Failed(str(error), until, counts_as_attempt=False)
    except Exception as error:
        log.exception("a post ended in an unforeseen error", account=task.post.account, post=task.post.id)
        failed = _another_try(task, services, Skipped(SkipReason.CRASHED), None)
        at = failed.retry_at if isinstance(failed, Failed) else None
        return Failed(f"{type(error).__name__}: {error}", at)


def make_reply(
    post: Post, services: PipelineServices, request: str | None = None
) -> Reply | Skipped | PrivateReply | Failed:
    """The stages themselves; raises `FetchError`, `WorkerError` or `PlatformError`.

    With a `request`, what speaks only against a reply in that place sends it to who asked instead.
    """
    rules = services.rules_for(post.community)
    closed = _closed(post, rules, services, request)
    stopped = (
        closed or _not_yet(post, rules, services) if request is None else policy.check_request(post, rules)
    )
    if stopped is not None:
        return stopped
    reply = compose_reply(post, rules, services)
    return PrivateReply(reply, closed) if closed is not None and isinstance(reply, Reply) else reply


def _closed(
    post: Post, rules: CommunityRules, services: PipelineServices, request: str | None
) -> Skipped | None:
    """Why no reply may stand under the post."""
    mute = services.muted_communities.find(post.account, post.community)
    if mute is not None:
        return Skipped(SkipReason.BANNED, mute.detail)
    unwelcome = services.opted_out_or_paused(post)
    if unwelcome is not None:
        return unwelcome
    now = services.clock()
    today = services.queue.count_replies(post.community, now - timedelta(hours=24))
    if request is not None:
        return (
            Skipped(SkipReason.ELSEWHERE)
            if request == "private"
            else policy.check_placement(post, rules, today)
        )
    if services.queue.is_requested(post):
        return Skipped(SkipReason.ALREADY_ANSWERED, "somebody had asked for it")
    return policy.before_fetch(post, rules, now, today)


def _not_yet(post: Post, rules: CommunityRules, services: PipelineServices) -> Failed | None:
    """Until when a post has to wait; its score is looked up anew."""
    if post.score < rules.min_score:
        post = services.fetch_post(post)
    return deferral.check_deferral(post, rules, services.clock())


def compose_reply(post: Post, rules: CommunityRules, services: PipelineServices) -> Reply | Skipped:
    """The reply to the article that a post links to; raises `FetchError` or `WorkerError`."""
    assert post.url is not None
    page = services.fetch(post.url)
    found = services.digest(page, rules.length, rules.method)
    if isinstance(found, NotArticle):
        return Skipped(found.reason, found.detail)
    if post.spoiler:
        rules = rules.model_copy(update={"layout": Layout.COLLAPSED})
    dialect = services.dialect_of(post.account)
    return write_reply(found, page.url, rules, dialect, services.source_url, services.footer_links(post))


def write_reply(
    digest: Digest,
    url: str,
    rules: CommunityRules,
    dialect: Dialect,
    source_url: str,
    links: FooterLinks | None = None,
) -> Reply | Skipped:
    """The reply to an article that was read at `url`, or why there is none."""
    skipped = policy.after_digest(digest, rules)
    if skipped is not None:
        return skipped
    reply = render(
        digest.summary,
        language=digest.article.language or None,
        rules=rules,
        dialect=dialect,
        source_url=source_url,
        about=_about(digest, url),
        links=links,
    )
    if isinstance(reply, Skipped):
        return reply
    return replace(reply, article_hash=url_hash(article_url(digest.article)))


def _about(found: Digest, url: str) -> ArticleInfo:
    article = found.article
    return ArticleInfo(
        article.title, article.site or policy.domain(url), found.key_words, found.reading_minutes
    )


def _another_try(
    task: ClaimedPost, services: PipelineServices, otherwise: Skipped, asked: timedelta | None
) -> Skipped | Failed:
    """A try later, not before the pause that the site asked for; `otherwise` when there were enough."""
    if task.attempts >= len(services.retries):
        return otherwise
    pause = max(services.retries[task.attempts], asked or timedelta(0))
    return Failed(otherwise.detail or otherwise.reason.sentence, services.clock() + pause)


def _tell(post: Post, outcome: ProcessOutcome) -> None:
    say = log.bind(account=post.account, community=post.community, post=post.id)
    match outcome:
        case Reply():
            say.info("reply written", words=outcome.summary_words, saved=outcome.saved)
        case PrivateReply():
            say.info("reply written, to be sent in private", reason=outcome.skipped.reason.value)
        case Skipped():
            say.info("skipped", reason=outcome.reason.value, detail=outcome.detail)
        case Failed(counts_as_attempt=False):
            say.debug("waits for its turn", detail=outcome.error)
        case Failed():
            say.warning("failed", error=outcome.error, again_at=outcome.retry_at)
        case None:
            say.info("given back: the daemon is stopping")
