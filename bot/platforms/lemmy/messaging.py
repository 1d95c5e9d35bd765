"""The inbox and the messages of a Lemmy account: `LemmyMessaging` implements `Messaging`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from bot.core.errors import CommunityLookupFailed, CommunityNotFound, PlatformError, Refused, Unreachable
from bot.core.messages import InboxPage, Message, SettingsPage
from bot.core.models import Comment, Dialect, Post
from bot.core.post_addresses import server_of
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.base import MAX_INBOX_MESSAGES
from bot.platforms.comment_text import check_comment
from bot.platforms.federated_adapter import sidebar_page
from bot.platforms.lemmy import errors
from bot.platforms.lemmy.api import Account, Viewer
from bot.platforms.lemmy.api import LemmyApi as Api
from bot.platforms.lemmy.messaging_api import CommunityInfo
from bot.platforms.lemmy.missing_rows import RowCalls
from bot.platforms.lemmy.own_comments import OwnCommentFinder
from bot.platforms.page_size import read_pages
from bot.platforms.text_matching import same_words

_PAGE = 50
_MAX_PERSON_IDS = 1000
_Parsed = TypeVar("_Parsed")


class AdapterCalls(Struct, frozen=True):
    """The functions of the adapter that its messaging uses."""

    account: str
    api: Callable[[], Api]
    viewer: Callable[[], Viewer]
    """Reloads the account if needed, so it must be called first."""
    me: Callable[[], Account]
    read: Callable[[Call], Any]
    """Sends a read call. Raises ApiError if it is refused."""
    write: Callable[[Call], Any]
    """Sends a write call. Raises ApiError if it is refused."""
    rows: RowCalls
    """Sends calls for rows that may be missing."""
    fetch_post: Callable[[str], Post]
    read_comment: Callable[[str], Comment | None]
    """The comment with this id; None if it does not exist."""
    write_comment: Callable[[str, str | None, str, str | None, int], Comment]
    """(post, parent, text, language, refused sends) -> the new comment."""
    delete: Callable[[str], None]


class LemmyMessaging:
    """Lemmy 0.19 or 1.0 as a `bot.platforms.base.Messaging`."""

    dialect = Dialect.LEMMY

    def __init__(self, calls: AdapterCalls) -> None:
        self.account = calls.account
        self._calls = calls
        self._person_ids: dict[str, int] = {}
        """Handle -> id of people that were looked up recently."""

    def fetch_inbox(self) -> InboxPage:
        base_url = self._calls.viewer().base_url
        api, me = self._calls.api(), self._calls.me().name
        messages: list[Message] = []
        parse_errors: list[str] = []
        ignorable: list[str] = []
        for call in self._parse(api.inbox_calls, self._read(api.unread_count_call())):
            for response in read_pages(
                self._read, call, self._next_inbox_call, MAX_INBOX_MESSAGES, skip=True
            ):
                listing = self._parse(api.parse_inbox, response, self.account, me)
                messages += (each for each in listing.messages if each.author != me)
                parse_errors += listing.parse_errors
                ignorable += listing.ignorable
        with suppress(PlatformError):  # they are listed again, and must not hide the messages
            for receipt in ignorable[:_PAGE]:
                self._mark_receipt(receipt)
        messages.reverse()
        located = (replace(message, url=_url_of(message, base_url)) for message in messages)
        return InboxPage(tuple(sorted(located, key=lambda message: message.sent)), tuple(parse_errors))

    def _next_inbox_call(self, call: Call, response: Any) -> Call | None:
        return self._parse(self._calls.api().next_inbox_call, call, response)

    def mark_read(self, message: Message) -> None:
        self._calls.viewer()
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
        """The server ignores a parent that does not exist, so the parent is read first."""
        check_comment(markdown)
        self._calls.viewer()
        parent = self._calls.read_comment(comment_id)
        if parent is None or parent.gone or parent.post_id != post_id:
            raise Refused(SkipReason.GONE, "the parent comment is gone")
        reply = self._calls.write_comment(post_id, comment_id, markdown, language, refused_sends)
        if reply.parent_id != comment_id:
            self._calls.delete(reply.id)
            raise Refused(SkipReason.GONE, "the parent comment disappeared, so the reply was deleted")
        return reply

    def own_replies_to_comment(self, post_id: str, comment_id: str) -> tuple[Comment, ...]:
        viewer = self._calls.viewer()
        finder = OwnCommentFinder(self._calls.api(), self._read, self._calls.fetch_post)
        return finder.replies_to_comment(post_id, comment_id, self._calls.me(), viewer)

    def send_message(self, recipient: str, subject: str, markdown: str, thread: str = "") -> str:
        """Lemmy's messages have no subjects and no threads."""
        del subject, thread
        check_comment(markdown)
        self._calls.viewer()
        call = self._calls.api().send_message_call(self._person_id(recipient), markdown)
        try:
            return self._calls.api().parse_message(self._calls.write(call)).id
        except ApiError as error:
            raise errors.write_error(error, call) from error
        except MalformedResponse:
            return ""  # the message was accepted anyway

    def find_sent_messages(
        self, recipient: str, markdown: str, since: datetime, thread: str = ""
    ) -> tuple[str, ...]:
        del thread
        self._calls.viewer()
        api, me = self._calls.api(), self._calls.me()
        sent = self._parse(api.parse_messages, self._read(api.sent_messages_call(me.id)))
        if len(sent) >= _PAGE and sent[-1].sent >= since:
            raise Unreachable("too many private messages to check whether this one was sent")
        to_recipient = (each for each in sent if (each.sender, each.recipient) == (me.name, recipient))
        matching = [
            each.id for each in to_recipient if each.sent >= since and same_words(each.text, markdown)
        ]
        return tuple(reversed(matching))

    def moderators(self, community: str) -> frozenset[str]:
        return self._community_info(community).moderators

    def settings_page(self, community: str) -> SettingsPage:
        """The sidebar, which only moderators can change."""
        return sidebar_page(community, self._community_info(community).sidebar)

    def create_settings_page(self, community: str, text: str) -> None:
        del text
        raise Refused(SkipReason.REFUSED, f"only moderators can write the sidebar of {community}")

    def accept_invitation(self, community: str) -> None:
        raise Refused(SkipReason.REFUSED, f"Lemmy has no invitations, so there is none to {community}")

    def _community_info(self, community: str) -> CommunityInfo:
        """Raises CommunityNotFound only if the server says so twice, and its database answers each time."""
        host = server_of(self._calls.viewer().base_url)
        call = self._calls.api().community_call(community)
        for _ in range(2):
            try:
                return self._parse(self._calls.api().parse_community_info, self._calls.read(call))
            except ApiError as error:
                if errors.is_failed_lookup(error) or not errors.is_unknown_community(error):
                    if community.endswith(f"@{host}"):
                        raise errors.read_error(error, call) from error
                    self._calls.rows.check_database()
                    raise CommunityLookupFailed(community, f"the server answers {error}") from error
            self._calls.rows.check_database()
        raise CommunityNotFound(f"the server does not know the community {community}")

    def _person_id(self, person: str) -> int:
        if person not in self._person_ids:
            api = self._calls.api()
            response = self._calls.rows.read_or_none(api.person_call(person), errors.PERSON_NOT_FOUND)
            if response is None:
                raise Refused(SkipReason.REFUSED, f"the server does not know {person}")
            self._person_ids[person] = self._parse(api.parse_person_id, response)
            while len(self._person_ids) > _MAX_PERSON_IDS:
                self._person_ids.pop(next(iter(self._person_ids)))
        return self._person_ids[person]

    def _mark_receipt(self, receipt: str) -> None:
        """A notification that no longer exists counts as read."""
        self._calls.rows.write_or_none(
            self._calls.api().mark_read_call(receipt), errors.NOTIFICATION_NOT_FOUND
        )

    def _read(self, call: Call) -> Any:
        try:
            return self._calls.read(call)
        except ApiError as error:
            raise errors.read_error(error, call) from error

    def _parse(self, parse: Callable[..., _Parsed], *arguments: Any) -> _Parsed:
        try:
            return parse(*arguments)
        except MalformedResponse as error:
            raise Unreachable(f"cannot parse the response to a messaging call: {error}") from error


def _url_of(message: Message, base_url: str) -> str:
    if message.comment_id is not None:
        return f"{base_url}/comment/{message.comment_id}"
    return f"{base_url}/post/{message.post_id}" if message.post_id is not None else ""
