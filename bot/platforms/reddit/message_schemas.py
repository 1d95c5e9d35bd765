"""Schemas of Reddit's inbox, modmail and wiki pages, and their conversion to `Message`.

Source: https://www.reddit.com/dev/api/ and recorded responses from 2016 to 2025.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from bot.core.lazy_patterns import lazy_pattern
from bot.core.messages import Message, MessageKind
from bot.platforms.api_call import MalformedResponse
from bot.platforms.api_models import ApiModel, parse
from bot.platforms.reddit import schemas
from bot.platforms.reddit.schemas import Viewer
from bot.platforms.text_matching import mentions_user

_POST_ID = lazy_pattern(r"/comments/(\w+)/")
_INVITATION = lazy_pattern(
    r"invit(?:ation|ed) to (?:help )?moderate|invited to (?:be|become) a mod", re.IGNORECASE
)
_BOT_NAME = lazy_pattern(r"(?:^|[-_])bot$|[a-z0-9]Bot$")
_END_OF_YEAR_9999 = 253_370_764_800
MODMAIL_PREFIX = "modmail_"
"""Prefix of `Message.thread` for modmail conversations. For other messages, the thread is their fullname."""


class InboxComment(ApiModel):
    """A t1 as the inbox shows it: without `link_id`."""

    id: str
    name: str
    created_utc: float
    context: str = ""
    parent_id: str = ""
    author: str = schemas.DELETED
    subreddit: str = ""
    body: str = ""


class PrivateMessage(ApiModel):
    """A t4. A message from a subreddit's moderators names the subreddit and may hide its author."""

    id: str
    name: str
    created_utc: float
    author: str | None = None
    subreddit: str | None = None
    subject: str = ""
    body: str = ""
    dest: str = ""
    parent_id: str | None = None


class ModmailAuthor(ApiModel):
    name: str = ""


class ModmailMessage(ApiModel):
    id: str
    author: ModmailAuthor = ModmailAuthor()
    body: str = ""
    date: datetime

    @property
    def author_name(self) -> str:
        return self.author.name or schemas.DELETED


class ConversationOwner(ApiModel):
    name: str = Field(default="", validation_alias="displayName")


class Conversation(ApiModel):
    id: str
    subject: str = ""
    owner: ConversationOwner = ConversationOwner()
    authors: tuple[ModmailAuthor, ...] = ()
    last_unread: datetime | None = Field(default=None, validation_alias="lastUnread")

    def has_participant(self, me: str) -> bool:
        """Whether the account takes part in the conversation."""
        return any(author.name.lower() == me.lower() for author in self.authors)


class ConversationResponse(ApiModel):
    conversation: Conversation
    messages: dict[str, dict[str, Any]] = Field(default_factory=dict)


class EditorName(ApiModel):
    name: str = ""


class WikiEditor(ApiModel):
    """A t2, possibly without its data."""

    data: EditorName | None = None


class WikiPage(ApiModel):
    content_md: str = ""
    revision_id: str | None = None
    revision_date: float = Field(default=0, ge=0, le=_END_OF_YEAR_9999, allow_inf_nan=False)
    revision_by: WikiEditor | None = None

    @property
    def revision(self) -> str:
        return self.revision_id or f"{self.revision_date:.0f}"

    @property
    def editor(self) -> str | None:
        known = self.revision_by.data if self.revision_by else None
        return known.name.lower() or None if known else None


class WikiSettings(ApiModel):
    permlevel: int = 0


def message_of(kind: str, data: Any, viewer: Viewer) -> Message:
    """The message in an inbox item: a t1 (comment) or a t4 (private message). Raises MalformedResponse."""
    return _comment_message(data, viewer) if kind == "t1" else _private_message(data, viewer)


def _comment_message(data: Any, viewer: Viewer) -> Message:
    item = parse(InboxComment, data)
    post = _POST_ID.search(item.context)
    if post is None:
        raise MalformedResponse("context: it does not name a post")
    parent = item.parent_id.removeprefix("t1_") if item.parent_id.startswith("t1_") else None
    return Message(
        account=viewer.account,
        id=item.name,
        via=MessageKind.MENTION if mentions_user(item.body, viewer.me) else MessageKind.REPLY,
        author=item.author.lower(),
        text=item.body,
        sent=schemas.time_of(item.created_utc),
        author_bot=is_bot(item.author),
        gone=item.author == schemas.DELETED or item.body in ("[deleted]", "[removed]"),
        community=item.subreddit.lower() or None,
        post_id=post[1],
        comment_id=item.id,
        parent_id=parent,
        url=f"{viewer.base_url}/comments/{post[1]}/_/{item.id}/",
        receipt=item.name,
    )


def _private_message(data: Any, viewer: Viewer) -> Message:
    item = parse(PrivateMessage, data)
    subreddit = item.subreddit.lower() if item.subreddit else None
    author = (item.author or (f"r/{subreddit}" if subreddit else schemas.DELETED)).lower()
    via = MessageKind.PRIVATE
    if subreddit is not None:
        via = MessageKind.INVITATION if _INVITATION.search(item.subject) else MessageKind.MODMAIL
    return Message(
        account=viewer.account,
        id=item.name,
        via=via,
        author=author,
        text=item.body,
        sent=schemas.time_of(item.created_utc),
        subject=item.subject,
        author_bot=is_bot(item.author or ""),
        gone=author == schemas.DELETED,
        community=subreddit,
        thread=item.name,
        receipt=item.name,
    )


def unread_modmail(response: Any, viewer: Viewer) -> list[Message]:
    """Messages by others in a conversation since the account last read it. Raises MalformedResponse."""
    found = parse(ConversationResponse, response)
    conversation = found.conversation
    if conversation.last_unread is None:
        return []
    messages = [parse(ModmailMessage, _with_markdown(message)) for message in found.messages.values()]
    unread = [
        each
        for each in messages
        if each.date >= conversation.last_unread and not viewer.is_me(each.author_name)
    ]
    return [
        Message(
            account=viewer.account,
            id=f"{MODMAIL_PREFIX}{conversation.id}_{each.id}",
            via=MessageKind.MODMAIL,
            author=each.author_name.lower(),
            text=each.body,
            sent=each.date.astimezone(UTC),
            subject=conversation.subject,
            author_bot=is_bot(each.author_name),
            community=conversation.owner.name.lower(),
            thread=f"{MODMAIL_PREFIX}{conversation.id}",
            receipt=f"{MODMAIL_PREFIX}{conversation.id}",
        )
        for each in sorted(unread, key=lambda message: message.date)
    ]


def own_messages(response: Any, viewer: Viewer) -> list[ModmailMessage]:
    messages = parse(ConversationResponse, response).messages.values()
    return [
        each
        for each in (parse(ModmailMessage, _with_markdown(one)) for one in messages)
        if viewer.is_me(each.author_name)
    ]


def _with_markdown(message: dict[str, Any]) -> dict[str, Any]:
    """The message with Markdown instead of HTML in `body`."""
    return {**message, "body": message.get("bodyMarkdown", "")}


def is_bot(name: str) -> bool:
    """Whether the name looks like a bot's. Reddit does not mark bots, so only the name can tell."""
    return name.lower() in schemas.BOT_ACCOUNTS or _BOT_NAME.search(name) is not None
