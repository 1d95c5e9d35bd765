"""The API calls that Precis makes, answered as Reddit answers them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.loopback_server import Request
from bot.sandbox.reddit import views
from bot.sandbox.reddit.server_state import Comment, Redditor, ServerState, Submission, Subreddit

MAX_CHARACTERS = 10_000
MAX_LISTING = 1000
_COOLDOWN = timedelta(minutes=10)


class ApiError(Exception):
    """An error response. With `errors`, it is a 200 with these as json.errors."""

    def __init__(
        self,
        status: int = 200,
        reason: str | None = None,
        *,
        errors: tuple[tuple[str, str, str | None], ...] = (),
        location: str | None = None,
    ) -> None:
        super().__init__(reason or errors)
        self.status = status
        self.reason = reason
        self.errors = errors
        self.location = location


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One authorized request and its sender."""

    request: Request
    state: ServerState
    viewer: Redditor
    path_parts: tuple[str, ...]
    """The groups of the route's pattern in the path."""
    strict_multis: bool
    visible_from: datetime | None = None
    """When a new comment becomes visible; None means at once."""

    def number(self, name: str, default: int, maximum: int) -> int:
        value = self.request.query.get(name, "")
        return min(int(value), maximum) if value.isdecimal() and int(value) else default

    def form(self, name: str) -> str:
        return self.request.form().get(name, "")


def get_me(context: RequestContext) -> Any:
    return views.me(context.viewer)


def get_new(context: RequestContext) -> Any:
    names = context.path_parts[0].split("+")
    subreddits = [each for each in map(context.state.subreddits.get, map(str.lower, names)) if each]
    if len(names) > 1 and not context.strict_multis:
        subreddits = [each for each in subreddits if not each.gone and each.admits(context.viewer)]
    if not subreddits:
        raise ApiError(302, location=f"/subreddits/search?q={names[0]}")
    for each in subreddits:
        _check_access(each, context.viewer)
    found = [
        item
        for item in context.state.submissions.values()
        if item.subreddit in subreddits and item.listed and item.removed_by is None
    ]
    newest_first = sorted(found, key=lambda item: (item.published, item.id), reverse=True)
    return page_of(context, [views.submission(item) for item in newest_first])


def get_info(context: RequestContext) -> Any:
    query = context.request.query
    if "sr_name" in query:
        names = query["sr_name"].lower().split(",")
        known = [each for each in map(context.state.subreddits.get, names) if each and not each.gone]
        return views.listing(
            views.subreddit(each, context.viewer) for each in known if each.admits(context.viewer)
        )
    shown = (_thing_by_fullname(name, context) for name in query.get("id", "").split(","))
    return views.listing(item for item in shown if item)


def _thing_by_fullname(name: str, context: RequestContext) -> dict[str, Any] | None:
    kind, _, number = name.partition("_")
    submission = context.state.submissions.get(number)
    if kind == "t3" and submission and submission.subreddit.admits(context.viewer):
        return views.submission(submission)
    comment = next((item for item in context.state.comments() if item.id == number), None)
    return views.comment(comment) if kind == "t1" and comment else None


def get_thread(context: RequestContext) -> Any:
    """The comments directly under a post, or one comment with those directly below it."""
    submission = context.state.submissions.get(context.path_parts[0])
    if submission is None:
        raise ApiError(404)
    _check_access(submission.subreddit, context.viewer)
    root = context.state.comment(context.path_parts[1]) if len(context.path_parts) > 1 else None
    limit = context.number("limit", 200, 500)
    replies = _replies_to(submission, root, context)
    shown = [views.comment(item) for item in replies[:limit]]
    if replies[limit:]:
        rest = replies[limit:]
        more = {"count": len(rest), "children": [item.id for item in rest], "id": rest[0].id}
        shown.append({"kind": "more", "data": more})
    if root is not None:
        thread_root = views.comment(root)
        thread_root["data"]["replies"] = views.listing(shown) if shown else ""
        shown = [thread_root]
    return [views.listing([views.submission(submission)]), views.listing(shown)]


def _replies_to(submission: Submission, root: Comment | None, context: RequestContext) -> list[Comment]:
    """Newest first. A removed comment is visible to its author only, a deleted one to nobody."""
    found = [
        item
        for item in context.state.comments()
        if (item.submission, item.parent) == (submission, root)
        and not item.deleted
        and (not item.removed or item.author is context.viewer)
    ]
    return sorted(found, key=lambda item: item.published, reverse=True)


def get_own_comments(context: RequestContext) -> Any:
    author = context.state.redditors.get(context.path_parts[0].lower())
    if author is None:
        raise ApiError(404)
    own = [item for item in context.state.comments() if item.author is author and not item.deleted]
    newest_first = sorted(own, key=lambda item: (item.published, item.id), reverse=True)
    return page_of(context, [views.comment(item) for item in newest_first])


def get_about(context: RequestContext) -> Any:
    return views.subreddit(subreddit_of(context), context.viewer)


def get_moderators(context: RequestContext) -> Any:
    wanted = context.request.query.get("user", "").lower()
    found = (item for item in subreddit_of(context).moderators if wanted in ("", item.name.lower()))
    return views.moderators(found)


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


def page_of(context: RequestContext, children: list[dict[str, Any]]) -> Any:
    """At most 1,000 things in total. An unknown `after` starts at the top, as on Reddit."""
    children = children[:MAX_LISTING]
    names = [child["data"]["name"] for child in children]
    after = context.request.query.get("after")
    start = names.index(after) + 1 if after in names else 0
    limit = context.number("limit", 25, 100)
    shown = children[start : start + limit]
    more = start + limit < len(children)
    return views.listing(shown, shown[-1]["data"]["name"] if more else None)


def subreddit_of(context: RequestContext) -> Subreddit:
    found = context.state.subreddits.get(context.path_parts[0].lower())
    if found is None:
        raise ApiError(302, location=f"/subreddits/search?q={context.path_parts[0]}")
    _check_access(found, context.viewer)
    return found


def _check_access(subreddit: Subreddit, viewer: Redditor) -> None:
    if subreddit.gone:
        raise ApiError(404, "banned")
    if not subreddit.admits(viewer):
        raise ApiError(403, "private")


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


def check_text(text: str) -> None:
    if not text.strip():
        raise ApiError(errors=(("NO_TEXT", "we need something here", "text"),))
    if len(text) > MAX_CHARACTERS:
        message = f"this is too long (max: {MAX_CHARACTERS})"
        raise ApiError(errors=(("TOO_LONG", message, "text"),))


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
