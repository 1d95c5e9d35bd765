"""Which comments under a post are the bot's own: what tells a lost reply from one never stored.

An answer of "none" has to be true, so whatever could hide an own comment is an error instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bot.errors import AccountError, Unreachable
from bot.models import Comment, Post
from bot.platforms.lemmy.dialect import Call, Dialect, Lens, Malformed, Me, OwnComments

SETTINGS = "in the account's settings on the server's web page"

_PAGES_OF_OWN = 20


def check_sight(me: Me) -> None:
    """An account that cannot see its own replies would write them again and again."""
    if not me.sees_bots:
        raise AccountError(
            f"The account {me.name} hides bot accounts, so Precis could not see its own replies.",
            f"Switch 'Show Bot Accounts' on {SETTINGS}.",
        )


class ReadBack:
    """`read` makes a call, `reread` reads a post; both raise what reading calls raise."""

    def __init__(self, dialect: Dialect, read: Callable[[Call], Any], reread: Callable[[str], Post]) -> None:
        self._dialect = dialect
        self._read = read
        self._reread = reread

    def own_replies(self, post_id: str, me: Me, lens: Lens) -> tuple[Comment, ...]:
        """From the post's thread and from the account's own page, for the thread may be cut off."""
        thread = self._list(self._dialect.thread(post_id), post_id, lens)
        if not thread.listed and not me.sees_nsfw:
            self._make_sure_of_sight(post_id)
        found = {comment.id: comment for comment in thread.comments}
        cut_off = thread.listed >= self._dialect.thread_limit
        found |= {comment.id: comment for comment in self._own_page(post_id, lens, cut_off)}
        top_level = (comment for comment in found.values() if comment.parent_id is None)
        return tuple(sorted(top_level, key=lambda comment: int(comment.id)))

    def _own_page(self, post_id: str, lens: Lens, all_since_post: bool) -> Iterable[Comment]:
        """Own comments on the post among the newest of the account; or among all since the post."""
        begin = self._reread(post_id).published if all_since_post else None
        for number in range(1, _PAGES_OF_OWN + 1):
            own = self._list(self._dialect.own_comments(lens.me, number), post_id, lens)
            yield from own.comments
            if begin is None or own.oldest is None or own.oldest.published < begin:
                return
        raise Unreachable(f"too many comments to tell whether the bot has replied under post {post_id}")

    def _list(self, call: Call, post_id: str, lens: Lens) -> OwnComments:
        try:
            return self._dialect.read_own(self._read(call), post_id, lens)
        except Malformed as error:
            raise Unreachable(f"a list of comments cannot be read: {error}") from error

    def _make_sure_of_sight(self, post_id: str) -> None:
        """An empty list means nothing when the account is not shown the comments at all."""
        if self._reread(post_id).nsfw:
            raise Unreachable(
                f"the account hides NSFW posts, so it cannot see its own replies under post {post_id}; "
                f"switch 'Show NSFW content' on {SETTINGS}"
            )
