"""Write, edit and delete comments."""

from __future__ import annotations

from typing import Any

from bot.core.errors import PlatformError, Refused, UnknownOutcome
from bot.core.models import Comment
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import ApiError, Call
from bot.platforms.comment_text import check_comment
from bot.platforms.lemmy import account_setup, errors
from bot.platforms.lemmy.connection import Connection
from bot.platforms.lemmy.own_comments import parse_stored_reply
from bot.platforms.lemmy.reading import Reader
from bot.platforms.lemmy.reply_language import ReplyLanguages


class Writer:
    """The write calls of the adapter. Every method raises the errors of write calls."""

    def __init__(self, connection: Connection, reader: Reader, languages: ReplyLanguages) -> None:
        self._connection = connection
        self._reader = reader
        self._languages = languages

    def write_comment(
        self, post_id: str, parent_id: str | None, markdown: str, language: str | None, refused_sends: int
    ) -> Comment:
        """Reply to a post, or to one of its comments."""
        check_comment(markdown)
        viewer = self._connection.viewer()
        language_id = self._languages.language_id(language, post_id, self._connection.site())
        api = self._connection.api
        calls = [
            api.reply_call(post_id, markdown, number, parent_id, refused_sends)
            for number in dict.fromkeys((language_id, None))
        ]
        return parse_stored_reply(api, self._send_reply(calls, post_id), post_id, viewer)

    def _send_reply(self, calls: list[Call], post_id: str) -> Any:
        """Send the reply; if its language is refused, the second call, which has none."""
        call = calls[0]
        try:
            return self._connection.write_call(call)
        except ApiError as error:
            if error.code != "language_not_allowed" or len(calls) == 1:
                raise self._reply_error(error, call, post_id) from error
        return self._connection.write(calls[1])  # the first reply was not stored

    def _reply_error(self, error: ApiError, call: Call, post_id: str) -> PlatformError:
        """Reads the post if the server reports it as missing. An error of that call is UnknownOutcome."""
        if error.code in errors.POST_NOT_FOUND:
            try:
                if self._reader.post(post_id).gone:
                    return Refused(SkipReason.GONE, f"the server answers {error}")
            except PlatformError as failed:
                return UnknownOutcome(f"the server answers {error}, and the post cannot be read: {failed}")
        return errors.write_error(error, call)

    def edit(self, comment_id: str, markdown: str) -> None:
        check_comment(markdown)
        self._connection.viewer()
        call = self._connection.api.edit_call(comment_id, markdown)
        try:
            self._connection.write_call(call)
        except ApiError as error:
            if error.code in errors.COMMENT_NOT_FOUND and self._reader.comment(comment_id) is None:
                raise Refused(SkipReason.GONE, f"the server answers {error}") from error
            raise errors.write_error(error, call) from error

    def delete(self, comment_id: str) -> None:
        """The error for a deleted comment is also that of a server without a database, so it is read back."""
        self._connection.viewer()
        call = self._connection.api.delete_call(comment_id)
        try:
            self._connection.write_call(call)
        except ApiError as error:
            if error.code in errors.ALREADY_DELETED:
                comment = self._reader.comment(comment_id)
                if comment is None or comment.gone:
                    return
            raise errors.write_error(error, call) from error

    def remove_own_vote(self, comment_id: str) -> None:
        """Remove the account's vote for its own comment."""
        connection = self._connection
        connection.viewer()
        try:
            account_setup.remove_own_vote(comment_id, connection.me(), connection.api, connection.write)
        except PlatformError:
            connection.expire()  # the bot flag may be off: the next refresh sets it
            raise
