"""The writing calls for comments, answered as Reddit answers them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.reddit import views
from bot.sandbox.reddit.request_context import ApiError, RequestContext, check_text
from bot.sandbox.reddit.server_state import Comment, Submission, Subreddit

_COOLDOWN = timedelta(minutes=10)


def post_comment(context: RequestContext) -> Any:
    submission, parent = _reply_target(context)
    check_text(context.form("text"))
    _check_can_comment(submission, context)
    comment = context.state.add_comment(
        submission, context.viewer, context.form("text"), parent, visible_from=context.visible_from
    )
    return views.things(views.comment(comment))


def post_edit(context: RequestContext) -> Any:
    comment = _own_comment(context.form("thing_id"), context)
    check_text(context.form("text"))
    comment.body, comment.edited = context.form("text"), context.state.clock()
    return views.things(views.comment(comment))


def post_distinguish(context: RequestContext) -> Any:
    """Moderators can distinguish their own comments and pin one top-level comment per post."""
    comment = _own_comment(context.form("id"), context)
    if context.viewer not in comment.submission.subreddit.moderators:
        raise ApiError(403)
    comment.distinguished = True
    if context.form("sticky") == "True" and comment.parent is None:
        for other in context.state.all_comments():
            other.stickied = other.stickied and other.submission is not comment.submission
        comment.stickied = True
    return views.things(views.comment(comment))


def post_delete(context: RequestContext) -> Any:
    """Always returns {}, even if nothing was deleted."""
    comment = context.state.comment(context.form("id").removeprefix("t1_"))
    if comment is not None and comment.author is context.viewer:
        comment.deleted = True
    return {}


def _reply_target(context: RequestContext) -> tuple[Submission, Comment | None]:
    kind, _, number = context.form("thing_id").partition("_")
    parent = context.state.comment(number) if kind == "t1" else None
    submission = parent.submission if parent else context.state.submissions.get(number)
    if submission is None:
        raise ApiError(404)
    if parent is not None and parent.deleted:
        raise ApiError(errors=(("DELETED_COMMENT", "that comment has been deleted", "parent"),))
    return submission, parent


def _own_comment(name: str, context: RequestContext) -> Comment:
    comment = context.state.comment(name.removeprefix("t1_"))
    if comment is None or comment.deleted:
        raise ApiError(404)
    if comment.author is not context.viewer:
        raise ApiError(403)
    return comment


def _check_can_comment(submission: Submission, context: RequestContext) -> None:
    subreddit, viewer = submission.subreddit, context.viewer
    if viewer.suspended or not subreddit.admits(viewer):
        raise ApiError(403)
    is_exempt = viewer in subreddit.moderators or viewer in subreddit.contributors
    refusals = (
        (viewer in subreddit.banned, "BANNED_FROM_SUBREDDIT", "you are banned from this community"),
        (submission.removed_by == "deleted", "DELETED_LINK", "that link has been deleted"),
        (submission.locked and viewer not in subreddit.moderators, "THREAD_LOCKED", "Comments are locked."),
        (submission.archived, "TOO_OLD", "that's a piece of history now; it's too late to reply to it"),
        (
            subreddit.approved_users_only and not is_exempt,
            "SUBREDDIT_NOTALLOWED",
            "only approved users may comment there",
        ),
    )
    for applies, code, message in refusals:
        if applies:
            raise ApiError(errors=((code, message, "parent"),))
    if subreddit.comment_cooldown and not is_exempt:
        _check_cooldown(subreddit, context)


def _check_cooldown(subreddit: Subreddit, context: RequestContext) -> None:
    own = (item for item in context.state.all_comments() if item.author is context.viewer)
    last = _newest(item.published for item in own if item.submission.subreddit is subreddit)
    left = timedelta(0) if last is None else last + _COOLDOWN - context.state.clock()
    if left > timedelta(0):
        raise ApiError(errors=(ratelimit(int(left.total_seconds())),))


def _newest(times: Iterable[datetime]) -> datetime | None:
    return max(times, default=None)


def ratelimit(seconds: int) -> tuple[str, str, str]:
    """The error with Reddit's wording: whole minutes, or seconds below one minute."""
    pause = f"{seconds // 60} minutes" if seconds >= 60 else f"{seconds} seconds"
    message = f"Looks like you've been doing that a lot. Take a break for {pause} before trying again."
    return "RATELIMIT", message, "ratelimit"
