"""Sends the replies of one account: exactly one under a post, or under the comment that requested it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import structlog

from bot.core.daily_cap import DailyCap
from bot.core.errors import Refused, Unreachable
from bot.core.models import Comment, Failed, Outdated, Post, Skipped
from bot.core.skip_reasons import SkipReason
from bot.outbox.exactly_once import ExactlyOnceSender, SendTiming
from bot.platforms.base import Messaging, Platform, SelfVoter
from bot.store import (
    Accounts,
    MutedCommunities,
    MutedCommunity,
    OutgoingReplies,
    OutgoingReply,
    PostQueue,
    source_hash,
)

__all__ = ["ReplyOutbox", "SendPolicy", "SendTiming", "gone_or_locked"]

log = structlog.get_logger(__name__)


class SendPolicy(Protocol):
    """Why a finished reply must not be sent, must wait or must be written again; None to send it.

    `post` is its current state.
    """

    def __call__(self, post: Post, reply: OutgoingReply) -> Skipped | Failed | Outdated | None: ...


class ReplyOutbox(ExactlyOnceSender[OutgoingReply]):
    """The replies of one account."""

    def __init__(
        self,
        platform: Platform,
        *,
        replies: OutgoingReplies,
        queue: PostQueue,
        accounts: Accounts,
        muted_communities: MutedCommunities,
        created_at: datetime,
        check_post: SendPolicy,
        clock: Callable[[], datetime],
        timing: SendTiming,
        messaging: Messaging | None = None,
        max_per_day: Callable[[str], int] | None = None,
        before_request: Callable[[], None] | None = None,
    ) -> None:
        """`messaging` sends replies to the comments that requested them.

        `max_per_day` returns the maximum number of replies in a community within 24 hours.
        """
        super().__init__(
            platform.account,
            store=replies,
            accounts=accounts,
            created_at=created_at,
            clock=clock,
            timing=timing,
            before_request=before_request,
        )
        self._platform = platform
        self._replies = replies
        self._max_per_day = max_per_day
        self._queue = queue
        self._muted_communities = muted_communities
        self._check_post = check_post
        self._optional_messaging = messaging

    def _earliest_send(self, item: OutgoingReply) -> datetime:
        return item.published

    def _find_sent(self, item: OutgoingReply) -> Comment | None:
        """A reply that is still visible, else a deleted one; but none that this reply replaces."""
        own = [each for each in self._own_comments(item) if each.id not in item.replaced_comment_ids]
        return next((each for each in own if not each.gone), own[0] if own else None)

    def _own_comments(self, item: OutgoingReply) -> tuple[Comment, ...]:
        if item.parent_id is None:
            return self._platform.own_comments(item.post_id)
        return self._messaging().own_replies_to_comment(item.post_id, item.parent_id)

    def _next_send_at(self, item: OutgoingReply) -> datetime | None:
        return self._platform.next_reply_at(item.community)

    def _check_before_send(self, item: OutgoingReply) -> Skipped | Failed | Outdated | None:
        muted = self._muted_communities.find(self.account, item.community) if item.is_muted else None
        if muted is not None:
            return muted.skipped
        try:
            post = self._platform.fetch_post(item.post_id)
        except Refused as error:
            return Skipped(error.reason, str(error))
        changed = item.follows_post_link and source_hash(post) != item.url_hash
        if changed and gone_or_locked(post, item) is None:
            # The rules are checked when it is processed again.
            return Outdated(post, "The link or the text of the post was changed.")
        return self._check_post(post, item)

    def _mark_sending(self, item: OutgoingReply, now: datetime) -> Skipped | bool:
        """The maximum per day is checked in the same transaction, because other accounts send too."""
        cap = None if self._max_per_day is None else DailyCap.at(now, self._max_per_day(item.community))
        return self._replies.mark_sending(item.row, now, now + self._timing.settle, cap)

    def _restart(self, item: OutgoingReply, outdated: Outdated, now: datetime) -> None:
        self._queue.restart(item.row, outdated, now)
        self._log_of(item).info("a waiting reply is written again", why=outdated.why)

    def _after_send(self, comment: Comment) -> None:
        """Remove the account's vote for its own comment, once. A failure does not affect the reply."""
        if not isinstance(self._platform, SelfVoter):
            return
        try:
            self._platform.remove_own_vote(comment.id)
        except Exception as error:  # noqa: BLE001 (a bug of the adapter must not affect the reply either)
            log.warning(
                "the reply keeps its own vote", account=self.account, comment=comment.url, error=str(error)
            )

    def _request(self, item: OutgoingReply) -> Comment:
        if item.parent_id is None:
            return self._platform.reply(
                item.post_id, item.markdown, item.language, refused_sends=item.refused_sends
            )
        return self._messaging().reply_to_comment(
            item.post_id, item.parent_id, item.markdown, item.language, refused_sends=item.refused_sends
        )

    def _messaging(self) -> Messaging:
        if self._optional_messaging is None:
            raise Unreachable("comments cannot be answered in this run")
        return self._optional_messaging

    def _skip(self, item: OutgoingReply, skipped: Skipped, now: datetime) -> None:
        self._replies.skip(item.row, skipped, now)
        self._log_of(item).info("skipped", reason=skipped.reason.value, detail=skipped.detail)

    def _handle_refusal(self, item: OutgoingReply, error: Refused, now: datetime) -> None:
        self._replies.skip(item.row, Skipped(error.reason, str(error)), now)
        is_ban = error.reason is SkipReason.BANNED
        if is_ban:
            self._muted_communities.add(MutedCommunity(self.account, item.community, str(error), now))
        about = {"reason": error.reason.value, "error": str(error), "muted": is_ban}
        self._log_of(item).warning("the reply was refused", **about)

    def _mark_dead(self, item: OutgoingReply, error: str, now: datetime) -> None:
        self._replies.mark_dead(item.row, error, now)
        self._log_of(item).warning("gave up sending a reply", error=error)

    def _log_of(self, item: OutgoingReply) -> Any:
        return log.bind(account=self.account, community=item.community, post=item.post_id)


def gone_or_locked(post: Post, reply: OutgoingReply) -> Skipped | None:
    """The minimal `SendPolicy`: skip posts that are gone, locked or in a community that banned the bot."""
    del reply
    for applies, reason in (
        (post.gone, SkipReason.GONE),
        (post.locked, SkipReason.LOCKED),
        (post.banned, SkipReason.BANNED),
    ):
        if applies:
            return Skipped(reason)
    return None
