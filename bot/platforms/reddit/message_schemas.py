"""The shapes of Reddit's inbox, modmail and wiki pages, and what becomes of them.

Source: https://www.reddit.com/dev/api/ and recorded answers of the years 2016 to 2025.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from bot.core.messages import Message, Via
from bot.platforms.name_matching import names_user
from bot.platforms.reddit import schemas
from bot.platforms.reddit.schemas import Lens, Malformed, Wire, read

_POST = re.compile(r"/comments/(\w+)/")
_INVITATION = re.compile(
    r"invit(?:ation|ed) to (?:help )?moderate|invited to (?:be|become) a mod", re.IGNORECASE
)
_BOT_NAME = re.compile(r"(?:^|[-_])bot$|[a-z0-9]Bot$")
_YEAR_9999 = 253_370_764_800
MODMAIL = "modmail_"
"""What the thread of a modmail conversation begins with; that of any other message is its name."""


class InboxComment(Wire):
    """A t1 as the inbox shows it: without `link_id`."""

    id: str
    name: str
    created_utc: float
    context: str = ""
    parent_id: str = ""
    author: str = schemas.DELETED
    subreddit: str = ""
    body: str = ""


class Letter(Wire):
    """A t4. One from the moderators of a subreddit names it, and may hide who of them wrote."""

    id: str
    name: str
    created_utc: float
    author: str | None = None
    subreddit: str | None = None
    subject: str = ""
    body: str = ""
    dest: str = ""
    parent_id: str | None = None


class ModMessage(Wire):
    id: str
    author: dict[str, Any] = Field(default_factory=dict)
    body: str = ""
    date: datetime

    @property
    def writer(self) -> str:
        return str(self.author.get("name") or schemas.DELETED)


class Owner(Wire):
    name: str = Field(default="", validation_alias="displayName")


class Conversation(Wire):
    id: str
    subject: str = ""
    owner: Owner = Owner()
    authors: tuple[dict[str, Any], ...] = ()
    last_unread: datetime | None = Field(default=None, validation_alias="lastUnread")

    def has(self, me: str) -> bool:
        """Whether the account takes part in it."""
        return any(str(author.get("name") or "").lower() == me.lower() for author in self.authors)


class ConversationAnswer(Wire):
    conversation: Conversation
    messages: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Name(Wire):
    name: str = ""


class Editor(Wire):
    """A t2, or only what is left of one."""

    data: Name | None = None


class WikiPage(Wire):
    content_md: str = ""
    revision_id: str | None = None
    revision_date: float = Field(default=0, ge=0, le=_YEAR_9999, allow_inf_nan=False)
    revision_by: Editor | None = None

    @property
    def revision(self) -> str:
        return self.revision_id or f"{self.revision_date:.0f}"

    @property
    def editor(self) -> str | None:
        known = self.revision_by.data if self.revision_by else None
        return known.name.lower() or None if known else None


class WikiSettings(Wire):
    permlevel: int = 0


def message_of(kind: str, data: Any, lens: Lens) -> Message:
    """A t1 or a t4 of the inbox. Raises Malformed."""
    return _comment(data, lens) if kind == "t1" else _letter(data, lens)


def _comment(data: Any, lens: Lens) -> Message:
    item = read(InboxComment, data)
    post = _POST.search(item.context)
    if post is None:
        raise Malformed("context: it names no post")
    parent = item.parent_id.removeprefix("t1_") if item.parent_id.startswith("t1_") else None
    return Message(
        account=lens.account,
        id=item.name,
        via=Via.MENTION if names_user(item.body, lens.me) else Via.REPLY,
        author=item.author.lower(),
        text=item.body,
        sent=schemas.time_of(item.created_utc),
        author_bot=is_bot(item.author),
        gone=item.author == schemas.DELETED or item.body in ("[deleted]", "[removed]"),
        community=item.subreddit.lower() or None,
        post_id=post[1],
        comment_id=item.id,
        parent_id=parent,
        receipt=item.name,
    )


def _letter(data: Any, lens: Lens) -> Message:
    item = read(Letter, data)
    place = item.subreddit.lower() if item.subreddit else None
    author = (item.author or (f"r/{place}" if place else schemas.DELETED)).lower()
    via = Via.PRIVATE
    if place is not None:
        via = Via.INVITATION if _INVITATION.search(item.subject) else Via.MODMAIL
    return Message(
        account=lens.account,
        id=item.name,
        via=via,
        author=author,
        text=item.body,
        sent=schemas.time_of(item.created_utc),
        subject=item.subject,
        author_bot=is_bot(item.author or ""),
        gone=author == schemas.DELETED,
        community=place,
        thread=item.name,
        receipt=item.name,
    )


def modmail_of(answer: Any, lens: Lens) -> list[Message]:
    """What others have written in a conversation since the account last read it. Raises Malformed."""
    found = read(ConversationAnswer, answer)
    talk = found.conversation
    if talk.last_unread is None:
        return []
    messages = [read(ModMessage, _plain(message)) for message in found.messages.values()]
    fresh = [each for each in messages if each.date >= talk.last_unread and not lens.is_me(each.writer)]
    return [
        Message(
            account=lens.account,
            id=f"{MODMAIL}{talk.id}_{each.id}",
            via=Via.MODMAIL,
            author=each.writer.lower(),
            text=each.body,
            sent=each.date.astimezone(UTC),
            subject=talk.subject,
            author_bot=is_bot(each.writer),
            community=talk.owner.name.lower(),
            thread=f"{MODMAIL}{talk.id}",
            receipt=f"{MODMAIL}{talk.id}",
        )
        for each in sorted(fresh, key=lambda message: message.date)
    ]


def own_in_conversation(answer: Any, lens: Lens) -> list[ModMessage]:
    messages = read(ConversationAnswer, answer).messages.values()
    return [each for each in (read(ModMessage, _plain(one)) for one in messages) if lens.is_me(each.writer)]


def _plain(message: dict[str, Any]) -> dict[str, Any]:
    """With the Markdown where the HTML stands."""
    return {**message, "body": message.get("bodyMarkdown", "")}


def is_bot(name: str) -> bool:
    """Reddit does not mark bots, so names have to do: those that say so as bots' names do."""
    return name.lower() in schemas.BOTS or _BOT_NAME.search(name) is not None
