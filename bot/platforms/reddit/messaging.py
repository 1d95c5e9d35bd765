"""Reddit's inbox, private messages, modmail and wiki, behind the `Messaging` Protocol."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import praw
from msgspec import Struct

from bot.core.errors import CommunityNotFound, Refused, Unreachable
from bot.core.messages import InboxPage, Message, SettingsPage
from bot.core.models import Comment, Dialect
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import Call, MalformedResponse
from bot.platforms.api_models import parse
from bot.platforms.base import MAX_INBOX_MESSAGES
from bot.platforms.comment_text import check_reddit_comment
from bot.platforms.page_size import read_pages
from bot.platforms.reddit import errors, message_schemas, schemas
from bot.platforms.reddit.message_schemas import MODMAIL_PREFIX, Conversation, PrivateMessage
from bot.platforms.reddit.praw_session import PrawSession
from bot.platforms.reddit.read_calls import ReadCalls, next_listing_call
from bot.platforms.reddit.schemas import Viewer
from bot.platforms.text_matching import same_words

SETTINGS_PAGE = "precis"
"""The wiki page with the moderators' settings."""
_PAGE_SIZE = 100
_DEFAULT_SUBJECT = "Precis"
_MAX_SUBJECT = 100
_MODERATORS_ONLY = 2
"""The permission level of a wiki page that only moderators may edit."""


class AdapterCalls(Struct, frozen=True):
    """The adapter's functions that messaging needs."""

    viewer: Callable[[], Viewer]
    """Call it first: it refreshes the account's roles when they are out of date."""
    moderated: Callable[[], frozenset[str]]
    """The polled subreddits that the account moderates."""
    reply: Callable[[str, str | None, str], Comment]
    """Writes a comment: post id, parent id, Markdown."""


