"""How people speak to an account on a PieFed server, behind the `Correspondence` Protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.errors import Refused, RetryLater, Unreachable
from bot.core.messages import InboxPage, Message, SettingsPage
from bot.core.models import Comment, Dialect
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import ApiError, Call, MalformedAnswer
from bot.platforms.comment_limits import check_comment
from bot.platforms.piefed import message_schemas, schemas
from bot.platforms.piefed.login import API, COMMENT_NOT_FOUND, ROW_NOT_FOUND, read_error, write_error
from bot.platforms.piefed.schemas import Viewer
from bot.platforms.rate_limits import Clock
from bot.platforms.text_matching import same_words

_PAGE = 50
_PAGES = 4
_YOUNG = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class AdapterCalls:
    """What the adapter lends to its correspondence."""

    reader: Callable[[], Viewer]
    """Looks around when it is time."""
    read: Callable[[Call], Any]
    """Raises ApiError for a refusal."""
    write: Callable[[Call], Any]
    """Likewise."""
    comment: Callable[[str, str | None, str, str | None], Comment]
    """Writes a comment: post, parent, text, language."""
    own_comments: Callable[[str], tuple[Comment, ...]]
    """All of the bot's under a post, at every depth."""
    clock: Clock


class PieFedMessaging:
    """PieFed as a `bot.platforms.base.Correspondence`."""

    dialect = Dialect.LEMMY

    def __init__(self, account: str, line: AdapterCalls) -> None:
        self.account = account
        self._line = line

    def fetch_inbox(self) -> InboxPage:
        reader = self._line.reader()
        unread: message_schemas.UnreadCounts = self._get(message_schemas.UnreadCounts, "/user/unread_count")
        found: list[Message] = []
        unreadable: list[str] = []
        if unread.mentions or unread.replies:
            self._take_notifications(reader, found, unreadable)
        if unread.private_messages:
            self._take_letters(reader, found, unreadable)
        found = [message for message in reversed(found) if message.author != reader.me.handle]
        return InboxPage(tuple(sorted(found, key=lambda message: message.sent)), tuple(unreadable))

    def mark_read(self, message: Message) -> None:
        self._line.reader()
        self._mark(message.receipt)

    def reply_to_comment(self, post_id: str, comment_id: str, markdown: str, language: str | None) -> Comment:
        """A reply to a removed comment would be taken, so the comment is read first."""
        self._line.reader()
        try:
            answer = self._line.read(_call("/comment", id=comment_id))
            parent = schemas.parse(schemas.CommentResponse, answer).comment_view.comment
        except ApiError as error:
            if error.code.startswith(COMMENT_NOT_FOUND):
                raise Refused(SkipReason.GONE, "the comment that is to be answered is gone") from error
            raise read_error(error) from error
        except MalformedAnswer as error:
            raise Unreachable(f"comment {comment_id} cannot be read: {error}") from error
        if parent.deleted or parent.removed or str(parent.post_id) != post_id:
            raise Refused(SkipReason.GONE, "the comment that is to be answered is gone")
        return self._line.comment(post_id, comment_id, markdown, language)

    def own_replies_to_comment(self, post_id: str, comment_id: str) -> tuple[Comment, ...]:
        own = self._line.own_comments(post_id)
        return tuple(comment for comment in own if comment.parent_id == comment_id)

    def send_message(self, recipient: str, subject: str, markdown: str, thread: str = "") -> str:
        """PieFed's messages have neither subjects nor threads; an account's first day has no messages."""
        del subject, thread
        check_comment(markdown)
        me = self._line.reader().me
        if self._line.clock() < me.published + _YOUNG:
            raise RetryLater(me.published + _YOUNG, "the account is too new to write to people")
        body = {"recipient_id": self._number(recipient), "content": markdown.replace("\r\n", "\n")}
        call = Call("POST", f"{API}/private_message", "letter", body=body)
        try:
            answer = self._line.write(call)
        except ApiError as error:
            raise write_error(error, call) from error
        try:
            return str(
                schemas.parse(
                    message_schemas.PrivateMessageResponse, answer
                ).private_message_view.private_message.id
            )
        except MalformedAnswer:
            return ""  # it was taken all the same

    def find_sent_messages(
        self, recipient: str, markdown: str, since: datetime, thread: str = ""
    ) -> tuple[str, ...]:
        del thread
        me = self._line.reader().me
        listed = self._get(
            message_schemas.PrivateMessageList,
            "/private_message/conversation",
            person_id=self._number(recipient),
            limit=_PAGE,
        )
        try:
            views = [
                schemas.parse(message_schemas.PrivateMessageView, row) for row in listed.private_messages
            ]
        except MalformedAnswer as error:
            raise Unreachable(f"private messages cannot be read: {error}") from error
        own = (view.private_message for view in views if view.creator.id == me.id)
        same = (each for each in own if each.published >= since and same_words(each.content, markdown))
        return tuple(reversed([str(letter.id) for letter in same]))

    def moderators(self, community: str) -> frozenset[str]:
        place = self._get(message_schemas.CommunityResponse, "/community", name=community)
        return frozenset(view.moderator.handle for view in place.moderators)

    def settings_page(self, community: str) -> SettingsPage:
        """The community's description, which nobody but moderators can change."""
        place = self._get(message_schemas.CommunityResponse, "/community", name=community)
        text = place.community_view.community.description or ""
        revision = hashlib.sha256(text.encode()).hexdigest()[:16]
        return SettingsPage(community, text, revision, editor=None, moderators_only=True)

    def create_settings_page(self, community: str, text: str) -> None:
        del text
        raise Refused(SkipReason.REFUSED, f"the description of {community} is its moderators' own")

    def accept_invitation(self, community: str) -> None:
        raise Refused(SkipReason.REFUSED, f"PieFed sends no invitations, so there is none to {community}")

    def _take_notifications(self, reader: Viewer, found: list[Message], unreadable: list[str]) -> None:
        """A page may come empty with another one after it: what the API does not show is left out late."""
        page: str | None = "1"
        for _ in range(_PAGES):
            listed = self._get(
                message_schemas.NotificationList,
                "/user/notifications",
                status="Unread",
                limit=_PAGE,
                page=page or "1",
            )
            for row in listed.items:
                try:
                    message = message_schemas.message_of(row, reader)
                except MalformedAnswer as error:
                    unreadable.append(f"a notification: {error}")
                    continue
                if isinstance(message, str):
                    self._mark(message)
                else:
                    found.append(self._placed(message))
            page = listed.next_page
            if page is None:
                return

    def _placed(self, message: Message) -> Message:
        """With its community, which a notification of a mention leaves out."""
        if message.community is not None or message.gone:
            return message
        try:
            answer = self._line.read(_call("/comment", id=message.comment_id or ""))
            return replace(message, community=message_schemas.community_of(answer))
        except (ApiError, MalformedAnswer):
            return message

    def _take_letters(self, reader: Viewer, found: list[Message], unreadable: list[str]) -> None:
        listed = self._get(
            message_schemas.PrivateMessageList, "/private_message/list", unread_only="true", limit=_PAGE
        )
        for row in listed.private_messages:
            try:
                found.append(message_schemas.private_message_of(row, reader))
            except MalformedAnswer as error:
                unreadable.append(f"a private message: {error}")

    def _mark(self, receipt: str) -> None:
        """By the notification's own number: `/comment/mark_as_read` matches numbers by their beginnings."""
        kind, _, number = receipt.partition(" ")
        call = Call(
            *("PUT", f"{API}/user/notification_state", "other"),
            body={"notif_id": int(number), "read_state": True},
        )
        if kind == "private":
            body = {"private_message_id": int(number), "read": True}
            call = Call("POST", f"{API}/private_message/mark_as_read", "other", body=body)
        try:
            self._line.write(call)
        except ApiError as error:
            if not error.code.startswith((ROW_NOT_FOUND, "This notification type")):
                raise write_error(error, call) from error

    def _number(self, person: str) -> int:
        try:
            answer = self._line.read(_call("/user", username=person))
            return schemas.parse(message_schemas.PersonResponse, answer).person_view.person.id
        except ApiError as error:
            if error.code.startswith(ROW_NOT_FOUND):
                raise Refused(SkipReason.REFUSED, f"the server knows no {person}") from error
            raise read_error(error) from error
        except MalformedAnswer as error:
            raise Unreachable(f"{person} cannot be read: {error}") from error

    def _get(self, model: type[schemas.AnyModel], path: str, **query: str | int) -> schemas.AnyModel:
        self._line.reader()
        try:
            return schemas.parse(model, self._line.read(_call(path, **query)))
        except ApiError as error:
            raise read_error(error) from error
        except MalformedAnswer as error:
            raise Unreachable(f"{path} cannot be read: {error}") from error


def _call(path: str, **query: str | int) -> Call:
    return Call("GET", f"{API}{path}", "other", query=query)
