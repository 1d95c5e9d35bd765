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
_PEOPLE = 1000
_Parsed = TypeVar("_Parsed")


@dataclass(frozen=True, slots=True)
class AdapterCalls:
    """What the adapter lends to its correspondence."""

    account: str
    api: Callable[[], Api]
    lens: Callable[[], Viewer]
    """Looks around when it is time, so it comes first."""
    me: Callable[[], Account]
    ask: Callable[[Call], Any]
    """A reading call; raises ApiError for a refusal."""
    send: Callable[[Call], Any]
    """A writing call, likewise."""
    fetch_post: Callable[[str], Post]
    write_comment: Callable[[str, str | None, str, str | None], Comment]
    """Writes a comment: post, parent, text, language."""
    delete: Callable[[str], None]


class LemmyMessaging:
    """Lemmy 0.19 or 1.0 as a `bot.platforms.base.Correspondence`."""

    dialect = Dialect.LEMMY

    def __init__(self, line: AdapterCalls) -> None:
        self.account = line.account
        self._line = line
        self._numbers: dict[str, int] = {}
        """Of people that were looked up lately."""

    def fetch_inbox(self) -> InboxPage:
        self._line.lens()
        api, me = self._line.api(), self._line.me().name
        messages: list[Message] = []
        unreadable: list[str] = []
        for call in self._parsed(api.boxes, self._read(api.unread())):
            box = self._parsed(api.read_box, self._read(call), self.account, me)
            messages += (each for each in reversed(box.messages) if each.author != me)
            unreadable += box.unreadable
            for receipt in box.ignorable:
                self._mark(receipt)
        return InboxPage(tuple(sorted(messages, key=lambda message: message.sent)), tuple(unreadable))

    def mark_read(self, message: Message) -> None:
        self._line.lens()
        self._mark(message.receipt)

    def reply_to_comment(self, post_id: str, comment_id: str, markdown: str, language: str | None) -> Comment:
        """A parent that does not exist is dropped without a word, so it is read first."""
        check_comment(markdown)
        lens = self._line.lens()
        parent = self._comment(comment_id, lens)
        if parent is None or parent.gone or parent.post_id != post_id:
            raise Refused(SkipReason.GONE, "the comment that is to be answered is gone")
        made = self._line.write_comment(post_id, comment_id, markdown, language)
        if made.parent_id != comment_id:
            self._line.delete(made.id)
            raise Refused(SkipReason.GONE, "the comment went away in the meantime; the reply was taken back")
        return made

    def own_replies_to_comment(self, post_id: str, comment_id: str) -> tuple[Comment, ...]:
        lens = self._line.lens()
        back = OwnCommentFinder(self._line.api(), self._read, self._line.fetch_post)
        return back.own_below(post_id, comment_id, self._line.me(), lens)

    def send_message(self, recipient: str, subject: str, markdown: str, thread: str = "") -> str:
        """Lemmy's messages have neither subjects nor threads."""
        del subject, thread
        check_comment(markdown)
        self._line.lens()
        call = self._line.api().write_letter(self._number(recipient), markdown)
        try:
            return self._line.api().read_letter(self._line.send(call)).id
        except ApiError as error:
            raise errors.write_error(error, call) from error
        except MalformedAnswer:
            return ""  # it was taken all the same

    def find_sent_messages(
        self, recipient: str, markdown: str, since: datetime, thread: str = ""
    ) -> tuple[str, ...]:
        del thread
        self._line.lens()
        api, me = self._line.api(), self._line.me()
        letters = self._parsed(api.read_letters, self._read(api.sent_letters(me.id)))
        if len(letters) >= _PAGE and letters[-1].sent >= since:
            raise Unreachable("too many private messages to tell whether this one was sent")
        mine = (each for each in letters if (each.sender, each.recipient) == (me.name, recipient))
        same = [each.id for each in mine if each.sent >= since and same_words(each.text, markdown)]
        return tuple(reversed(same))

    def moderators(self, community: str) -> frozenset[str]:
        return self._place(community).moderators

    def settings_page(self, community: str) -> SettingsPage:
        """The sidebar, which nobody but moderators can change."""
        text = self._place(community).sidebar
        revision = hashlib.sha256(text.encode()).hexdigest()[:16]
        return SettingsPage(community, text, revision, editor=None, moderators_only=True)

    def create_settings_page(self, community: str, text: str) -> None:
        del text
        raise Refused(SkipReason.REFUSED, f"the sidebar of {community} is its moderators' own")

    def accept_invitation(self, community: str) -> None:
        raise Refused(SkipReason.REFUSED, f"Lemmy sends no invitations, so there is none to {community}")

    def _place(self, community: str) -> CommunityInfo:
        self._line.lens()
        call = self._line.api().community(community)
        try:
            return self._parsed(self._line.api().read_place, self._line.ask(call))
        except ApiError as error:
            if errors.is_unknown_community(error):
                raise Unreachable(f"the server knows no community {community}") from error
            raise errors.read_error(error, call) from error

    def _comment(self, comment_id: str, lens: Viewer) -> Comment | None:
        api = self._line.api()
        call = api.comment(comment_id)
        try:
            return self._parsed(api.read_comment, self._line.ask(call), lens)
        except ApiError as error:
            if error.code in errors.NO_SUCH_COMMENT:
                return None
            raise errors.read_error(error, call) from error

    def _number(self, person: str) -> int:
        if person not in self._numbers:
            api = self._line.api()
            call = api.person(person)
            try:
                self._numbers[person] = self._parsed(api.read_person, self._line.ask(call))
            except ApiError as error:
                if error.code in errors.NO_SUCH_PERSON:
                    raise Refused(SkipReason.REFUSED, f"the server knows no {person}") from error
                raise errors.read_error(error, call) from error
            while len(self._numbers) > _PEOPLE:
                self._numbers.pop(next(iter(self._numbers)))
        return self._numbers[person]

    def _mark(self, receipt: str) -> None:
        """One that somebody deleted is as good as read."""
        call = self._line.api().mark_read(receipt)
        try:
            self._line.send(call)
        except ApiError as error:
            if error.code not in errors.NO_SUCH_NOTICE:
                raise errors.write_error(error, call) from error

    def _read(self, call: Call) -> Any:
        try:
            return self._line.ask(call)
        except ApiError as error:
            raise errors.read_error(error, call) from error

    def _parsed(self, parse: Callable[..., _Parsed], *arguments: Any) -> _Parsed:
        try:
            return parse(*arguments)
        except MalformedAnswer as error:
            raise Unreachable(f"an answer about messages cannot be read: {error}") from error
