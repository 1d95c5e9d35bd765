"""Read posts, and the account's own comments."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from bot.core.models import Comment, Post
from bot.core.post_addresses import parse_post_address
from bot.platforms.rate_limits import Clock
from bot.platforms.reddit import schemas
from bot.platforms.reddit.account_state import AccountState
from bot.platforms.reddit.praw_session import PrawSession
from bot.platforms.reddit.read_calls import ReadCalls
from bot.platforms.reddit.schemas import Viewer

WEB_URL = "https://www.reddit.com"
_MAX_COMMUNITIES = 1000


class Reader:
    """The read calls of the adapter. Every method raises the errors of read calls."""

    def __init__(
        self, session: PrawSession, read_calls: ReadCalls, state: AccountState, web_url: str, clock: Clock
    ) -> None:
        self._session = session
        self._read_calls = read_calls
        self._state = state
        self._web_url = web_url
        self._clock = clock
        self._communities: dict[str, str] = {}
        """Subreddits of recently fetched posts, by post id."""

    def community_of(self, post_id: str) -> str:
        """The subreddit of a recently fetched post, "" if it is not known."""
        return self._communities.get(post_id, "")

    def post(self, post_id: str) -> Post:
        viewer = self._state.viewer()
        post = self._read_calls.post(post_id, viewer)
        if post is None:
            return _deleted_post(post_id, viewer, self._clock())
        self._communities[post_id] = post.community
        while len(self._communities) > _MAX_COMMUNITIES:
            self._communities.pop(next(iter(self._communities)))
        return post

    def find_deleted_posts(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        """Calls `/api/info/`, 100 posts per call. Reddit requires apps to erase deleted content in 48 h."""
        batches = (post_ids[start : start + 100] for start in range(0, len(post_ids), 100))
        deleted = (self._read_calls.deleted_posts(batch, self._state.viewer()) for batch in batches)
        return frozenset(post_id for batch in deleted for post_id in batch)

    def resolve_address(self, address: str) -> str | None:
        """Follows one redirect of a share link. Other addresses contain the ids."""
        parsed = parse_post_address(address)
        if parsed is not None and parsed.is_share_link:
            target = self._session.redirect_target(urlsplit(parsed.urls[0]).path)
            parsed = None if target is None else parse_post_address(f"{WEB_URL}{target}")
        if parsed is None or not parsed.is_reddit or parsed.post_id is None:
            return None
        below = f"{parsed.comment_id}/" if parsed.comment_id else ""
        return f"{self._web_url}/comments/{parsed.post_id}/_/{below}"

    def own_comment(self, comment_id: str) -> Comment | None:
        """The account's own comment; None if it does not exist or is another person's."""
        viewer = self._state.viewer()
        found = self._read_calls.own_comment(comment_id, viewer)
        return None if found is None else schemas.comment_of(found, viewer)

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        """Reads the post's thread and the account's profile, because each can lag or be cut off.

        Comments that the account has deleted are missing: Reddit no longer names their author.
        """
        viewer = self._state.viewer()
        in_thread, is_complete = self._read_calls.own_in_thread(post_id, viewer)
        back_to = None if is_complete else self.post(post_id).published
        own = [*in_thread, *self._read_calls.own_in_profile(post_id, viewer, back_to)]
        top_level = {
            item.id: schemas.comment_of(item, viewer) for item in own if item.parent_id.startswith("t3_")
        }
        return tuple(sorted(top_level.values(), key=lambda comment: (comment.published, comment.id)))

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """Calls `/api/info/`, 100 comments per call."""
        viewer = self._state.viewer()
        batches = (comment_ids[start : start + 100] for start in range(0, len(comment_ids), 100))
        return {name: score for batch in batches for name, score in self._read_calls.scores(batch, viewer)}


def _deleted_post(post_id: str, viewer: Viewer, now: datetime) -> Post:
    """A `gone` post with the fields that are known without Reddit."""
    return Post(
        account=viewer.account,
        id=post_id,
        community="",
        title="",
        url=None,
        permalink=f"{viewer.base_url}/comments/{post_id}/",
        author="",
        published=now,
        gone=True,
    )
