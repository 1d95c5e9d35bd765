"""How people speak to an account on a Lemmy server, behind the `Correspondence` Protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from bot.core.errors import Refused, Unreachable
from bot.core.messages import InboxPage, Message, SettingsPage
from bot.core.models import Comment, Dialect, Post
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import ApiError, Call, MalformedAnswer
from bot.platforms.comment_limits import check_comment
from bot.platforms.lemmy import errors
from bot.platforms.lemmy.api import Account, Viewer
from bot.platforms.lemmy.api import LemmyApi as Api
from bot.platforms.lemmy.messaging_api import CommunityInfo
from bot.platforms.lemmy.own_comments import OwnCommentFinder
from bot.platforms.text_matching import same_words

_PAGE = 50
_MAX_PERSON_IDS = 1000
_Parsed = TypeVar("_Parsed")


@dataclass(frozen=True, slots=True)
class AdapterCalls:
    """What the adapter lends to its correspondence."""

    account: str
    api: Callable[[], Api]
    viewer: Callable[[], Viewer]
    """Looks around when it is time, so it comes first."""
    me: Callable[[], Account]
    read: Callable[[Call], Any]
    """A reading call; raises ApiError for a refusal."""
    write: Callable[[Call], Any]
    """A writing call, likewise."""
    fetch_post: Callable[[str], Post]
    write_comment: Callable[[str, str | None, str, str | None], Comment]
    """Writes a comment: post, parent, text, language."""
    delete: Callable[[str], None]


class LemmyMessaging:
    """Lemmy 0.19 or 1.0 as a `bot.platforms.base.Correspondence`."""

    dialect = Dialect.LEMMY

    def __init__(self, calls: AdapterCalls) -> None:
        self.account = calls.account
        self._calls = calls
        self._person_ids: dict[str, int] = {}
        """Of people that were looked up lately."""

    def fetch_inbox(self) -> InboxPage:
        self._calls.viewer()
        api, me = self._calls.api(), self._calls.me().name
        messages: list[Message] = []
        unreadable: list[str] = []
        for call in self._parse(api.inbox_calls, self._read(api.unread_count_call())):
            box = self._parse(api.parse_inbox, self._read(call), self.account, me)
            messages += (each for each in reversed(box.messages) if each.author != me)
            unreadable += box.unreadable
            for receipt in box.ignorable:
                self._mark_receipt(receipt)
        return InboxPage(tuple(sorted(messages, key=lambda message: message.sent)), tuple(unreadable))

    def mark_read(self, message: Message) -> None:
        self._calls.viewer()
        self._mark_receipt(message.receipt)

    def reply_to_comment(self, post_id: str, comment_id: str, markdown: str, language: str | None) -> Comment:
        """A parent that does not exist is dropped without a word, so it is read first."""
        check_comment(markdown)
        lens = self._calls.viewer()
        parent = self._comment(comment_id, lens)
        if parent is None or parent.gone or parent.post_id != post_id:
            raise Refused(SkipReason.GONE, "the comment that is to be answered is gone")
        made = self._calls.write_comment(post_id, comment_id, markdown, language)
        if made.parent_id != comment_id:
            self._calls.delete(made.id)
            raise Refused(SkipReason.GONE, "the comment went away in the meantime; the reply was taken back")
        return made

    def own_replies_to_comment(self, post_id: str, comment_id: str) -> tuple[Comment, ...]:
        lens = self._calls.viewer()
        back = OwnCommentFinder(self._calls.api(), self._read, self._calls.fetch_post)
        return back.replies_to_comment(post_id, comment_id, self._calls.me(), lens)

    def send_message(self, recipient: str, subject: str, markdown: str, thread: str = "") -> str:
        """Lemmy's messages have neither subjects nor threads."""
        del subject, thread
        check_comment(markdown)
        self._calls.viewer()
        call = self._calls.api().send_message_call(self._person_id(recipient), markdown)
        try:
            return self._calls.api().parse_message(self._calls.write(call)).id
        except ApiError as error:
            raise errors.write_error(error, call) from error
        except MalformedAnswer:
            return ""  # it was taken all the same

    def find_sent_messages(
        self, recipient: str, markdown: str, since: datetime, thread: str = ""
    ) -> tuple[str, ...]:
        del thread
        self._calls.viewer()
        api, me = self._calls.api(), self._calls.me()
        letters = self._parse(api.parse_messages, self._read(api.sent_messages_call(me.id)))
        if len(letters) >= _PAGE and letters[-1].sent >= since:
            raise Unreachable("too many private messages to tell whether this one was sent")
        mine = (each for each in letters if (each.sender, each.recipient) == (me.name, recipient))
        same = [each.id for each in mine if each.sent >= since and same_words(each.text, markdown)]
        return tuple(reversed(same))

    def moderators(self, community: str) -> frozenset[str]:
        return self._community_info(community).moderators

    def settings_page(self, community: str) -> SettingsPage:
        """The sidebar, which nobody but moderators can change."""
        text = self._community_info(community).sidebar
        revision = hashlib.sha256(text.encode()).hexdigest()[:16]
        return SettingsPage(community, text, revision, editor=None, moderators_only=True)

    def create_settings_page(self, community: str, text: str) -> None:
        del text
        raise Refused(SkipReason.REFUSED, f"the sidebar of {community} is its moderators' own")

    def accept_invitation(self, community: str) -> None:
        raise Refused(SkipReason.REFUSED, f"Lemmy sends no invitations, so there is none to {community}")

    def _community_info(self, community: str) -> CommunityInfo:
        self._calls.viewer()
        call = self._calls.api().community_call(community)
        try:
            return self._parse(self._calls.api().parse_community_info, self._calls.read(call))
        except ApiError as error:
            if errors.is_unknown_community(error):
                raise Unreachable(f"the server knows no community {community}") from error
            raise errors.read_error(error, call) from error

    def _comment(self, comment_id: str, lens: Viewer) -> Comment | None:
        api = self._calls.api()
        call = api.comment_call(comment_id)
        try:
            return self._parse(api.parse_comment, self._calls.read(call), lens)
        except ApiError as error:
            if error.code in errors.COMMENT_NOT_FOUND:
                return None
            raise errors.read_error(error, call) from error

    def _person_id(self, person: str) -> int:
        if person not in self._person_ids:
            api = self._calls.api()
            call = api.person_call(person)
            try:
                self._person_ids[person] = self._parse(api.parse_person_id, self._calls.read(call))
            except ApiError as error:
                if error.code in errors.PERSON_NOT_FOUND:
                    raise Refused(SkipReason.REFUSED, f"the server knows no {person}") from error
                raise errors.read_error(error, call) from error
            while len(self._person_ids) > _MAX_PERSON_IDS:
                self._person_ids.pop(next(iter(self._person_ids)))
        return self._person_ids[person]

    def _mark_receipt(self, receipt: str) -> None:
        """One that somebody deleted is as good as read."""
        call = self._calls.api().mark_read_call(receipt)
        try:
            self._calls.write(call)
        except ApiError as error:
            if error.code not in errors.NOTIFICATION_NOT_FOUND:
                raise errors.write_error(error, call) from error

    def _read(self, call: Call) -> Any:
        try:
            return self._calls.read(call)
        except ApiError as error:
            raise errors.read_error(error, call) from error

    def _parse(self, parse: Callable[..., _Parsed], *arguments: Any) -> _Parsed:
        try:
            return parse(*arguments)
        except MalformedAnswer as error:
            raise Unreachable(f"an answer about messages cannot be read: {error}") from error
