"""What the pages show of the records of the sandbox's Lemmy and PieFed."""

from __future__ import annotations

from collections.abc import Iterator

from bot.sandbox.lemmy.server_state import Comment, Community, Post, ServerState
from bot.sandbox.pages.backend import CommentView, CommunityView, PostView


def with_answers(comments: list[Comment], path: str, depth: int) -> Iterator[tuple[Comment, int]]:
    """The answers to the comment with this path, each followed by its own; "0" is the path of the post."""
    for comment in comments:
        if comment.path == f"{path}.{comment.id}":
            yield comment, depth
            yield from with_answers(comments, comment.path, depth + 1)


def view_community(community: Community, state: ServerState) -> CommunityView:
    is_local = community.host == state.host
    name = community.name if is_local else f"{community.name}@{community.host}"
    return CommunityView(
        name=name,
        handle=f"!{community.name}@{community.host}",
        path=f"/c/{name}",
        post_count=sum(each.community is community for each in state.posts.values()),
        moderators=tuple(each.name for each in community.moderators),
        settings=community.description or "",
    )


def view_post(post: Post, state: ServerState) -> PostView:
    return PostView(
        id=str(post.id),
        path=f"/post/{post.id}",
        title=post.name,
        url=post.url,
        body=post.body or "",
        author=post.creator.name,
        is_bot=post.creator.bot_account,
        community=view_community(post.community, state),
        published=post.published,
        comment_count=sum(not (each.deleted or each.removed) for each in state.comments(post)),
        locked=post.locked,
        removed=post.removed,
        deleted=post.deleted,
        pinned=post.featured_community or post.featured_local,
        nsfw=post.nsfw or post.community.nsfw,
    )


def view_comment(comment: Comment, depth: int) -> CommentView:
    return CommentView(
        id=str(comment.id),
        author=comment.creator.name,
        is_bot=comment.creator.bot_account,
        body=comment.content,
        published=comment.published,
        depth=depth,
        edited=None if comment.deleted else comment.updated,
        removed=comment.removed,
        deleted=comment.deleted,
        as_moderator=comment.distinguished,
    )
