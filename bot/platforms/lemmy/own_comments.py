"""Which comments under a post are the bot's own: what tells a lost reply from one never stored.

An answer of "none" has to be true, so whatever could hide an own comment is an error instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bot.core.errors import AccountError, UnknownOutcome, Unreachable
from bot.core.models import Comment, Post
from bot.platforms.account_setup import IN_ACCOUNT_SETTINGS
from bot.platforms.api_call import Call, MalformedAnswer
from bot.platforms.lemmy.api import Account, LemmyApi, ListsOwnComments, ListsThreads, OwnComments, Viewer

_MAX_PAGES = 20
_UNDETERMINED = 0


def check_sees_own_comments(me: Account) -> None:
    """An account that cannot see its own replies would write them again and again."""
    if not me.sees_bots:
        raise AccountError(
            f"The account {me.name} hides bot accounts, so Precis could not see its own replies.",
            f"Switch 'Show Bot Accounts' on {IN_ACCOUNT_SETTINGS}.",
        )
    if me.languages and _UNDETERMINED not in me.languages:
        raise AccountError(
            f"The account {me.name} is shown only comments in the languages that it chose, so Precis "
            "could not see its own replies without one.",
            f"Choose 'Undetermined' too, or no language at all, {IN_ACCOUNT_SETTINGS}.",
        )


class OwnCommentFinder:
    """`read` makes a call, `reread` reads a post; both raise what reading calls raise."""

    def __init__(self, api: LemmyApi, read: Callable[[Call], Any], fetch_post: Callable[[str], Post]) -> None:
        self._api = api
        self._read = read
        self._fetch_post = fetch_post

    def replies_to_post(self, post_id: str, me: Account, lens: Viewer) -> tuple[Comment, ...]:
        """All of them; Unreachable where that cannot be told."""
        match self._api:
            case ListsOwnComments():
                found = self._from_own_list(self._api, post_id, me, lens)
            case ListsThreads():
                found = self._from_thread(self._api, post_id, me, lens)
            case _:
                raise TypeError(f"{self._api} cannot look for own comments")
        top_level = (comment for comment in found.values() if comment.parent_id is None)
        return tuple(sorted(top_level, key=lambda comment: int(comment.id)))

    def replies_to_comment(
        self, post_id: str, comment_id: str, me: Account, lens: Viewer
    ) -> tuple[Comment, ...]:
        """All of those directly below a comment; Unreachable where that cannot be told."""
        match self._api:
            case ListsOwnComments():
                found = self._from_own_list(self._api, post_id, me, lens)
            case ListsThreads():
                found = self._from_replies(self._api, post_id, comment_id, me, lens)
            case _:
                raise TypeError(f"{self._api} cannot look for own comments")
        below = (comment for comment in found.values() if comment.parent_id == comment_id)
        return tuple(sorted(below, key=lambda comment: int(comment.id)))

    def _from_replies(
        self, dialect: ListsThreads, post_id: str, comment_id: str, me: Account, lens: Viewer
    ) -> dict[str, Comment]:
        listed = self._list(dialect.replies_call(comment_id), post_id, lens)
        if listed.listed >= dialect.thread_limit:
            raise Unreachable(f"too many comments below comment {comment_id}")
        if not listed.listed and not me.sees_nsfw:
            self._check_not_hidden(post_id)
        return {comment.id: comment for comment in listed.comments}

    def _from_own_list(
        self, dialect: ListsOwnComments, post_id: str, me: Account, lens: Viewer
    ) -> dict[str, Comment]:
        """The server's own list of the account's comments on the post."""
        found: dict[str, Comment] = {}
        page: str | None = None
        for _ in range(_MAX_PAGES):
            own = self._list(dialect.own_comments_call(post_id, me.id, page), post_id, lens)
            found |= {comment.id: comment for comment in own.comments}
            page = own.next_page
            if page is None:
                break
        else:
            raise Unreachable(f"too many own comments under post {post_id}")
        if not found and not me.sees_nsfw:
            self._check_not_hidden(post_id)
        return found

    def _from_thread(
        self, dialect: ListsThreads, post_id: str, me: Account, lens: Viewer
    ) -> dict[str, Comment]:
        """From the post's thread and from the account's own page, for the thread may be cut off."""
        thread = self._list(dialect.thread_call(post_id), post_id, lens)
        if not thread.listed and not me.sees_nsfw:
            self._check_not_hidden(post_id)
        found = {comment.id: comment for comment in thread.comments}
        cut_off = thread.listed >= dialect.thread_limit
        return found | {
            comment.id: comment for comment in self._from_account_page(dialect, post_id, lens, cut_off)
        }

    def _from_account_page(
        self, dialect: ListsThreads, post_id: str, lens: Viewer, all_since_post: bool
    ) -> Iterable[Comment]:
        """Own comments on the post among the newest of the account; or among all since the post."""
        begin = self._fetch_post(post_id).published if all_since_post else None
        for number in range(1, _MAX_PAGES + 1):
            own = self._list(dialect.all_own_comments_call(lens.me, number), post_id, lens)
            yield from own.comments
            if begin is None or own.oldest is None or own.oldest.published < begin:
                return
        raise Unreachable(f"too many comments to tell whether the bot has replied under post {post_id}")

    def _list(self, call: Call, post_id: str, lens: Viewer) -> OwnComments:
        try:
            return self._api.parse_own_comments(self._read(call), post_id, lens)
        except MalformedAnswer as error:
            raise Unreachable(f"a list of comments cannot be read: {error}") from error

    def _check_not_hidden(self, post_id: str) -> None:
        """An empty list means nothing when the account is not shown the comments at all."""
        if self._fetch_post(post_id).nsfw:
            raise Unreachable(
                f"the account hides NSFW posts, so it cannot see its own replies under post {post_id}; "
                f"switch 'Show NSFW content' on {IN_ACCOUNT_SETTINGS}"
            )


def parse_stored_reply(api: LemmyApi, answer: Any, post_id: str, lens: Viewer) -> Comment:
    """What the server says it stored, under the post that was asked for.

    From here on nothing may be asked of the server any more: whatever that raised would tell
    the caller that nothing was stored.
    """
    try:
        comment = api.parse_comment(answer, lens)
    except MalformedAnswer as error:
        raise UnknownOutcome(f"the answer to the reply cannot be read: {error}") from error
    if comment.post_id != post_id:
        raise UnknownOutcome(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
    return comment
