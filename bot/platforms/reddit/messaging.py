"""How people speak to an account on Reddit, behind the `Correspondence` Protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import praw

from bot.core.errors import Refused, Unreachable
from bot.core.messages import InboxPage, Message, SettingsPage
from bot.core.models import Comment, Dialect
from bot.core.skip_reasons import SkipReason
from bot.platforms.comment_limits import check_reddit_comment
from bot.platforms.reddit import errors, message_schemas, schemas
from bot.platforms.reddit.message_schemas import MODMAIL_PREFIX, Conversation, PrivateMessage
from bot.platforms.reddit.praw_session import PrawSession
from bot.platforms.reddit.read_calls import ReadCalls
from bot.platforms.reddit.schemas import Malformed, Viewer
from bot.platforms.text_matching import same_words

PAGE = "precis"
"""The wiki page where moderators leave settings."""
_AT_ONCE = 100
_SUBJECT = "Precis"
_LONGEST_SUBJECT = 100
_MODS_ONLY = 2
"""A wiki page's permission level at which nobody but moderators may edit it."""


@dataclass(frozen=True, slots=True)
class AdapterCalls:
    """What the adapter lends to its correspondence."""

    lens: Callable[[], Viewer]
    """Looks around when it is time, so it comes first."""
    moderated: Callable[[], frozenset[str]]
    """The watched subreddits of which the account is a moderator."""
    reply: Callable[[str, str | None, str], Comment]
    """Writes a comment: post, parent, text."""


