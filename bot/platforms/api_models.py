"""Pydantic types and parsers that the platforms share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from bot.core.valid_text import valid_text
from bot.platforms.api_call import MalformedResponse

AnyModel = TypeVar("AnyModel", bound=BaseModel)

_CROSSPOST_PREFIXES = ("cross-posted from", "crossposted from", "cross posted from")


class ApiModel(BaseModel):
    """Part of a response.

    Unknown fields are ignored, a field that is null counts as missing, and texts are made valid here, for
    all platforms.
    """

    # Built when it is used: most responses come after the start, or never.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _valid_fields(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {
            key: valid_text(item) if isinstance(item, str) else item
            for key, item in value.items()
            if item is not None
        }


class CursorModel(BaseModel):
    """State of a poll whose JSON is the cursor."""

    model_config = ConfigDict(defer_build=True)

    @classmethod
    def from_cursor(cls, cursor: str | None) -> Self:
        """An unreadable cursor counts as none, so posts may be returned twice."""
        try:
            return cls.model_validate_json(cursor or "{}")
        except ValidationError:
            return cls()


def _to_utc(value: datetime) -> datetime:
    """Treat a time without a time zone as UTC: some servers leave out the `Z`."""
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the time is out of range") from error


def _require_host(value: str) -> str:
    if not host_of(value):
        raise ValueError("no host in this address")
    return value


def host_of(actor_id: str) -> str:
    """The host of an actor's URL, with the port if it has one."""
    return urlsplit(actor_id).netloc.rpartition("@")[2]


def handle_of(name: str, actor_id: str) -> str:
    """`name@host` in lower case."""
    return f"{name}@{host_of(actor_id)}".lower()


def own_text(url: str | None, body: str | None) -> str:
    """The text of a self post; "" for a post with a link, whose text only comments on it."""
    return "" if url else body or ""


def parent_of(path: str) -> str | None:
    """The id of the parent of a comment, or None for a top-level comment.

    `path` is for example `0.1.9.10`: the comment's ancestors from the top down, then the comment itself.
    """
    ancestors = path.split(".")[1:-1]
    return ancestors[-1] if ancestors else None


def is_crosspost(body: str | None) -> bool:
    """Whether the text says that the post is a cross-post: web clients start the text that way.

    No server marks cross-posts. What `GET /post` calls `cross_posts` are all posts with the same link.
    """
    return (body or "").lstrip(" \t\r\n>*_[").lower().startswith(_CROSSPOST_PREFIXES)


UtcTime = Annotated[datetime, AfterValidator(_to_utc)]
ActorId = Annotated[str, AfterValidator(_require_host)]


def parse(model: type[AnyModel], response: Any) -> AnyModel:
    """Raises MalformedResponse with the first error."""
    try:
        return model.model_validate(response)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, problem["loc"])) or "the response"
        raise MalformedResponse(f"{where}: {problem['msg']}") from error


class RowId(ApiModel):
    id: int


class ResolvedPost(ApiModel):
    post: RowId


class ResolvedComment(ApiModel):
    comment: RowId


class ResolvedObject(ApiModel):
    """The response of Lemmy 0.19 and PieFed to `GET /resolve_object`: one of several kinds of objects."""

    post: ResolvedPost | None = None
    comment: ResolvedComment | None = None
