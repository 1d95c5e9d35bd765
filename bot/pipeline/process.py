"""Process one post, from the queue to a finished reply.

Post -> policy -> fetch -> Page -> worker (extract, summarize) -> Digest -> policy -> render -> Reply
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from msgspec.structs import replace

from bot.core.daily_cap import WINDOW, DailyCap
from bot.core.errors import (
    FetchBusy,
    FetchError,
    FetchOffline,
    FetchStopped,
    PlatformError,
    RefetchRequired,
    Refused,
    RetryLater,
    StoreError,
    WorkerError,
    WorkerStopped,
)
from bot.core.models import Failed, Post, PrivateReply, Reply, Skipped
from bot.core.skip_reasons import SkipReason
from bot.pipeline import deferral, policy
from bot.pipeline.compose import compose_reply
from bot.pipeline.retries import retry_or_skip
from bot.pipeline.rule_resolver import network_of
from bot.pipeline.services import PipelineServices
from bot.rules import CommunityRules
from bot.store import ClaimedPost

log = structlog.get_logger(__name__)

SAME_ARTICLE_WINDOW = timedelta(hours=24)
"""How long after a reply other posts of the same article in the community get none."""
HOST_TURN_PAUSE = timedelta(seconds=2)
"""The shortest wait for a free connection to a host."""
PLATFORM_ERROR_PAUSE = timedelta(minutes=1)
"""Before a post is read again after that failed."""

ProcessOutcome = Reply | Skipped | PrivateReply | Failed | None


def process_post(claimed: ClaimedPost, services: PipelineServices) -> ProcessOutcome:
    """Take a claimed post through all stages and record its outcome; None if the lease was released.

    Raises `RefetchRequired` on a node that cannot read posts from their platform.
    """
    started = services.clock()
    outcome = _outcome_of(claimed, services)
    now = services.clock()
    if isinstance(outcome, Reply):
        outcome = _record_reply(claimed, outcome, services, now)
    match outcome:
        case Skipped():  # the clock may have been set back since; then the post is judged again
            services.queue.skip(claimed.row, outcome, max(started, now))
        case PrivateReply():
            services.queue.record_private_reply(claimed.row, outcome, now)
        case Failed(retry_at=None):
            services.queue.mark_dead(claimed.row, outcome.error, now)
        case Failed(retry_at=datetime() as at):
            how = {"counted": outcome.counts_as_attempt, "planned": outcome.planned}
            services.queue.retry(claimed.row, outcome.error, at, **how)
        case None:
            services.queue.release([claimed.row])
    _log_outcome(claimed.post, outcome)
    return outcome


def _record_reply(
    claimed: ClaimedPost, reply: Reply, services: PipelineServices, now: datetime
) -> Reply | PrivateReply | Skipped:
    """Save a reply, unless another post of the same article got one in the meantime, or the last one today.

    A requested reply above the maximum per day is sent privately.
    """
    since = None if _allows_repost(claimed, services) else now - SAME_ARTICLE_WINDOW
    cap = DailyCap.at(now, services.rules_for(claimed.post.community).max_per_day)
    skipped = services.queue.make_ready(claimed.row, reply, now, now, since, cap, claimed.community)
    if skipped is None:
        return reply
    return skipped if claimed.request is None else PrivateReply(reply, skipped)


def _check_repost(claimed: ClaimedPost, services: PipelineServices) -> Skipped | Failed | None:
    """Skip a post if its link has a reply in the community, and wait for an earlier post with the link."""
    if _allows_repost(claimed, services):
        return None
    now = services.clock()
    replied = services.queue.find_same_link_replied(claimed.row, now - SAME_ARTICLE_WINDOW)
    if replied is not None:
        return Skipped(SkipReason.SAME_ARTICLE, replied)
    if services.queue.has_earlier_pending(claimed.row, now):
        error = "An earlier post of the same article is processed first."
        return Failed(error, now + HOST_TURN_PAUSE, counts_as_attempt=False)
    return None


def _allows_repost(claimed: ClaimedPost, services: PipelineServices) -> bool:
    return claimed.request is not None or services.rules_for(claimed.post.community).reposts


def _outcome_of(claimed: ClaimedPost, services: PipelineServices) -> ProcessOutcome:
    try:
        claimed = _with_current_link(_refetch(claimed, services), services)
        outcome = _check_repost(claimed, services) or make_reply(claimed.post, services, claimed.request)
        if isinstance(outcome, Skipped) and outcome.reason is SkipReason.FUTURE:
            return retry_or_skip(outcome, claimed, services)  # our clock may be behind
        return outcome
    except (FetchStopped, WorkerStopped):
        return None
    except (FetchBusy, FetchOffline) as error:
        pause = max(error.retry_after or HOST_TURN_PAUSE, HOST_TURN_PAUSE)
        return Failed(error.detail, services.clock() + pause, counts_as_attempt=False)
    except FetchError as error:
        skipped = Skipped(error.reason, error.detail)
        return skipped if error.permanent else retry_or_skip(skipped, claimed, services, error.retry_after)
    except WorkerError as error:
        skipped = Skipped(SkipReason.CRASHED, str(error))
        # A page that crashes a worker twice would crash a third one.
        return skipped if claimed.attempts else retry_or_skip(skipped, claimed, services)
    except (StoreError, RefetchRequired):
        raise
    except Refused as error:
        return Skipped(error.reason, str(error))
    except PlatformError as error:
        soon = services.clock() + PLATFORM_ERROR_PAUSE
        retry_at = error.retry_at if isinstance(error, RetryLater) else soon
        return Failed(str(error), retry_at, counts_as_attempt=False)
    except Exception as error:
        account, post = claimed.post.account, claimed.post.id
        log.exception("a post failed with an unexpected error", account=account, post=post)
        outcome = retry_or_skip(Skipped(SkipReason.CRASHED), claimed, services)
        at = outcome.retry_at if isinstance(outcome, Failed) else None
        return Failed(f"{type(error).__name__}: {error}", at)


def _refetch(claimed: ClaimedPost, services: PipelineServices) -> ClaimedPost:
    """Read a post again that the operator retries. A request keeps the link that it asks about."""
    if not claimed.refetch:
        return claimed
    post = services.fetch_post(claimed.post)
    if claimed.request is not None:
        post = replace(post, url=claimed.post.url)
    services.queue.update_post(claimed.row, post)
    return replace(claimed, post=post, refetch=False)


def make_reply(
    post: Post, services: PipelineServices, request: str | None = None
) -> Reply | Skipped | PrivateReply | Failed:
    """Run the stages; raises `FetchError`, `WorkerError` or `PlatformError`.

    With a `request`, a reply that must not be posted under the post is sent privately instead.
    """
    rules = services.rules_for(post.community)
    skipped = _check_before_fetch(post, rules, services, request)
    if request is None:
        stopped = skipped or _check_deferral(post, rules, services)
    else:
        stopped = policy.check_request(post, rules)
    if stopped is None and not post.url:  # a self post, unless its server adds a link later
        stopped = deferral.check_missing_link(post, services.clock(), services.link_checks)
    if stopped is not None:
        return _wait_for_link(stopped, post, services) or stopped
    reply = compose_reply(post, rules, services)
    return PrivateReply(reply, skipped) if skipped is not None and isinstance(reply, Reply) else reply


def _with_current_link(claimed: ClaimedPost, services: PipelineServices) -> ClaimedPost:
    """Read a post again that waits for its link. Its current version is saved if it has one."""
    post = claimed.post
    if not deferral.is_link_check_due(post, services.clock(), services.link_checks):
        return claimed
    current = services.fetch_post(post)
    if current.url:
        services.queue.update_post(claimed.row, current)
        return replace(claimed, post=current)
    return replace(claimed, post=replace(current, link_awaited_since=post.link_awaited_since))


def _wait_for_link(skipped: Skipped | Failed, post: Post, services: PipelineServices) -> Failed | None:
    """Until when a post without a link has to wait before that is final."""
    if not isinstance(skipped, Skipped) or skipped.reason is not SkipReason.NO_LINK:
        return None
    return deferral.check_missing_link(post, services.clock(), services.link_checks)


def _check_before_fetch(
    post: Post, rules: CommunityRules, services: PipelineServices, request: str | None
) -> Skipped | None:
    """Why no reply may be posted under the post."""
    now = services.clock()
    network = network_of(services.dialect_of(post.account))
    known = services.queue.obstacles.before_fetch(post, network, now - WINDOW)
    muted = services.muted_communities.find(post.account, post.community) if known.is_muted else None
    if muted is not None:
        return muted.skipped
    skipped = services.opted_out_or_paused(post, known.has_opted_out)
    if skipped is not None:
        return skipped
    if request == "private":
        return Skipped(SkipReason.ELSEWHERE)
    if request is not None:
        return policy.check_placement(post, rules, known.replies)
    if known.is_requested:
        return Skipped(SkipReason.ALREADY_ANSWERED, "somebody requested it")
    return policy.before_fetch(post, rules, now, known.replies)


def _check_deferral(post: Post, rules: CommunityRules, services: PipelineServices) -> Failed | None:
    """Until when a post has to wait, judged by its current score."""
    if post.score < rules.min_score:
        post = services.fetch_post(post)
    return deferral.check_deferral(post, rules, services.clock())


def _log_outcome(post: Post, outcome: ProcessOutcome) -> None:
    post_log = log.bind(account=post.account, community=post.community, post=post.id)
    match outcome:
        case Reply():
            post_log.info("reply written", words=outcome.summary_words, saved=outcome.saved)
        case PrivateReply():
            post_log.info("private reply written", reason=outcome.skipped.reason.value)
        case Skipped():
            post_log.info("skipped", reason=outcome.reason.value, detail=outcome.detail)
        case Failed(counts_as_attempt=False):
            post_log.debug("deferred", detail=outcome.error)
        case Failed():
            post_log.warning("failed", error=outcome.error, retry_at=outcome.retry_at)
        case None:
            post_log.info("released: the daemon is stopping")
