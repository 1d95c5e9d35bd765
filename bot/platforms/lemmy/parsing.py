"""Convert responses of both API versions to the values of `bot.core.models`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.models import Comment, Post
from bot.platforms.api_models import is_crosspost, own_text, parent_of
from bot.platforms.buckets import Limit
from bot.platforms.lemmy import schemas_v3
from bot.platforms.lemmy.api import Account, OwnComments, Viewer

_UNDETERMINED = "und"


def post_of(view: schemas_v3.PostView, viewer: Viewer) -> Post:
    post, community = view.post, view.community
    return Post(
        account=viewer.account,
        id=str(post.id),
        community=community.handle,
        title=post.name,
        url=post.url,
        permalink=f"{viewer.base_url}/post/{post.id}",
        author=view.creator.handle,
        published=post.published,
        language=viewer.languages.get(post.language_id),
        score=view.score,
        nsfw=post.nsfw or community.nsfw,
        locked=post.locked,
        gone=post.deleted or post.removed or community.deleted or community.removed,
        pinned=post.featured_community or post.featured_local,
        bot_author=view.creator.bot_account,
        own=view.creator.id == viewer.me,
        banned=view.is_banned,
        flair=view.flair,
        crosspost=is_crosspost(post.body),
        body=own_text(post.url, post.body),
    )


def comment_of(item: schemas_v3.Comment, viewer: Viewer) -> Comment:
    return Comment(
        id=str(item.id),
        post_id=str(item.post_id),
        url=f"{viewer.base_url}/comment/{item.id}",
        published=item.published,
        parent_id=parent_of(item.path),
        gone=item.deleted or item.removed,
    )


def own_comments_of(
    listed: Sequence[schemas_v3.CommentView], post_id: str, viewer: Viewer, next_page: str | None = None
) -> OwnComments:
    items = [view.comment for view in listed]
    own = (item for item in items if item.creator_id == viewer.me and str(item.post_id) == post_id)
    oldest = comment_of(items[-1], viewer) if items else None
    return OwnComments(tuple(comment_of(item, viewer) for item in own), len(items), oldest, next_page)


def account_of(user: schemas_v3.MyUser) -> Account:
    person, settings = user.local_user_view.person, user.local_user_view.local_user
    return Account(
        id=person.id,
        name=person.handle,
        bot_flag=person.bot_account,
        sees_bots=settings.show_bot_accounts,
        sees_nsfw=settings.show_nsfw,
        languages=frozenset(user.discussion_languages),
        sees_read_posts=settings.show_read_posts,
        biography=person.bio,
        follows=frozenset(follow.community.handle for follow in user.follows),
    )


def languages_of(items: Sequence[schemas_v3.Language]) -> dict[int, str]:
    """Language id -> ISO 639-1, without the id of "undetermined"."""
    return {item.id: item.code for item in items if item.code != _UNDETERMINED}


def known_limits(limits: Mapping[str, tuple[int, int]]) -> dict[str, Limit]:
    """Name -> (requests, seconds) as limits. A limit of zero means that the server does not report it."""
    known = {name: limit for name, limit in limits.items() if min(limit) > 0}
    return {name: Limit(capacity, seconds) for name, (capacity, seconds) in known.items()}
