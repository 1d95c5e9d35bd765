"""PieFed's notifications and private messages, behind the `Messaging` Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from bot.core.errors import CommunityNotFound, PlatformError, Refused, RetryLater, Unreachable
from bot.core.messages import InboxPage, Message, SettingsPage
from bot.core.models import Comment, Dialect
from bot.core.post_addresses import server_of
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.api_models import AnyModel, parse
from bot.platforms.base import MAX_INBOX_MESSAGES
from bot.platforms.comment_text import check_comment
from bot.platforms.federated_adapter import sidebar_page
from bot.platforms.page_size import read_pages
from bot.platforms.piefed import message_schemas, schemas
from bot.platforms.piefed.login import (
    API,
    COMMENT_NOT_FOUND,
    ROW_NOT_FOUND,
    UNKNOWN_COMMUNITY,
    read_error,
    write_error,
)
from bot.platforms.piefed.schemas import Viewer
from bot.platforms.rate_limits import Clock
from bot.platforms.text_matching import same_words

_PAGE_SIZE = 50
_MAX_COMMUNITIES = 2 * MAX_INBOX_MESSAGES
_NEW_ACCOUNT_AGE = timedelta(hours=24)
_InboxList = TypeVar("_InboxList", bound=schemas.NumberedList)


class AdapterCalls(Struct, frozen=True):
    """The adapter's functions that messaging needs."""

    viewer: Callable[[], Viewer]
    """Fetches the account again when it is out of date."""
    read: Callable[[Call], Any]
    """Raises ApiError if the call is refused."""
    write: Callable[[Call], Any]
    """Raises ApiError if the call is refused."""
    write_comment: Callable[[str, str | None, str, str | None], Comment]
    """Writes a comment: post id, parent id, Markdown, language."""
    own_comments: Callable[[str], tuple[Comment, ...]]
    """All comments of the bot under a post, at every depth."""
    clock: Clock


