"""What the pages show of the records of the sandbox's Reddit."""

from __future__ import annotations

from collections.abc import Iterator

from bot.sandbox.pages.backend import CommentView, CommunityView, MessageView, PostView
from bot.sandbox.reddit.server_state import (
    Comment,
    PrivateMessage,
    Redditor,
    ServerState,
    Submission,
    Subreddit,
)

SETTINGS_PAGE = "precis"
"""The wiki page with the settings of a subreddit."""
DELETED = "deleted"
"""The value of `Submission.removed_by` if the author deleted the post."""


def view_community(item: Subreddit, state: ServerState, *, can_invite: bool) -> CommunityView:
    page = state.wiki.get((item.name.lower(), SETTINGS_PAGE))
    return CommunityView(
        name=item.name,
        handle=f"r/{item.name}",
        path=f"/r/{item.name}",
        post_count=sum(each.subreddit is item for each in state.submissions.values()),
        moderators=tuple(each.name for each in item.moderators),
        settings=page.revisions[-1].text if page else "",
        can_invite=can_invite,
    )


def view_post(item: Submission, state: ServerState, community: CommunityView) -> PostView:
    comments = [each for each in state.comments() if each.submission is item]
    return PostView(
        id=item.id,
        path=f"/comments/{item.id}",
        title=item.title,
        url=item.url,
        body=item.selftext,
        author=item.author.name,
        is_bot=item.author.password is not None,
        community=community,
        published=item.published,
        comment_count=sum(not (each.deleted or each.removed) for each in comments),
        locked=item.locked,
        removed=item.removed_by is not None and item.removed_by != DELETED,
        deleted=item.removed_by == DELETED,
        pinned=item.stickied,
        nsfw=item.over_18 or item.subreddit.over18,
    )


def with_answers(
    comments: list[Comment], parent: Comment | None, depth: int
) -> Iterator[tuple[Comment, int]]:
    """The answers to a comment, or to the post, each followed by its own."""
    for comment in comments:
        if comment.parent is parent:
            yield comment, depth
            yield from with_answers(comments, comment, depth + 1)


def view_comment(item: Comment, depth: int) -> CommentView:
    return CommentView(
        id=item.id,
        author=item.author.name,
        is_bot=item.author.password is not None,
        body=item.body,
        published=item.published,
        depth=depth,
        edited=item.edited,
        removed=item.removed,
        deleted=item.deleted,
        pinned=item.stickied,
        as_moderator=item.distinguished,
    )


def view_message(item: PrivateMessage, bot: Redditor | None) -> MessageView:
    hidden = item.from_subreddit
    to = f"moderators of r/{item.to_subreddit.name}" if item.to_subreddit else item.to.name if item.to else ""
    return MessageView(
        id=item.id,
        author=f"r/{hidden.name}" if hidden else item.author.name,
        to=to,
        is_bot=item.author is bot,
        subject=item.subject,
        body=item.body,
        published=item.published,
    )
