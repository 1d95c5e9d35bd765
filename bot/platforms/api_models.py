"""Shared pydantic types for the answers of Lemmy and PieFed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ValidationError

from bot.platforms.api_call import MalformedAnswer

AnyModel = TypeVar("AnyModel", bound=BaseModel)

_CROSSPOST_PREFIXES = ("cross-posted from", "crossposted from", "cross posted from")


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


def parse(model: type[AnyModel], answer: Any) -> AnyModel:
    """Raises MalformedAnswer with the first error."""
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, problem["loc"])) or "the answer"
        raise MalformedAnswer(f"{where}: {problem['msg']}") from error
