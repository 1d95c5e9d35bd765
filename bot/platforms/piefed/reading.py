"""Read posts, and the account's own comments."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.errors import Unreachable
from bot.core.models import Comment, Post
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.api_models import ResolvedObject, parse
from bot.platforms.deleted_posts import deleted_post
from bot.platforms.page_size import read_pages
from bot.platforms.piefed import schemas
from bot.platforms.piefed.connection import Connection
from bot.platforms.piefed.login import COMMENT_NOT_FOUND, OBJECT_NOT_FOUND, get_call, read_error
from bot.platforms.piefed.schemas import Viewer
from bot.platforms.rate_limits import Clock

_MAX_PAGES = 20
_PAGE_SIZE = 50


class Reader:
    """The read calls of the adapter. Every method raises the errors of read calls."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def post(self, post_id: str) -> Post:
        viewer = self._connection.viewer()
        try:
            response = self._connection.session.read(get_call("/post", id=post_id))
            return schemas.post_of(parse(schemas.PostResponse, response).post_view, viewer, self._clock())
        except ApiError as error:
            if error.message == "Not found":
                return deleted_post(viewer.account, post_id, viewer.base_url, self._clock())
            raise read_error(error) from error
        except MalformedResponse as error:
            raise Unreachable(f"post {post_id} cannot be read: {error}") from error

    def resolve_object(self, url: str) -> str | None:
        """The path of the server's copy of a post or comment; None if the server cannot get it."""
        try:
            found = parse(ResolvedObject, self._connection.session.read(get_call("/resolve_object", q=url)))
        except ApiError as error:
            if error.code.startswith(OBJECT_NOT_FOUND):
                return None
            raise read_error(error) from error
        except MalformedResponse as error:
            raise Unreachable(f"{url} cannot be resolved: {error}") from error
        if found.comment is not None:
            return f"/comment/{found.comment.comment.id}"
        return None if found.post is None else f"/post/{found.post.post.id}"

    def own_comment(self, comment_id: str) -> Comment | None:
        """The account's own comment; None if it does not exist or is another person's."""
        viewer = self._connection.viewer()
        view = self.comment_view(comment_id)
        if view is None or view.comment.user_id != viewer.me.id:
            return None
        return schemas.comment_of(view.comment, viewer)

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        """The account's comments under a post at every depth, including deleted and removed ones."""
        viewer = self._connection.viewer()
        found: dict[str, Comment] = {}
        for comment_list in self._own_comment_pages(post_id, viewer):
            for view in comment_list.comments:
                if view.comment.user_id == viewer.me.id and str(view.comment.post_id) == post_id:
                    found[str(view.comment.id)] = schemas.comment_of(view.comment, viewer)
            if comment_list.next_page is None:
                return tuple(found.values())
        raise Unreachable(f"too many own comments under post {post_id}")

    def comment_view(self, comment_id: str) -> schemas.CommentView | None:
        """The comment; None if it does not exist."""
        try:
            response = self._connection.session.read(get_call("/comment", id=comment_id))
            return parse(schemas.CommentResponse, response).comment_view
        except ApiError as error:
            if error.code.startswith(COMMENT_NOT_FOUND):
                return None
            raise read_error(error) from error
        except MalformedResponse as error:
            raise Unreachable(f"comment {comment_id} cannot be read: {error}") from error

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """Needs one call per comment."""
        self._connection.viewer()
        found = {comment_id: self.comment_view(comment_id) for comment_id in comment_ids}
        return {
            comment_id: view.counts.score
            for comment_id, view in found.items()
            if view is not None and not view.comment.deleted and not view.comment.removed
        }

    def _own_comment_pages(self, post_id: str, viewer: Viewer) -> Iterator[schemas.CommentList]:
        filters: dict[str, str | int] = {"person_id": viewer.me.id, "post_id": post_id, "sort": "New"}
        call = get_call("/comment/list", **filters, limit=_PAGE_SIZE, page=1)
        return read_pages(
            self._comment_page, call, schemas.next_page_call, max_entries=_MAX_PAGES * _PAGE_SIZE
        )

    def _comment_page(self, call: Call) -> schemas.CommentList:
        try:
            return parse(schemas.CommentList, self._connection.read(call))
        except MalformedResponse as error:
            raise Unreachable(f"a list of comments cannot be read: {error}") from error