class PieFedMessaging:
    """PieFed as a `bot.platforms.base.Messaging`."""

    dialect = Dialect.PIEFED

    def __init__(self, account: str, adapter: AdapterCalls) -> None:
        self.account = account
        self._adapter = adapter
        self._communities: dict[str, str | None] = {}
        """Comment id -> its community, so that a look that had to end early continues there."""
        self._looked_up: set[str] = set()
        """Communities that the server did not know when it was asked last."""

    def fetch_inbox(self) -> InboxPage:
        viewer = self._adapter.viewer()
        unread: message_schemas.UnreadCounts = self._get(message_schemas.UnreadCounts, "/user/unread_count")
        found: list[Message] = []
        unreadable: list[str] = []
        if unread.mentions or unread.replies:
            self._read_notifications(viewer, found, unreadable)
        if unread.private_messages:
            self._read_private_messages(viewer, found, unreadable)
        found = [message for message in reversed(found) if message.author != viewer.me.handle]
        return InboxPage(tuple(sorted(found, key=lambda message: message.sent)), tuple(unreadable))

    def mark_read(self, message: Message) -> None:
        self._adapter.viewer()
        self._mark_receipt(message.receipt)

    def reply_to_comment(
        self,
        post_id: str,
        comment_id: str,
        markdown: str,
        language: str | None,
        *,
        refused_sends: int = 0,
    ) -> Comment:
        """Fetches the comment first, because the server accepts replies to removed comments."""
        del refused_sends  # PieFed has no Idempotency-Keys
        self._adapter.viewer()
        try:
            response = self._adapter.read(get_call("/comment", id=comment_id))
            parent = parse(schemas.CommentResponse, response).comment_view.comment
        except ApiError as error:
            if error.code.startswith(COMMENT_NOT_FOUND):
                raise Refused(SkipReason.GONE, "the comment to reply to was deleted or removed") from error
            raise read_error(error) from error
        except MalformedResponse as error:
            raise Unreachable(f"comment {comment_id} cannot be read: {error}") from error
        if parent.deleted or parent.removed or str(parent.post_id) != post_id:
            raise Refused(SkipReason.GONE, "the comment to reply to was deleted or removed")
        return self._adapter.write_comment(post_id, comment_id, markdown, language)

    def own_replies_to_comment(self, post_id: str, comment_id: str) -> tuple[Comment, ...]:
        own = self._adapter.own_comments(post_id)
        return tuple(comment for comment in own if comment.parent_id == comment_id)

    def send_message(self, recipient: str, subject: str, markdown: str, thread: str = "") -> str:
        """PieFed's messages have no subject and no thread. A new account cannot send any for 24 hours."""
        del subject, thread
        check_comment(markdown)
        me = self._adapter.viewer().me
        if self._adapter.clock() < me.published + _NEW_ACCOUNT_AGE:
            raise RetryLater(
                me.published + _NEW_ACCOUNT_AGE, "the account is too new to send private messages"
            )
        body = {"recipient_id": self._person_id(recipient), "content": markdown.replace("\r\n", "\n")}
        call = Call("POST", f"{API}/private_message", "private message", body=body)
        try:
            response = self._adapter.write(call)
        except ApiError as error:
            raise write_error(error, call) from error
        try:
            return str(
                parse(
                    message_schemas.PrivateMessageResponse, response
                ).private_message_view.private_message.id
            )
        except MalformedResponse:
            return ""  # the message was sent, but its id is unknown

    def find_sent_messages(
        self, recipient: str, markdown: str, since: datetime, thread: str = ""
    ) -> tuple[str, ...]:
        del thread
        me = self._adapter.viewer().me
        listing = self._get(
            message_schemas.PrivateMessageList,
            "/private_message/conversation",
            person_id=self._person_id(recipient),
            limit=_PAGE_SIZE,
        )
        try:
            views = [parse(message_schemas.PrivateMessageView, row) for row in listing.private_messages]
        except MalformedResponse as error:
            raise Unreachable(f"private messages cannot be read: {error}") from error
        own = (view.private_message for view in views if view.creator.id == me.id)
        same = (each for each in own if each.published >= since and same_words(each.content, markdown))
        return tuple(reversed([str(message.id) for message in same]))

    def moderators(self, community: str) -> frozenset[str]:
        return frozenset(view.moderator.handle for view in self._community(community).moderators)

    def settings_page(self, community: str) -> SettingsPage:
        """The community's description, which only moderators can change."""
        response = self._community(community)
        return sidebar_page(community, response.community_view.community.description or "")

    def _community(self, community: str) -> message_schemas.CommunityResponse:
        """PieFed starts to look up an unknown community of another server; its second answer counts."""
        viewer = self._adapter.viewer()
        try:
            response = self._adapter.read(get_call("/community", name=community))
        except ApiError as error:
            if not error.code.startswith(UNKNOWN_COMMUNITY):
                raise read_error(error) from error
            is_local = community.endswith(f"@{server_of(viewer.base_url)}")
            if community not in self._looked_up and not is_local:
                self._looked_up.add(community)
                raise read_error(error) from error
            self._looked_up.discard(community)
            raise CommunityNotFound(f"the server does not know the community {community}") from error
        try:
            return parse(message_schemas.CommunityResponse, response)
        except MalformedResponse as error:
            raise Unreachable(f"the community {community} cannot be read: {error}") from error

    def create_settings_page(self, community: str, text: str) -> None:
        del text
        raise Refused(SkipReason.REFUSED, f"only moderators can change the description of {community}")

    def accept_invitation(self, community: str) -> None:
        raise Refused(SkipReason.REFUSED, f"PieFed has no invitations, so {community} has none either")

    def _read_notifications(self, viewer: Viewer, found: list[Message], unreadable: list[str]) -> None:
        """A page can be empty although another one follows: the server filters after it has cut the pages."""
        ignorable: list[str] = []
        for listing in self._inbox_pages(
            message_schemas.NotificationList, "/user/notifications", status="Unread"
        ):
            for row in listing.items:
                try:
                    message = message_schemas.message_of(row, viewer)
                except MalformedResponse as error:
                    unreadable.append(f"a notification: {error}")
                    continue
                if isinstance(message, str):
                    ignorable.append(message)
                    continue
                try:
                    found.append(self._with_community(message))
                except Unreachable as error:  # the message stays unread, so it comes again
                    unreadable.append(f"the comment of a notification: {error}")
        with suppress(PlatformError):  # they are listed again, and must not hide the messages
            for receipt in ignorable[:_PAGE_SIZE]:
                self._mark_receipt(receipt)

    def _with_community(self, message: Message) -> Message:
        """The message with its community, which the notification of a mention does not include."""
        if message.community is not None or message.gone:
            return message
        comment_id = message.comment_id or ""
        try:
            if comment_id not in self._communities:
                response = self._adapter.read(get_call("/comment", id=comment_id))
                self._communities[comment_id] = message_schemas.community_of(response)
                while len(self._communities) > _MAX_COMMUNITIES:
                    self._communities.pop(next(iter(self._communities)))
            return replace(message, community=self._communities[comment_id])
        except ApiError as error:
            if error.code.startswith(COMMENT_NOT_FOUND):
                return message
            raise read_error(error) from error
        except MalformedResponse:
            return message

    def _read_private_messages(self, viewer: Viewer, found: list[Message], unreadable: list[str]) -> None:
        for listing in self._inbox_pages(
            message_schemas.PrivateMessageList, "/private_message/list", unread_only="true"
        ):
            for row in listing.private_messages:
                try:
                    found.append(message_schemas.private_message_of(row, viewer))
                except MalformedResponse as error:
                    unreadable.append(f"a private message: {error}")

    def _inbox_pages(self, model: type[_InboxList], path: str, **filters: str) -> Iterator[_InboxList]:
        return read_pages(
            lambda call: self._read_model(model, call),
            get_call(path, **filters, limit=_PAGE_SIZE, page=1),
            schemas.next_page_call,
            MAX_INBOX_MESSAGES,
            skip=True,
        )

    def _mark_receipt(self, receipt: str) -> None:
        """Uses the notification's id: `/comment/mark_as_read` also matches ids that only begin the same."""
        kind, _, number = receipt.partition(" ")
        call = Call(
            *("PUT", f"{API}/user/notification_state", "other"),
            body={"notif_id": int(number), "read_state": True},
        )
        if kind == "private":
            body = {"private_message_id": int(number), "read": True}
            call = Call("POST", f"{API}/private_message/mark_as_read", "other", body=body)
        try:
            self._adapter.write(call)
        except ApiError as error:
            refused = write_error(error, call)
            if not isinstance(refused, Refused):  # a refusal: there is nothing to mark
                raise refused from error

    def _person_id(self, recipient: str) -> int:
        try:
            response = self._adapter.read(get_call("/user", username=recipient))
            return parse(message_schemas.PersonResponse, response).person_view.person.id
        except ApiError as error:
            if error.code.startswith(ROW_NOT_FOUND):
                raise Refused(SkipReason.REFUSED, f"the server does not know {recipient}") from error
            raise read_error(error) from error
        except MalformedResponse as error:
            raise Unreachable(f"{recipient} cannot be read: {error}") from error

    def _get(self, model: type[AnyModel], path: str, **query: str | int) -> AnyModel:
        return self._read_model(model, get_call(path, **query))

    def _read_model(self, model: type[AnyModel], call: Call) -> AnyModel:
        self._adapter.viewer()
        try:
            return parse(model, self._adapter.read(call))
        except ApiError as error:
            raise read_error(error) from error
        except MalformedResponse as error:
            raise Unreachable(f"{call.path} cannot be read: {error}") from error


def get_call(path: str, **query: str | int) -> Call:
    return Call("GET", f"{API}{path}", "other", query=query)
