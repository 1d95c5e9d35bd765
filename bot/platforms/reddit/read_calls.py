"""The reading calls that Precis makes, from the request to parsed values.

All methods raise NotNow, Unreachable (`errors.Closed` among them) or AccountError.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from bot.core.errors import Unreachable
from bot.core.models import Post
from bot.platforms.reddit import errors, schemas
from bot.platforms.reddit.multi_listing import ListingPage
from bot.platforms.reddit.praw_session import PrawSession
from bot.platforms.reddit.schemas import Comment, Malformed, Me, Subreddit, Viewer

_PAGE = 100
"""The most that Reddit puts into one answer."""
_THREAD = 500
_PAGES_OF_OWN = 10


class ReadCalls:
    def __init__(self, session: PrawSession) -> None:
        self._session = session

    def me(self) -> Me:
        try:
            me = schemas.parse(Me, self._session.get("api/v1/me", "the account"))
        except Malformed as error:
            raise Unreachable(f"Reddit does not say who the account is: {error}") from error
        if me.is_suspended:
            raise errors.suspended_error(me.name)
        return me

    def subreddits(self, names: Iterable[str]) -> Iterator[Subreddit]:
        """What subreddits are to the account; those that Reddit does not show are left out."""
        wanted = list(names)
        for begin in range(0, len(wanted), _PAGE):
            some = ",".join(wanted[begin : begin + _PAGE])
            for data in self._info("the subreddits", "t5", sr_name=some):
                try:
                    yield schemas.parse(Subreddit, data)
                except Malformed:
                    continue  # as good as not shown: it is then read by itself

    def page(self, names: str, after: str | None, lens: Viewer) -> ListingPage:
        """A page of the newest posts in subreddits such as "a+b"."""
        answer = self._session.get(f"r/{names}/new", f"r/{names}", limit=_PAGE, **_from(after))
        things, following = _listing(answer, "the list of posts")
        posts: list[Post] = []
        unreadable: list[str] = []
        for data in things:
            try:
                posts.append(schemas.post_of(data, lens))
            except Malformed as error:
                unreadable.append(f"post {data.get('id') or '(no id)'}: {error}")
        return ListingPage(tuple(posts), following, tuple(unreadable))

    def post(self, post_id: str, lens: Viewer) -> Post | None:
        """None when Reddit does not show it (any more)."""
        found = self._info(f"post {post_id}", "t3", id=f"t3_{post_id}")
        try:
            return next((schemas.post_of(data, lens) for data in found), None)
        except Malformed as error:
            raise Unreachable(f"post {post_id} cannot be read: {error}") from error

    def deleted_posts(self, post_ids: tuple[str, ...], lens: Viewer) -> frozenset[str]:
        """Which of up to 100 posts Reddit does not show any more, or shows without their content."""
        names = ",".join(f"t3_{post_id}" for post_id in post_ids)
        found = self._info("posts by their ids", "t3", id=names)
        try:
            still_there = {
                post.id for post in (schemas.post_of(data, lens) for data in found) if not post.gone
            }
        except Malformed as error:
            raise Unreachable(f"posts cannot be read: {error}") from error
        return frozenset(post_ids) - still_there

    def scores(self, comment_ids: tuple[str, ...], lens: Viewer) -> Iterator[tuple[str, int]]:
        """Of up to 100 own comments; those that are gone are left out."""
        what = "comments by their ids"
        for data in self._info(what, "t1", id=",".join(f"t1_{one}" for one in comment_ids)):
            comment = _comment(data, what)
            if lens.is_me(comment.author):
                yield comment.id, comment.score

    def own_in_thread(self, post_id: str, lens: Viewer) -> tuple[list[Comment], bool]:
        """Own comments directly under a post, and whether all that stand there were shown."""
        what = f"the comments of post {post_id}"
        answer = self._session.get(f"comments/{post_id}/", what, depth=1, limit=_THREAD, sort="new")
        if not isinstance(answer, list) or len(answer) < 2:
            raise Unreachable(f"{what} cannot be read")
        things, _ = _listing(answer[1], what, "t1", "more")
        comments = [_comment(data, what) for data in things if "link_id" in data]
        return [item for item in comments if lens.is_me(item.author)], len(comments) == len(things)

    def own_below(self, post_id: str, comment_id: str, lens: Viewer) -> list[Comment]:
        """Own comments directly below a comment, as far as the thread shows them."""
        what = f"the comments below {comment_id}"
        answer = self._session.get(f"comments/{post_id}/_/{comment_id}", what, depth=2, limit=_THREAD)
        if not isinstance(answer, list) or len(answer) < 2:
            raise Unreachable(f"{what} cannot be read")
        roots, _ = _listing(answer[1], what, "t1")
        below = (data["replies"] for data in roots if data.get("replies") and data.get("id") == comment_id)
        things = [data for replies in below for data in _listing(replies, what, "t1")[0]]
        return [item for item in (_comment(data, what) for data in things) if lens.is_me(item.author)]

    def own_in_profile(self, post_id: str, lens: Viewer, back_to: datetime | None) -> Iterator[Comment]:
        """Own comments on a post among the newest hundred of the account; or among all since `back_to`."""
        what = "the account's own comments"
        after: str | None = None
        for _ in range(_PAGES_OF_OWN):
            answer = self._session.get(
                f"user/{lens.me}/comments", what, sort="new", limit=_PAGE, **_from(after)
            )
            things, after = _listing(answer, what, "t1")
            comments = [_comment(data, what) for data in things]
            yield from (item for item in comments if item.link_id == f"t3_{post_id}")
            far_enough = back_to is None or (comments and comments[-1].created_utc < back_to.timestamp())
            if far_enough or after is None:
                return
        raise Unreachable(f"too many comments to tell whether the bot has replied under post {post_id}")

    def _info(self, what: str, kind: str, **params: str) -> list[dict[str, Any]]:
        things, _ = _listing(self._session.get("api/info/", what, **params), what, kind)
        return things


def _from(after: str | None) -> dict[str, str | int]:
    return {} if after is None else {"after": after}


def _listing(answer: Any, what: str, *kinds: str) -> tuple[list[dict[str, Any]], str | None]:
    try:
        things, after = schemas.parse_listing(answer)
    except Malformed as error:
        raise Unreachable(f"{what} cannot be read: {error}") from error
    return [thing.data for thing in things if not kinds or thing.kind in kinds], after


def _comment(data: dict[str, Any], what: str) -> Comment:
    try:
        return schemas.parse(Comment, data)
    except Malformed as error:
        raise Unreachable(f"{what} cannot be read: {error}") from error
