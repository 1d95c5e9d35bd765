"""Schemas of the parts of Reddit's responses that Precis uses.

Unknown fields are ignored. A null field counts as missing.
Source: https://www.reddit.com/dev/api/ and recorded responses from 2016 to 2025.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from pydantic import Field

from bot.core import models
from bot.platforms.api_call import MalformedResponse
from bot.platforms.api_models import ApiModel, own_text, parse

DELETED = "[deleted]"
BOT_ACCOUNTS = frozenset({"automoderator"})
"""Bots that Reddit runs itself. Reddit does not mark other bots in its responses."""


class Thing(ApiModel):
    kind: str
    data: dict[str, Any]


class ListingData(ApiModel):
    children: list[Any]
    after: str | None = None


class Listing(ApiModel):
    data: ListingData


class Submission(ApiModel):
    """A t3."""

    id: str = Field(min_length=1)
    title: str
    subreddit: str
    created_utc: float
    permalink: str
    author: str = DELETED
    url: str | None = None
    url_overridden_by_dest: str | None = None
    is_self: bool = False
    selftext: str = ""
    over_18: bool = False
    locked: bool = False
    archived: bool = False
    quarantine: bool = False
    stickied: bool = False
    spoiler: bool = False
    link_flair_text: str = ""
    score: int = 0
    removed_by_category: str | None = None
    crosspost_parent_list: tuple[Any, ...] = ()

    @property
    def link(self) -> str | None:
        """The post's link. A crosspost has the link of its original."""
        if self.crosspost_parent_list:
            return parse(Submission, self.crosspost_parent_list[0]).link
        return None if self.is_self else self.url_overridden_by_dest or self.url


class Comment(ApiModel):
    """A t1."""

    id: str = Field(min_length=1)
    link_id: str
    parent_id: str
    created_utc: float
    author: str = DELETED
    subreddit: str = ""
    permalink: str = ""
    body: str = ""
    score: int = 0


class Subreddit(ApiModel):
    """A t5, with the account's role in it."""

    display_name: str
    subreddit_type: str = "public"
    quarantine: bool = False
    user_is_banned: bool = False
    user_is_moderator: bool = False
    user_is_contributor: bool = False

    @property
    def name(self) -> str:
        return self.display_name.lower()


class Account(ApiModel):
    id: str
    name: str
    is_suspended: bool = False


class Viewer(Struct, frozen=True):
    """The account that made the request, which decides `own` and `banned`."""

    account: str
    base_url: str
    me: str
    """The account's name on Reddit."""
    banned: frozenset[str] = frozenset()
    """Subreddits that have banned it."""

    def is_me(self, author: str) -> bool:
        return author.lower() == self.me.lower()


def parse_listing(response: Any) -> tuple[list[Thing], str | None]:
    """The children of a Listing, and `after` for the next page. Raises MalformedResponse."""
    data = parse(Listing, response).data
    return [parse(Thing, child) for child in data.children], data.after


def post_of(data: Any, viewer: Viewer) -> models.Post:
    """The post for a t3's data. Raises MalformedResponse."""
    item = parse(Submission, data)
    community = item.subreddit.lower()
    return models.Post(
        account=viewer.account,
        id=item.id,
        community=community,
        title=item.title,
        url=item.link,
        permalink=viewer.base_url + item.permalink,
        author=item.author,
        published=time_of(item.created_utc),
        score=item.score,
        nsfw=item.over_18,
        quarantined=item.quarantine,
        locked=item.locked or item.archived,
        gone=item.removed_by_category is not None or item.author == DELETED,
        pinned=item.stickied,
        bot_author=item.author.lower() in BOT_ACCOUNTS,
        own=viewer.is_me(item.author),
        banned=community in viewer.banned,
        flair=" ".join(item.link_flair_text.split()) or None,
        crosspost=bool(item.crosspost_parent_list),
        spoiler=item.spoiler,
        body=own_text(item.link, item.selftext),
    )


def comment_of(item: Comment, viewer: Viewer) -> models.Comment:
    post_id = item.link_id.removeprefix("t3_")
    path = item.permalink or f"/comments/{post_id}/_/{item.id}/"
    return models.Comment(
        id=item.id,
        post_id=post_id,
        url=viewer.base_url + path,
        published=time_of(item.created_utc),
        parent_id=None if item.parent_id.startswith("t3_") else item.parent_id.removeprefix("t1_"),
        gone=item.author == DELETED or item.body == "[removed]",
    )


def time_of(seconds: float) -> datetime:
    """Raises MalformedResponse."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise MalformedResponse("created_utc: the time is out of range") from error
