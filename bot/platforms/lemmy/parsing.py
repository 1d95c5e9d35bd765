"""From the rows that both versions of the API send to the values of `bot.core.models`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.core.models import Comment, Post
from bot.platforms.api_call import MalformedAnswer
from bot.platforms.lemmy import schemas_v3
from bot.platforms.lemmy.api import OwnComments, Viewer
from bot.platforms.pagination import UnreadablePost
from bot.platforms.rate_limits import Limit

AnyModel = TypeVar("AnyModel", bound=BaseModel)


def parse(model: type[AnyModel], answer: Any) -> AnyModel:
    """Raises Malformed with the first thing that is wrong."""
    try:
        return model.model_validate(answer)
    except ValidationError as error:
        raise MalformedAnswer(_first_problem(error)) from error


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, problem['loc'])) or 'the answer'}: {problem['msg']}"


def parse_each(items: list[Any], parse: Callable[[Any], Post]) -> tuple[Post | UnreadablePost, ...]:
    """One bad post holds up no other."""
    return tuple(_parse_one(item, parse) for item in items)


def _parse_one(item: Any, parse: Callable[[Any], Post]) -> Post | UnreadablePost:
    try:
        return parse(item)
    except MalformedAnswer as error:
        post_id = _id_of(item)
        return UnreadablePost(post_id, f"post {post_id or '(no id)'}: {error}")


def _id_of(item: Any) -> int | None:
    try:
        found = item["post"]["id"]
    except (KeyError, TypeError, IndexError):
        return None
    return found if isinstance(found, int) else None


def post_of(
    post: schemas_v3.Post,
    creator: schemas_v3.Person,
    community: schemas_v3.Community,
    viewer: Viewer,
    *,
    score: int,
    banned: bool,
    flair: str | None = None,
) -> Post:
    """`banned` is the reader's state in the community."""
    return Post(
        account=viewer.account,
        id=str(post.id),
        community=community.handle,
        title=post.name,
        url=post.url,
        permalink=f"{viewer.base_url}/post/{post.id}",
        author=creator.handle,
        published=post.published,
        language=viewer.languages.get(post.language_id),
        score=score,
        nsfw=post.nsfw or community.nsfw,
        locked=post.locked,
        gone=post.deleted or post.removed or community.deleted or community.removed,
        pinned=post.featured_community or post.featured_local,
        bot_author=creator.bot_account,
        own=creator.id == viewer.me,
        banned=banned,
        flair=flair,
        crosspost=schemas_v3.is_crosspost(post.body),
    )


def comment_of(item: schemas_v3.Comment, viewer: Viewer) -> Comment:
    """`path` is `0.1.9.10`: the comment's ancestors from the top down, itself last."""
    ancestors = item.path.split(".")[1:-1]
    return Comment(
        id=str(item.id),
        post_id=str(item.post_id),
        url=f"{viewer.base_url}/comment/{item.id}",
        published=item.published,
        parent_id=ancestors[-1] if ancestors else None,
        gone=item.deleted or item.removed,
    )


def own_comments_of(
    listed: list[schemas_v3.Comment], post_id: str, viewer: Viewer, next_page: str | None = None
) -> OwnComments:
    own = (item for item in listed if item.creator_id == viewer.me and str(item.post_id) == post_id)
    oldest = comment_of(listed[-1], viewer) if listed else None
    return OwnComments(tuple(comment_of(item, viewer) for item in own), len(listed), oldest, next_page)


def known_limits(told: Mapping[str, tuple[int, int]]) -> dict[str, Limit]:
    """Limits of zero mean that the server does not tell."""
    return {
        name: Limit(capacity, seconds) for name, (capacity, seconds) in told.items() if capacity > 0 < seconds
    }
