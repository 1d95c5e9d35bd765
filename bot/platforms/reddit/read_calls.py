"""The reading calls that Precis makes, with parsed results.

All methods raise RetryLater, Unreachable (including `errors.NoAccess`) or AccountError.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from bot.core.errors import Unreachable
from bot.core.models import Post
from bot.platforms.api_call import Call, MalformedResponse
from bot.platforms.api_models import parse
from bot.platforms.page_size import PageSize, ResponseTooLarge, limit_of, read_page, read_pages
from bot.platforms.reddit import errors, schemas
from bot.platforms.reddit.multi_listing import ListingPage
from bot.platforms.reddit.praw_session import PrawSession
from bot.platforms.reddit.schemas import Account, Comment, Subreddit, Viewer

_PAGE_SIZE = 100
"""The most items that Reddit returns per response."""
_THREAD_SIZE = 500
_MAX_OWN_PAGES = 10


class ReadCalls:
    def __init__(self, session: PrawSession) -> None:
        self._session = session
        self._page_size = PageSize()

    def me(self) -> Account:
        try:
            account = parse(Account, self._session.get("api/v1/me", "the account"))
        except MalformedResponse as error:
            raise Unreachable(f"Reddit's response about the account cannot be read: {error}") from error
        if account.is_suspended:
            raise errors.suspended_error(account.name)
        return account

    def subreddits(self, names: Iterable[str]) -> Iterator[Subreddit]:
        """The subreddits with the account's role in each. Those that Reddit does not show are left out."""
        requested = list(names)
        for start in range(0, len(requested), _PAGE_SIZE):
            batch = ",".join(requested[start : start + _PAGE_SIZE])
            for data in self._fetch_info("the subreddits", "t5", sr_name=batch):
                try:
                    yield parse(Subreddit, data)
                except MalformedResponse:
                    continue  # treated as not shown, so it is read separately

    def page(self, names: str, after: str | None, viewer: Viewer) -> ListingPage:
        """A page of the newest posts in subreddits such as "a+b"."""
        what = f"r/{names}"
        call = Call("GET", f"r/{names}/new", query={"limit": _PAGE_SIZE, **_after_parameter(after)})
        call, response = self._page_size.read_page(
            lambda page: self._session.get_page(page, what), call, first=after is None
        )
        things, next_page = _parse_listing(response, "the list of posts")
        posts: list[Post] = []
        unreadable: list[str] = []
        for data in things:
            try:
                posts.append(schemas.post_of(data, viewer))
            except MalformedResponse as error:
                unreadable.append(f"post {data.get('id') or '(no id)'}: {error}")
        return ListingPage(tuple(posts), next_page, tuple(unreadable), limit_of(call))

    def post(self, post_id: str, viewer: Viewer) -> Post | None:
        """The post; None if Reddit shows neither it nor its thread: an empty answer alone proves nothing."""
        things = self._fetch_info(f"post {post_id}", "t3", id=f"t3_{post_id}") or self._in_thread(post_id)
        try:
            return next((schemas.post_of(data, viewer) for data in things), None)
        except MalformedResponse as error:
            raise Unreachable(f"post {post_id} cannot be read: {error}") from error

    def own_comment(self, comment_id: str, viewer: Viewer) -> Comment | None:
        """An own comment; None if Reddit does not show it as the account's."""
        what = f"comment {comment_id}"
        found = (_parse_comment(data, what) for data in self._fetch_info(what, "t1", id=f"t1_{comment_id}"))
        return next((item for item in found if viewer.is_me(item.author)), None)

    def deleted_posts(self, post_ids: tuple[str, ...], viewer: Viewer) -> frozenset[str]:
        """Those of up to 100 posts that Reddit no longer shows, or shows without their content."""
        names = ",".join(f"t3_{post_id}" for post_id in post_ids)
        things = self._fetch_info("posts by their ids", "t3", id=names)
        try:
            posts = [schemas.post_of(data, viewer) for data in things]
        except MalformedResponse as error:
            raise Unreachable(f"posts cannot be read: {error}") from error
        if not posts and self._in_thread(post_ids[0]):
            raise Unreachable("Reddit shows none of the posts, although they exist")
        return frozenset(post_ids) - {post.id for post in posts if not post.gone}

    def scores(self, comment_ids: tuple[str, ...], viewer: Viewer) -> Iterator[tuple[str, int]]:
        """Id and score of up to 100 own comments. Deleted ones are left out."""
        what = "comments by their ids"
        for data in self._fetch_info(what, "t1", id=",".join(f"t1_{one}" for one in comment_ids)):
            comment = _parse_comment(data, what)
            if viewer.is_me(comment.author):
                yield comment.id, comment.score

    def own_in_thread(self, post_id: str, viewer: Viewer) -> tuple[list[Comment], bool]:
        """Own comments directly under a post, and whether the response has all comments there."""
        what = f"the comments of post {post_id}"
        try:
            response = self._session.get(
                f"comments/{post_id}/", what, depth=1, limit=_THREAD_SIZE, sort="new"
            )
        except ResponseTooLarge:
            return [], False
        if not isinstance(response, list) or len(response) < 2:
            raise Unreachable(f"{what} cannot be read")
        things, _ = _parse_listing(response[1], what, "t1", "more")
        comments = [_parse_comment(data, what) for data in things if "link_id" in data]
        return [item for item in comments if viewer.is_me(item.author)], len(comments) == len(things)

    def own_below(self, post_id: str, comment_id: str, viewer: Viewer) -> list[Comment]:
        """Own comments directly below a comment, as far as the thread shows them."""
        what = f"the comments below {comment_id}"
        call = Call("GET", f"comments/{post_id}/_/{comment_id}", query={"depth": 2, "limit": _THREAD_SIZE})
        _, response = read_page(lambda page: self._session.get_page(page, what), call)
        if not isinstance(response, list) or len(response) < 2:
            raise Unreachable(f"{what} cannot be read")
        roots, _ = _parse_listing(response[1], what, "t1")
        below = (data["replies"] for data in roots if data.get("replies") and data.get("id") == comment_id)
        things = [data for replies in below for data in _parse_listing(replies, what, "t1")[0]]
        return [item for item in (_parse_comment(data, what) for data in things) if viewer.is_me(item.author)]

    def own_in_profile(self, post_id: str, viewer: Viewer, back_to: datetime | None) -> Iterator[Comment]:
        """Own comments on a post, among the account's newest 100 or, if given, all since `back_to`."""
        what = "the account's own comments"
        call = Call("GET", f"user/{viewer.me}/comments", query={"sort": "new", "limit": _PAGE_SIZE})
        for response in read_pages(
            lambda page: self._session.get_page(page, what),
            call,
            next_listing_call,
            _MAX_OWN_PAGES * _PAGE_SIZE,
        ):
            things, after = _parse_listing(response, what, "t1")
            comments = [_parse_comment(data, what) for data in things]
            yield from (item for item in comments if item.link_id == f"t3_{post_id}")
            is_far_enough = back_to is None or (comments and comments[-1].created_utc < back_to.timestamp())
            if is_far_enough or after is None:
                return
        raise Unreachable(f"too many own comments to find out whether the bot replied to post {post_id}")

    def _in_thread(self, post_id: str) -> list[dict[str, Any]]:
        """The post as its thread shows it; empty if there is no thread that the account can read."""
        what = f"the thread of post {post_id}"
        try:
            response = self._session.get(f"comments/{post_id}/", what, depth=1, limit=1)
        except errors.NoAccess:
            return []
        return _parse_listing(response[0] if isinstance(response, list) and response else None, what, "t3")[0]

    def _fetch_info(self, what: str, kind: str, **params: str) -> list[dict[str, Any]]:
        """`params` is one list of ids or names, which is divided if the response is too large."""
        try:
            response = self._session.get("api/info/", what, **params)
        except ResponseTooLarge:
            ((name, joined),) = params.items()
            requested = joined.split(",")
            half = len(requested) // 2
            if not half:
                raise
            parts = (",".join(requested[:half]), ",".join(requested[half:]))
            return [thing for part in parts for thing in self._fetch_info(what, kind, **{name: part})]
        return _parse_listing(response, what, kind)[0]


def _after_parameter(after: str | None) -> dict[str, str | int]:
    return {} if after is None else {"after": after}


def next_listing_call(call: Call, response: Any) -> Call | None:
    """The call for the page of a listing after one; None after the last, or if the listing is invalid."""
    try:
        after = schemas.parse_listing(response)[1]
    except MalformedResponse:
        return None
    return None if after is None else replace(call, query={**call.query, "after": after})


def _parse_listing(response: Any, what: str, *kinds: str) -> tuple[list[dict[str, Any]], str | None]:
    try:
        things, after = schemas.parse_listing(response)
    except MalformedResponse as error:
        raise Unreachable(f"{what} cannot be read: {error}") from error
    return [thing.data for thing in things if not kinds or thing.kind in kinds], after


def _parse_comment(data: dict[str, Any], what: str) -> Comment:
    try:
        return parse(Comment, data)
    except MalformedResponse as error:
        raise Unreachable(f"{what} cannot be read: {error}") from error