class RedditMessaging:
    """Reddit as a `bot.platforms.base.Correspondence`."""

    dialect = Dialect.REDDIT

    def __init__(self, account: str, session: PrawSession, line: AdapterCalls) -> None:
        self.account = account
        self._session = session
        self._line = line
        self._guarded: dict[str, tuple[str, bool]] = {}
        """Subreddit -> the revision of its page whose permissions were asked for last, and the answer."""

    def fetch_inbox(self) -> InboxPage:
        """One call, and one more where the account moderates: there its letters become modmail."""
        lens = self._line.lens()
        answer = self._session.get("message/unread", "the inbox", mark="false", limit=_AT_ONCE)
        messages: list[Message] = []
        unreadable: list[str] = []
        for thing in reversed(_things(answer, "the inbox")):
            try:
                messages.append(message_schemas.message_of(thing.kind, thing.data, lens))
            except Malformed as error:
                unreadable.append(f"message {thing.data.get('name') or '(no name)'}: {error}")
        moderated = self._line.moderated()
        if moderated:
            messages += self._modmail(moderated, lens)
        return InboxPage(tuple(sorted(messages, key=lambda message: message.sent)), tuple(unreadable))

    def mark_read(self, message: Message) -> None:
        path, data = "api/read_message/", {"id": message.receipt}
        if message.receipt.startswith(MODMAIL_PREFIX):
            path = "api/mod/conversations/read"
            data = {"conversationIds": message.receipt.removeprefix(MODMAIL_PREFIX)}
        self._post(path, data)

    def reply_to_comment(self, post_id: str, comment_id: str, markdown: str, language: str | None) -> Comment:
        del language  # Reddit's comments have none
        return self._line.reply(post_id, comment_id, markdown)

    def own_replies_to_comment(self, post_id: str, comment_id: str) -> tuple[Comment, ...]:
        """From the thread below the comment and from the account's own page, for each may lag."""
        lens = self._line.lens()
        reader = ReadCalls(self._session)
        mine = [*reader.own_below(post_id, comment_id, lens), *reader.own_in_profile(post_id, lens, None)]
        found = {one.id: schemas.comment_of(one, lens) for one in mine if one.parent_id == f"t1_{comment_id}"}
        return tuple(sorted(found.values(), key=lambda comment: (comment.published, comment.id)))

    def send_message(self, recipient: str, subject: str, markdown: str, thread: str = "") -> str:
        """Reddit says the letter's id only of an answer to another one."""
        check_reddit_comment(markdown)
        if thread.startswith(MODMAIL_PREFIX):
            path = f"api/mod/conversations/{thread.removeprefix(MODMAIL_PREFIX)}"
            self._post(path, {"body": markdown, "isAuthorHidden": "false", "isInternal": "false"})
            return ""
        if thread:
            made = self._post("api/comment/", {"thing_id": thread, "text": markdown})
            return str(getattr(made[0], "fullname", "")) if isinstance(made, list) and made else ""
        to = f"#{recipient.removeprefix('r/')}" if recipient.startswith("r/") else recipient
        title = (subject or _SUBJECT)[:_LONGEST_SUBJECT]
        self._post("api/compose/", {"to": to, "subject": title, "text": markdown})
        return ""

    def find_sent_messages(
        self, recipient: str, markdown: str, since: datetime, thread: str = ""
    ) -> tuple[str, ...]:
        lens = self._line.lens()
        if thread.startswith(MODMAIL_PREFIX):
            return self._own_in_conversation(thread, markdown, since, lens)
        answer = self._session.get("message/sent", "the sent messages", limit=_AT_ONCE)
        found: list[str] = []
        for thing in _things(answer, "the sent messages"):
            letter = _letter(thing.data)
            there = letter.parent_id == thread if thread else letter.dest.lower() in _addresses(recipient)
            young = letter.created_utc >= int(since.timestamp())  # Reddit's times are in whole seconds
            if there and young and same_words(letter.body, markdown):
                found.append(letter.name)
        return tuple(reversed(found))

    def moderators(self, community: str) -> frozenset[str]:
        answer = self._session.get(f"r/{community}/about/moderators", f"the moderators of r/{community}")
        try:
            return frozenset(str(each["name"]).lower() for each in answer["data"]["children"])
        except (LookupError, TypeError) as error:
            raise Unreachable(f"the moderators of r/{community} cannot be read") from error

    def settings_page(self, community: str) -> SettingsPage | None:
        try:
            answer = self._session.get(f"r/{community}/wiki/{PAGE}", f"the page {PAGE} of r/{community}")
        except errors.NotFound:
            return None
        page = _parsed(message_schemas.WikiPage, answer)
        return SettingsPage(
            community=community,
            text=page.content_md,
            revision=page.revision,
            editor=page.editor,
            moderators_only=self._is_guarded(community, page.revision),
            changed_at=schemas.time_of(page.revision_date) if page.revision_date else None,
        )

    def create_settings_page(self, community: str, text: str) -> None:
        """Only moderators may edit it from the beginning."""
        if self.settings_page(community) is not None:
            raise Refused(SkipReason.REFUSED, f"r/{community} has a page {PAGE} already")
        data = {"page": PAGE, "content": text, "reason": "asked for by a moderator"}
        self._post(f"r/{community}/api/wiki/edit", data)
        guard = {"permlevel": str(_MODS_ONLY), "listed": "true"}
        self._post(f"r/{community}/wiki/settings/{PAGE}", guard)

    def accept_invitation(self, community: str) -> None:
        self._post(f"r/{community}/api/accept_moderator_invite", {})

    def _modmail(self, moderated: frozenset[str], lens: Viewer) -> list[Message]:
        """What was written in conversations of which the account is a part; others are not its own."""
        listed = self._session.get(
            "api/mod/conversations/",
            "modmail",
            entity=",".join(sorted(moderated)),
            sort="unread",
            state="all",
        )
        conversations = listed.get("conversations") if isinstance(listed, dict) else None
        if not isinstance(conversations, dict):
            raise Unreachable("the list of modmail cannot be read")
        talks = [_parsed(Conversation, {"data": each}) for each in conversations.values()]
        unread = [talk for talk in talks if talk.last_unread is not None and talk.has(lens.me)]
        found: list[Message] = []
        for talk in unread:
            found += self._read_conversation(talk.id, message_schemas.unread_modmail, lens)
        return found

    def _own_in_conversation(
        self, thread: str, markdown: str, since: datetime, lens: Viewer
    ) -> tuple[str, ...]:
        own = self._read_conversation(thread.removeprefix(MODMAIL_PREFIX), message_schemas.own_messages, lens)
        same = (each for each in own if each.date >= since and same_words(each.body, markdown))
        return tuple(each.id for each in sorted(same, key=lambda message: message.date))

    def _read_conversation(
        self, number: str, parse: Callable[[Any, Viewer], list[Any]], lens: Viewer
    ) -> list[Any]:
        path, what = f"api/mod/conversations/{number}", f"modmail {number}"
        try:
            return parse(self._session.get(path, what, markRead="false"), lens)
        except Malformed as error:
            raise Unreachable(f"{what} cannot be read: {error}") from error

    def _is_guarded(self, community: str, revision: str) -> bool:
        """Whether only moderators can edit the page; asked once a revision, and not to be had of all."""
        known = self._guarded.get(community)
        if known is not None and known[0] == revision:
            return known[1]
        try:
            answer = self._session.get(f"r/{community}/wiki/settings/{PAGE}", f"the wiki of r/{community}")
            guarded = bool(_parsed(message_schemas.WikiSettings, answer).permlevel >= _MODS_ONLY)
        except errors.NoAccess:
            guarded = False
        self._guarded[community] = (revision, guarded)
        return guarded

    def _post(self, path: str, data: dict[str, str]) -> Any:
        self._line.lens()

        def send(reddit: praw.Reddit) -> Any:
            return reddit.post(path, data=data)

        try:
            return self._session.write_once(send)
        except errors.Forbidden as error:
            raise Refused(SkipReason.REFUSED, "Reddit forbids it (403)") from error


def _addresses(person: str) -> set[str]:
    """How Reddit may write to whom a letter went."""
    name = person.removeprefix("r/")
    return {f"#{name}", f"/r/{name}", f"r/{name}"} if person.startswith("r/") else {person}


def _things(answer: Any, what: str) -> list[schemas.Thing]:
    try:
        return schemas.parse_listing(answer)[0]
    except Malformed as error:
        raise Unreachable(f"{what} cannot be read: {error}") from error


def _letter(data: Any) -> PrivateMessage:
    try:
        return schemas.parse(PrivateMessage, data)
    except Malformed as error:
        raise Unreachable(f"a sent message cannot be read: {error}") from error


def _parsed(model: type[Any], answer: Any) -> Any:
    try:
        return schemas.parse(model, answer["data"])
    except (Malformed, LookupError, TypeError) as error:
        raise Unreachable(f"an answer cannot be read: {error}") from error
