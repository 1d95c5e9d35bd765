"""Find the bot's own comments on a post, to check whether a reply was stored.

The answer "none" must be true. So anything that could hide an own comment is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from bot.core.errors import AccountError, Refused, UnknownOutcome, Unreachable
from bot.core.models import Comment, Post
from bot.core.skip_reasons import SkipReason
from bot.platforms.account_setup import IN_ACCOUNT_SETTINGS
from bot.platforms.api_call import Call, MalformedResponse
from bot.platforms.lemmy.api import Account, LemmyApi, ListsOwnComments, ListsThreads, OwnComments, Viewer
from bot.platforms.page_size import ResponseTooLarge, after_this_page, read_pages

_MAX_PAGES = 20
_UNDETERMINED = 0


def check_sees_own_comments(me: Account) -> None:
    """Raises AccountError: an account that cannot see its own replies would repeat them."""
    if not me.sees_bots:
        raise AccountError(
            f"The account {me.name} hides bot accounts, so Precis could not see its own replies.",
            f"Switch 'Show Bot Accounts' on {IN_ACCOUNT_SETTINGS}.",
        )
    if me.languages and _UNDETERMINED not in me.languages:
        raise AccountError(
            f"The account {me.name} sees only comments in its selected languages, so Precis could not see "
            "its own replies without a language.",
            f"Select 'Undetermined' too, or no language, {IN_ACCOUNT_SETTINGS}.",
        )


class OwnCommentFinder:
    """`read` sends a call, `fetch_post` loads a post. Both raise the errors of read calls."""

    def __init__(self, api: LemmyApi, read: Callable[[Call], Any], fetch_post: Callable[[str], Post]) -> None:
        self._api = api
        self._read = read
        self._fetch_post = fetch_post

    def replies_to_post(self, post_id: str, me: Account, viewer: Viewer) -> tuple[Comment, ...]:
        """All own top-level comments on a post.

        Raises Unreachable if the list may be incomplete, and Refused if the account hides such posts.
        """
        match self._api:
            case ListsOwnComments():
                found = self._from_own_list(self._api, post_id, me, viewer)
            case ListsThreads():
                found = self._from_thread(self._api, post_id, me, viewer)
            case _:
                raise TypeError(f"{self._api} cannot list own comments")
        top_level = (comment for comment in found.values() if comment.parent_id is None)
        return tuple(sorted(top_level, key=lambda comment: int(comment.id)))

    def replies_to_comment(
        self, post_id: str, comment_id: str, me: Account, viewer: Viewer
    ) -> tuple[Comment, ...]:
        """All own direct replies to a comment. Raises as `replies_to_post`."""
        match self._api:
            case ListsOwnComments():
                found = self._from_own_list(self._api, post_id, me, viewer)
            case ListsThreads():
                found = self._from_replies(self._api, post_id, comment_id, me, viewer)
            case _:
                raise TypeError(f"{self._api} cannot list own comments")
        replies = (comment for comment in found.values() if comment.parent_id == comment_id)
        return tuple(sorted(replies, key=lambda comment: int(comment.id)))

    def _from_replies(
        self, api: ListsThreads, post_id: str, comment_id: str, me: Account, viewer: Viewer
    ) -> dict[str, Comment]:
        try:
            listed = self._list(api.replies_call(comment_id), post_id, viewer)
        except ResponseTooLarge:  # each reply comes with the text of the post
            own = self._from_account_page(api, post_id, viewer, all_since_post=True)
            return {comment.id: comment for comment in own}
        if listed.listed >= api.thread_limit:
            raise Unreachable(f"too many replies to comment {comment_id}")
        if not listed.listed and not me.sees_nsfw:
            self._check_not_hidden(post_id)
        return {comment.id: comment for comment in listed.comments}

    def _from_own_list(
        self, api: ListsOwnComments, post_id: str, me: Account, viewer: Viewer
    ) -> dict[str, Comment]:
        """From the server's list of the account's comments on the post."""
        found: dict[str, Comment] = {}
        for own in self._pages(api.own_comments_call(post_id, me.id), _next_by_token, post_id, viewer):
            found |= {comment.id: comment for comment in own.comments}
            if own.next_page is None:
                break
        else:
            raise Unreachable(f"too many own comments on post {post_id}")
        if not found and not me.sees_nsfw:
            self._check_not_hidden(post_id)
        return found

    def _from_thread(
        self, api: ListsThreads, post_id: str, me: Account, viewer: Viewer
    ) -> dict[str, Comment]:
        """From the post's thread and the account's own page, because the thread may be cut off."""
        try:
            thread = self._list(api.thread_call(post_id), post_id, viewer)
        except ResponseTooLarge:  # each comment comes with the text of the post
            thread = OwnComments((), api.thread_limit)
        if not thread.listed and not me.sees_nsfw:
            self._check_not_hidden(post_id)
        found = {comment.id: comment for comment in thread.comments}
        cut_off = thread.listed >= api.thread_limit
        return found | {
            comment.id: comment for comment in self._from_account_page(api, post_id, viewer, cut_off)
        }

    def _from_account_page(
        self, api: ListsThreads, post_id: str, viewer: Viewer, all_since_post: bool
    ) -> Iterable[Comment]:
        """Own comments on the post, from the account's newest comments or from all since the post."""
        published = self._fetch_post(post_id).published if all_since_post else None
        for own in self._pages(
            api.all_own_comments_call(viewer.me), lambda call, _: after_this_page(call), post_id, viewer
        ):
            yield from own.comments
            if published is None or own.oldest is None or own.oldest.published < published:
                return
        raise Unreachable(f"too many comments to check whether the bot replied to post {post_id}")

    def _pages(
        self,
        call: Call,
        next_call: Callable[[Call, OwnComments], Call | None],
        post_id: str,
        viewer: Viewer,
    ) -> Iterator[OwnComments]:
        return read_pages(
            lambda page: self._list(page, post_id, viewer), call, next_call, _MAX_PAGES * self._api.page_size
        )

    def _list(self, call: Call, post_id: str, viewer: Viewer) -> OwnComments:
        try:
            return self._api.parse_own_comments(self._read(call), post_id, viewer)
        except MalformedResponse as error:
            raise Unreachable(f"a list of comments cannot be read: {error}") from error

    def _check_not_hidden(self, post_id: str) -> None:
        """An empty list proves nothing if the account cannot see the comments. Raises Refused if so.

        This is a definite answer: only the operator can change it, by a setting of the account.
        """
        if self._fetch_post(post_id).nsfw:
            raise Refused(
                SkipReason.NSFW,
                f"the account hides NSFW posts, so it cannot see its own replies to post {post_id}; "
                f"switch 'Show NSFW content' on {IN_ACCOUNT_SETTINGS}",
            )


def _next_by_token(call: Call, own: OwnComments) -> Call | None:
    if own.next_page is None:
        return None
    return replace(call, query={**call.query, "page_cursor": own.next_page})


def parse_stored_reply(api: LemmyApi, response: Any, post_id: str, viewer: Viewer) -> Comment:
    """The comment that the server stored, on the requested post.

    No call may be sent from here on: its error would tell the caller that nothing was stored.
    """
    try:
        comment = api.parse_comment(response, viewer)
    except MalformedResponse as error:
        raise UnknownOutcome(f"the response to the reply cannot be read: {error}") from error
    if comment.post_id != post_id:
        raise UnknownOutcome(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
    return comment