class RedditMessaging:
    """Reddit as a `bot.platforms.base.Messaging`."""

    dialect = Dialect.REDDIT

    def __init__(self, account: str, session: PrawSession, adapter: AdapterCalls) -> None:
        self.account = account
        self._session = session
        self._adapter = adapter
        self._moderators_only: dict[str, tuple[str, bool]] = {}
        """Subreddit -> the last checked revision of its page, and whether only moderators may edit it."""

    def fetch_inbox(self) -> InboxPage:
        """One call, plus calls for modmail if the account moderates: answers to it arrive there."""
        viewer = self._adapter.viewer()
        messages: list[Message] = []
        unreadable: list[str] = []
        for thing in reversed(self._unread_things()):
            try:
                messages.append(message_schemas.message_of(thing.kind, thing.data, viewer))
            except MalformedResponse as error:
                unreadable.append(f"message {thing.data.get('name') or '(no name)'}: {error}")
        moderated = self._adapter.moderated()
        if moderated:
            messages += self._modmail(moderated, viewer)
        return InboxPage(tuple(sorted(messages, key=lambda message: message.sent)), tuple(unreadable))

    def mark_read(self, message: Message) -> None:
        path, data = "api/read_message/", {"id": message.receipt}
        if message.receipt.startswith(MODMAIL_PREFIX):
            path = "api/mod/conversations/read"
            data = {"conversationIds": message.receipt.removeprefix(MODMAIL_PREFIX)}
        self._post(path, data)

    def reply_to_comment(
        self,
        post_id: str,
        comment_id: str,
        markdown: str,
        language: str | None,
        *,
        refused_sends: int = 0,
    ) -> Comment:
        del language, refused_sends  # Reddit has neither languages of comments nor Idempotency-Keys
        return self._adapter.reply(post_id, comment_id, markdown)

    def own_replies_to_comment(self, post_id: str, comment_id: str) -> tuple[Comment, ...]:
        """Reads the thread below the comment and the account's profile, because each can lag."""
        viewer = self._adapter.viewer()
        calls = ReadCalls(self._session)
        own = [*calls.own_below(post_id, comment_id, viewer), *calls.own_in_profile(post_id, viewer, None)]
        found = {
            item.id: schemas.comment_of(item, viewer) for item in own if item.parent_id == f"t1_{comment_id}"
        }
        return tuple(sorted(found.values(), key=lambda comment: (comment.published, comment.id)))

    def send_message(self, recipient: str, subject: str, markdown: str, thread: str = "") -> str:
        """Returns the message's id only for an answer in a thread: Reddit does not report it otherwise."""
        check_reddit_comment(markdown)
        if thread.startswith(MODMAIL_PREFIX):
            path = f"api/mod/conversations/{thread.removeprefix(MODMAIL_PREFIX)}"
            self._post(path, {"body": markdown, "isAuthorHidden": "false", "isInternal": "false"})
            return ""
        if thread:
            response = self._post("api/comment/", {"thing_id": thread, "text": markdown})
            return (
                str(getattr(response[0], "fullname", "")) if isinstance(response, list) and response else ""
            )
        to = f"#{recipient.removeprefix('r/')}" if recipient.startswith("r/") else recipient
        title = (subject or _DEFAULT_SUBJECT)[:_MAX_SUBJECT]
        self._post("api/compose/", {"to": to, "subject": title, "text": markdown})
        return ""

    def find_sent_messages(
        self, recipient: str, markdown: str, since: datetime, thread: str = ""
    ) -> tuple[str, ...]:
        viewer = self._adapter.viewer()
        if thread.startswith(MODMAIL_PREFIX):
            return self._own_in_conversation(thread, markdown, since, viewer)
        what = "the sent messages"
        pages = read_pages(
            lambda page: self._session.get_page(page, what),
            Call("GET", "message/sent", query={"limit": _PAGE_SIZE}),
            next_listing_call,
            _PAGE_SIZE,
        )
        found: list[str] = []
        for thing in (thing for page in pages for thing in _things(page, what)):
            message = _private_message(thing.data)
            is_match = (
                message.parent_id == thread if thread else message.dest.lower() in _recipient_names(recipient)
            )
            is_recent = message.created_utc >= int(since.timestamp())  # Reddit's times are in whole seconds
            if is_match and is_recent and same_words(message.body, markdown):
                found.append(message.name)
        return tuple(reversed(found))

    def moderators(self, community: str) -> frozenset[str]:
        try:
            response = self._session.get(
                f"r/{community}/about/moderators", f"the moderators of r/{community}"
            )
        except errors.NoAccess as error:
            raise CommunityNotFound(str(error)) from error
        try:
            return frozenset(str(each["name"]).lower() for each in response["data"]["children"])
        except (LookupError, TypeError) as error:
            raise Unreachable(f"the moderators of r/{community} cannot be read") from error

    def settings_page(self, community: str) -> SettingsPage | None:
        try:
            response = self._session.get(
                f"r/{community}/wiki/{SETTINGS_PAGE}", f"the page {SETTINGS_PAGE} of r/{community}"
            )
        except errors.NotFound:
            return None
        page = _parse(message_schemas.WikiPage, response)
        return SettingsPage(
            community=community,
            text=page.content_md,
            revision=page.revision,
            editor=page.editor,
            moderators_only=self._is_moderators_only(community, page.revision),
            changed_at=schemas.time_of(page.revision_date) if page.revision_date else None,
        )

    def create_settings_page(self, community: str, text: str) -> None:
        """Creates a page that only moderators may edit."""
        if self.settings_page(community) is not None:
            raise Refused(SkipReason.REFUSED, f"r/{community} already has a wiki page {SETTINGS_PAGE}")
        data = {"page": SETTINGS_PAGE, "content": text, "reason": "asked for by a moderator"}
        self._post(f"r/{community}/api/wiki/edit", data)
        permissions = {"permlevel": str(_MODERATORS_ONLY), "listed": "true"}
        self._post(f"r/{community}/wiki/settings/{SETTINGS_PAGE}", permissions)

    def accept_invitation(self, community: str) -> None:
        self._post(f"r/{community}/api/accept_moderator_invite", {})

    def _unread_things(self) -> list[schemas.Thing]:
        """Newest first."""
        found: list[schemas.Thing] = []
        call = Call("GET", "message/unread", query={"mark": "false", "limit": _PAGE_SIZE})
        for response in read_pages(
            lambda page: self._session.get_page(page, "the inbox"),
            call,
            next_listing_call,
            MAX_INBOX_MESSAGES,
            skip=True,
        ):
            found += _things(response, "the inbox")
        return found

    def _modmail(self, moderated: frozenset[str], viewer: Viewer) -> list[Message]:
        """Unread messages of conversations in which the account takes part."""
        listed = self._session.get(
            "api/mod/conversations/",
            "modmail",
            entity=",".join(sorted(moderated)),
            sort="unread",
            state="all",
        )
        rows = listed.get("conversations") if isinstance(listed, dict) else None
        if not isinstance(rows, dict):
            raise Unreachable("the list of modmail conversations cannot be read")
        conversations = [_parse(Conversation, {"data": row}) for row in rows.values()]
        found: list[Message] = []
        for conversation in conversations:
            if conversation.last_unread is not None and conversation.has_participant(viewer.me):
                found += self._read_conversation(conversation.id, message_schemas.unread_modmail, viewer)
        return found

    def _own_in_conversation(
        self, thread: str, markdown: str, since: datetime, viewer: Viewer
    ) -> tuple[str, ...]:
        own = self._read_conversation(
            thread.removeprefix(MODMAIL_PREFIX), message_schemas.own_messages, viewer
        )
        same = (each for each in own if each.date >= since and same_words(each.body, markdown))
        return tuple(each.id for each in sorted(same, key=lambda message: message.date))

    def _read_conversation(
        self, number: str, parse: Callable[[Any, Viewer], list[Any]], viewer: Viewer
    ) -> list[Any]:
        path, what = f"api/mod/conversations/{number}", f"modmail {number}"
        try:
            return parse(self._session.get(path, what, markRead="false"), viewer)
        except MalformedResponse as error:
            raise Unreachable(f"{what} cannot be read: {error}") from error

    def _is_moderators_only(self, community: str, revision: str) -> bool:
        """Whether only moderators can edit the page. Fetched once per revision; False if not readable."""
        known = self._moderators_only.get(community)
        if known is not None and known[0] == revision:
            return known[1]
        try:
            response = self._session.get(
                f"r/{community}/wiki/settings/{SETTINGS_PAGE}", f"the wiki of r/{community}"
            )
            result = bool(_parse(message_schemas.WikiSettings, response).permlevel >= _MODERATORS_ONLY)
        except errors.NoAccess:
            result = False
        self._moderators_only[community] = (revision, result)
        return result

    def _post(self, path: str, data: dict[str, str]) -> Any:
        self._adapter.viewer()

        def send(reddit: praw.Reddit) -> Any:
            return reddit.post(path, data=data)

        try:
            return self._session.write_once(send)
        except errors.Forbidden as error:
            raise Refused(SkipReason.REFUSED, "Reddit does not allow it (403)") from error


def _recipient_names(recipient: str) -> set[str]:
    """The forms of the recipient's name that Reddit uses in `dest`."""
    name = recipient.removeprefix("r/")
    return {f"#{name}", f"/r/{name}", f"r/{name}"} if recipient.startswith("r/") else {recipient}


def _things(response: Any, what: str) -> list[schemas.Thing]:
    try:
        return schemas.parse_listing(response)[0]
    except MalformedResponse as error:
        raise Unreachable(f"{what} cannot be read: {error}") from error


def _private_message(data: Any) -> PrivateMessage:
    try:
        return parse(PrivateMessage, data)
    except MalformedResponse as error:
        raise Unreachable(f"a sent message cannot be read: {error}") from error


def _parse(model: type[Any], response: Any) -> Any:
    try:
        return parse(model, response["data"])
    except (MalformedResponse, LookupError, TypeError) as error:
        raise Unreachable(f"a response cannot be read: {error}") from error
