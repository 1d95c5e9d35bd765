"""The replies of one account: exactly one under a post, or below the comment that asked for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog

from bot.core.errors import Refused, Unreachable
from bot.core.models import Comment, Failed, Post, Skipped
from bot.core.skip_reasons import SkipReason
from bot.outbox.exactly_once import ExactlyOnceSender, PostLinkChanged, SendTiming
from bot.platforms.base import Messaging, Platform, SelfVoter
from bot.store import (
    Accounts,
    MutedCommunities,
    MutedCommunity,
    OutgoingReplies,
    OutgoingReply,
    PostQueue,
    link_hash,
)

__all__ = ["ReplyOutbox", "SendPolicy", "SendTiming", "gone_or_locked"]

log = structlog.get_logger(__name__)


class SendPolicy(Protocol):
    """What may still stop a finished reply, given the post as it is now, or hold it back for a while."""

    def __call__(self, post: Post) -> Skipped | Failed | None: ...


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
    ) -> None:
        """`correspondence` is how replies get below the comments that asked for them."""
        super().__init__(
            platform.account,
            store=replies,
            accounts=accounts,
            created_at=created_at,
            clock=clock,
            timing=timing,
        )
        self._platform = platform
        self._queue = queue
        self._mutes = muted_communities
        self._still_wanted = check_post
        self._correspondence = messaging

    def _began(self, draft: OutgoingReply) -> datetime:
        return draft.published

    def _find(self, draft: OutgoingReply) -> Comment | None:
        """A comment of the bot that stands there already."""
        own = self._own(draft)
        return own[0] if own else None

    def _own(self, draft: OutgoingReply) -> tuple[Comment, ...]:
        if draft.parent_id is None:
            return self._platform.own_comments(draft.post_id)
        return self._speaker().own_replies_to_comment(draft.post_id, draft.parent_id)

    def _held_until(self, draft: OutgoingReply) -> datetime | None:
        return self._platform.next_reply_at(draft.community)

    def _unwanted(self, draft: OutgoingReply) -> Skipped | Failed | PostLinkChanged | None:
        mute = self._mutes.find(self.account, draft.community)
        if mute is not None:
            return Skipped(SkipReason.BANNED, mute.detail)
        try:
            post = self._platform.fetch_post(draft.post_id)
        except Refused as error:
            return Skipped(error.reason, str(error))
        edited = draft.parent_id is None and link_hash(post.url) != draft.url_hash
        return self._still_wanted(post) or (PostLinkChanged(post) if edited else None)

    def _renew(self, draft: OutgoingReply, post: Post, now: datetime) -> None:
        self._queue.restart(draft.row, post, now)
        log.info("the post links elsewhere by now", account=self.account, post=draft.post_id)

    def _said(self, comment: Comment) -> None:
        """Take the comment's vote for itself back, once; whatever comes of it, the reply stands."""
        if not isinstance(self._platform, SelfVoter):
            return
        try:
            self._platform.remove_own_vote(comment.id)
        except Exception as error:  # noqa: BLE001 (also a bug of the adapter must not touch the reply)
            log.warning(
                "the reply keeps its own vote", account=self.account, comment=comment.url, error=str(error)
            )

    def _say(self, draft: OutgoingReply) -> Comment:
        if draft.parent_id is None:
            return self._platform.reply(draft.post_id, draft.markdown, draft.language)
        return self._speaker().reply_to_comment(
            draft.post_id, draft.parent_id, draft.markdown, draft.language
        )

    def _speaker(self) -> Messaging:
        if self._correspondence is None:
            raise Unreachable("nobody can be answered below a comment in this run")
        return self._correspondence

    def _skip(self, draft: OutgoingReply, skipped: Skipped, now: datetime) -> None:
        self._queue.skip(draft.row, skipped, now)

    def _refused(self, draft: OutgoingReply, error: Refused, now: datetime) -> None:
        self._queue.skip(draft.row, Skipped(error.reason, str(error)), now)
        if error.reason is SkipReason.BANNED:
            self._mutes.add(MutedCommunity(self.account, draft.community, str(error), now))
            log.warning("banned, so muted", account=self.account, community=draft.community)

    def _bury(self, draft: OutgoingReply, error: str, now: datetime) -> None:
        self._queue.mark_dead(draft.row, error, now)


def gone_or_locked(post: Post) -> Skipped | None:
    """The least that has to hold when a reply is about to leave."""
    for flag, reason in (
        (post.gone, SkipReason.GONE),
        (post.locked, SkipReason.LOCKED),
        (post.banned, SkipReason.BANNED),
    ):
        if flag:
            return Skipped(reason)
    return None
