"""Write, edit, delete and distinguish comments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import praw

from bot.core.errors import PlatformError, Refused, UnknownOutcome
from bot.core.models import Comment
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import MalformedResponse
from bot.platforms.api_models import parse
from bot.platforms.comment_text import check_reddit_comment
from bot.platforms.rate_limits import Clock
from bot.platforms.reddit import errors, schemas
from bot.platforms.reddit.account_state import AccountState
from bot.platforms.reddit.praw_session import PrawSession
from bot.platforms.reddit.rate_limits import CommentCooldowns
from bot.platforms.reddit.schemas import Viewer


class Writer:
    """The write calls of the adapter. Every method raises the errors of write calls.

    `community_of` returns the subreddit of a recently fetched post, "" if it is not known.
    """

    def __init__(
        self,
        session: PrawSession,
        state: AccountState,
        cooldowns: CommentCooldowns,
        community_of: Callable[[str], str],
        clock: Clock,
    ) -> None:
        self._session = session
        self._state = state
        self._cooldowns = cooldowns
        self._community_of = community_of
        self._clock = clock

    def write_comment(self, post_id: str, parent_id: str | None, markdown: str) -> Comment:
        """Reply to a submission, or to one of its comments."""
        check_reddit_comment(markdown)
        community = self._community_of(post_id)
        viewer = self._state.viewer()

        def send(reddit: praw.Reddit) -> Any:
            parent = reddit.submission(post_id) if parent_id is None else reddit.comment(parent_id)
            return parent.reply(markdown)

        try:
            created = self._session.write_once(send)
        except errors.Forbidden as error:
            raise self._forbidden_error(community) from error
        except errors.CommentRateLimited as error:
            self._cooldowns.start(community, error.retry_at)
            raise
        except Refused as error:
            if error.reason is SkipReason.BANNED:
                self._state.record_ban(community)
            raise
        self._cooldowns.replied(community, self._clock())
        return _stored_comment(created, post_id, parent_id, viewer)

    def edit(self, comment_id: str, markdown: str) -> None:
        check_reddit_comment(markdown)
        self._write_change(lambda reddit: reddit.comment(comment_id).edit(markdown))

    def delete(self, comment_id: str) -> None:
        self._write_change(lambda reddit: reddit.comment(comment_id).delete())

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        self._write_change(
            lambda reddit: reddit.comment(comment_id).mod.distinguish(how="yes", sticky=sticky)
        )

    def _write_change(self, call: Callable[[praw.Reddit], object]) -> None:
        try:
            self._session.write_once(call)
        except errors.Forbidden as error:
            raise Refused(SkipReason.REFUSED, "Reddit does not allow it (403)") from error

    def _forbidden_error(self, community: str) -> PlatformError:
        """A bare 403 gives no reason, so fetch the account and its roles again. May raise AccountError."""
        self._state.refresh()
        if self._state.is_banned(community):
            return Refused(SkipReason.BANNED, f"the account is banned from r/{community}")
        return Refused(
            SkipReason.REFUSED, f"Reddit does not allow the account to comment in r/{community} (403)"
        )


def _stored_comment(created: Any, post_id: str, parent_id: str | None, viewer: Viewer) -> Comment:
    """The comment that Reddit reports as stored. Raises UnknownOutcome if it is not the one requested."""
    if created is None:
        raise UnknownOutcome("Reddit accepted the reply but did not return it (things: [])")
    if not isinstance(created, praw.models.Comment):
        raise UnknownOutcome(f"Reddit returned a {type(created).__name__} for the reply")
    fields = {name: value for name, value in vars(created).items() if isinstance(value, (str, int, float))}
    try:
        comment = schemas.comment_of(parse(schemas.Comment, fields | {"author": viewer.me}), viewer)
    except MalformedResponse as error:
        raise UnknownOutcome(f"the response to the reply cannot be read: {error}") from error
    if (comment.post_id, comment.parent_id) != (post_id, parent_id):
        raise UnknownOutcome(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
    return comment
