"""Read posts, and the account's own comments."""

from __future__ import annotations

from bot.core.errors import Unreachable
from bot.core.models import Comment, Post
from bot.platforms.api_call import MalformedResponse
from bot.platforms.deleted_posts import deleted_post
from bot.platforms.lemmy import errors
from bot.platforms.lemmy.connection import Connection
from bot.platforms.lemmy.missing_rows import RowCalls
from bot.platforms.lemmy.own_comments import OwnCommentFinder
from bot.platforms.lemmy.reply_language import ReplyLanguages
from bot.platforms.rate_limits import Clock


class Reader:
    """The read calls of the adapter. Every method raises the errors of read calls."""

    def __init__(
        self, connection: Connection, rows: RowCalls, languages: ReplyLanguages, clock: Clock
    ) -> None:
        self._connection = connection
        self._rows = rows
        self._languages = languages
        self._clock = clock

    def post(self, post_id: str) -> Post:
        viewer = self._connection.viewer()
        api = self._connection.api
        response = self._rows.read_or_none(api.post_call(post_id), errors.POST_NOT_FOUND)
        if response is None:
            return deleted_post(viewer.account, post_id, viewer.base_url, self._clock())
        try:
            post = api.parse_post(response, viewer)
        except MalformedResponse as error:
            raise Unreachable(f"post {post_id} cannot be read: {error}") from error
        self._languages.remember_community(post_id, post.community)
        return post

    def resolve_object(self, url: str) -> str | None:
        """The path of the server's copy of a post or comment; None if the server cannot get it."""
        api = self._connection.api
        response = self._rows.read_or_none(api.resolve_call(url), errors.OBJECT_NOT_FOUND)
        try:
            return None if response is None else api.parse_resolved(response)
        except MalformedResponse as error:
            raise Unreachable(f"{url} cannot be resolved: {error}") from error

    def own_comment(self, comment_id: str) -> Comment | None:
        """The account's own comment; None if it does not exist or is another person's."""
        viewer, api = self._connection.viewer(), self._connection.api
        response = self._rows.read_or_none(api.comment_call(comment_id), errors.COMMENT_NOT_FOUND)
        try:
            is_own = response is not None and api.is_own_comment(response, viewer)
            return api.parse_comment(response, viewer) if is_own else None
        except MalformedResponse as error:
            raise Unreachable(f"comment {comment_id} cannot be read: {error}") from error

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        """The account's own replies to a post, including deleted ones."""
        viewer = self._connection.viewer()
        finder = OwnCommentFinder(self._connection.api, self._connection.read, self.post)
        return finder.replies_to_post(post_id, self._connection.me(), viewer)

    def comment(self, comment_id: str) -> Comment | None:
        """The comment; None if it does not exist."""
        viewer, api = self._connection.viewer(), self._connection.api
        response = self._rows.read_or_none(api.comment_call(comment_id), errors.COMMENT_NOT_FOUND)
        try:
            return None if response is None else api.parse_comment(response, viewer)
        except MalformedResponse as error:
            raise Unreachable(f"comment {comment_id} cannot be read: {error}") from error

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """Costs one call per comment."""
        found: dict[str, int] = {}
        for comment_id in comment_ids:
            comment = self.comment(comment_id)
            if comment is not None and comment.score is not None and not comment.gone:
                found[comment_id] = comment.score
        return found
