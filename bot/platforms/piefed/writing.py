"""Write, edit and delete comments."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.core.errors import Refused, RetryLater, UnknownOutcome
from bot.core.models import Comment
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.api_models import parse
from bot.platforms.comment_text import check_comment
from bot.platforms.piefed import schemas
from bot.platforms.piefed.connection import Connection
from bot.platforms.piefed.login import API, ROW_NOT_FOUND, write_error
from bot.platforms.piefed.reading import Reader
from bot.platforms.piefed.schemas import Viewer
from bot.platforms.rate_limits import Clock

_NEW_ACCOUNT_AGE = timedelta(hours=24)
_EM_DASH = "—"


class Writer:
    """The write calls of the adapter. Every method raises the errors of write calls."""

    def __init__(self, connection: Connection, reader: Reader, clock: Clock) -> None:
        self._connection = connection
        self._reader = reader
        self._clock = clock

    def write_comment(
        self, post_id: str, parent_id: str | None, markdown: str, language: str | None
    ) -> Comment:
        """Fetches the post first, because the server accepts comments on deleted and removed posts."""
        check_comment(markdown)
        viewer = self._connection.viewer()
        self._check_em_dash(markdown, viewer)
        post = self._reader.post(post_id)
        if post.gone:
            raise Refused(SkipReason.GONE, "the post was deleted or removed")
        body: dict[str, Any] = {"post_id": int(post_id), "body": _with_unix_newlines(markdown)}
        if parent_id is not None:
            body["parent_id"] = int(parent_id)
        language_id = viewer.language_id(language)
        if language_id is not None:
            body["language_id"] = language_id
        response = self._connection.write(Call("POST", f"{API}/comment", "comment", body=body))
        try:
            comment = schemas.comment_of(
                parse(schemas.CommentResponse, response).comment_view.comment, viewer
            )
        except MalformedResponse as error:
            raise UnknownOutcome(f"the response to the reply cannot be read: {error}") from error
        if (comment.post_id, comment.parent_id) != (post_id, parent_id):
            raise UnknownOutcome(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
        return comment

    def edit(self, comment_id: str, markdown: str) -> None:
        check_comment(markdown)
        self._connection.viewer()
        body = {"comment_id": int(comment_id), "body": _with_unix_newlines(markdown)}
        self._connection.write(Call("PUT", f"{API}/comment", "other", body=body))

    def delete(self, comment_id: str) -> None:
        """The server's error is the same for a deleted, a missing and another person's comment."""
        self._connection.viewer()
        body = {"comment_id": int(comment_id), "deleted": True}
        call = Call("POST", f"{API}/comment/delete", "other", body=body)
        try:
            self._connection.session.write(call)
        except ApiError as error:
            if not (error.code.startswith(ROW_NOT_FOUND) and self._is_gone(comment_id)):
                raise write_error(error, call) from error

    def remove_own_vote(self, comment_id: str) -> None:
        """PieFed lets a bot account do this, although it may not vote."""
        self._connection.viewer()
        body = {"comment_id": int(comment_id), "score": 0}
        self._connection.write(Call("POST", f"{API}/comment/like", "other", body=body))

    def _is_gone(self, comment_id: str) -> bool:
        """Whether the comment was deleted or removed, or does not exist; it is read from the server."""
        view = self._reader.comment_view(comment_id)
        return view is None or view.comment.deleted or view.comment.removed

    def _check_em_dash(self, markdown: str, viewer: Viewer) -> None:
        """PieFed reports an account to its admins for an em dash in the account's first 24 hours."""
        allowed_at = viewer.me.published + _NEW_ACCOUNT_AGE
        if _EM_DASH in markdown and self._clock() < allowed_at:
            raise RetryLater(allowed_at, "the account is too new for a text with an em dash")


def _with_unix_newlines(markdown: str) -> str:
    """With LF for CRLF, which PieFed would store as two spaces and CRLF."""
    return markdown.replace("\r\n", "\n")
