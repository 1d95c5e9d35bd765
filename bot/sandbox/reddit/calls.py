"""The calls that Precis makes, as Reddit answers them."""

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
_PAUSE = timedelta(minutes=10)


class ApiError(Exception):
    """An answer with a status of its own; `errors` are json.errors under a 200."""

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
    """One authorized request: who asks for what."""

    request: Request
    state: ServerState
    viewer: Redditor
    parts: tuple[str, ...]
    """What the route's pattern caught in the path."""
    strict_multis: bool
    shown_from: datetime | None = None
    """When a new comment becomes visible; None for at once."""

    def number(self, name: str, default: int, most: int) -> int:
        asked = self.request.query.get(name, "")
        return min(int(asked), most) if asked.isdecimal() and int(asked) else default

    def form(self, name: str) -> str:
        return self.request.form().get(name, "")


def get_me(visit: RequestContext) -> Any:
    return views.me(visit.viewer)


def get_new(visit: RequestContext) -> Any:
    names = visit.parts[0].split("+")
    subreddits = [each for each in map(visit.state.subreddits.get, map(str.lower, names)) if each]
    if len(names) > 1 and not visit.strict_multis:
        subreddits = [each for each in subreddits if not each.gone and each.lets_in(visit.viewer)]
    if not subreddits:
        raise ApiError(302, location=f"/subreddits/search?q={names[0]}")
    for each in subreddits:
        _check_door(each, visit.viewer)
    found = [
        item
        for item in visit.state.submissions.values()
        if item.subreddit in subreddits and item.listed and item.removed_by is None
    ]
    newest_first = sorted(found, key=lambda item: (item.published, item.id), reverse=True)
    return page_of(visit, [views.submission(item) for item in newest_first])


def get_info(visit: RequestContext) -> Any:
    query = visit.request.query
    if "sr_name" in query:
        names = query["sr_name"].lower().split(",")
        known = [each for each in map(visit.state.subreddits.get, names) if each and not each.gone]
        return views.listing(
            views.subreddit(each, visit.viewer) for each in known if each.lets_in(visit.viewer)
        )
    shown = (_by_name(name, visit) for name in query.get("id", "").split(","))
    return views.listing(item for item in shown if item)


def _by_name(name: str, visit: RequestContext) -> dict[str, Any] | None:
    kind, _, number = name.partition("_")
    submission = visit.state.submissions.get(number)
    if kind == "t3" and submission and submission.subreddit.lets_in(visit.viewer):
        return views.submission(submission)
    comment = next((one for one in visit.state.comments() if one.id == number), None)
    return views.comment(comment) if kind == "t1" and comment else None


def get_thread(visit: RequestContext) -> Any:
    """The comments directly under a post; or one comment, with those directly below it."""
    submission = visit.state.submissions.get(visit.parts[0])
    if submission is None:
        raise ApiError(404)
    _check_door(submission.subreddit, visit.viewer)
    root = visit.state.comment(visit.parts[1]) if len(visit.parts) > 1 else None
    limit = visit.number("limit", 200, 500)
    below = _below(submission, root, visit)
    shown = [views.comment(one) for one in below[:limit]]
    if below[limit:]:
        rest = below[limit:]
        more = {"count": len(rest), "children": [one.id for one in rest], "id": rest[0].id}
        shown.append({"kind": "more", "data": more})
    if root is not None:
        whole = views.comment(root)
        whole["data"]["replies"] = views.listing(shown) if shown else ""
        shown = [whole]
    return [views.listing([views.submission(submission)]), views.listing(shown)]


def _below(submission: Submission, root: Comment | None, visit: RequestContext) -> list[Comment]:
    """Newest first; a removed comment is shown to its author, a deleted one to nobody."""
    found = [
        one
        for one in visit.state.comments()
        if (one.submission, one.parent) == (submission, root)
        and not one.deleted
        and (not one.removed or one.author is visit.viewer)
    ]
    return sorted(found, key=lambda one: one.published, reverse=True)


def get_own_comments(visit: RequestContext) -> Any:
    author = visit.state.redditors.get(visit.parts[0].lower())
    if author is None:
        raise ApiError(404)
    own = [one for one in visit.state.comments() if one.author is author and not one.deleted]
    newest_first = sorted(own, key=lambda one: (one.published, one.id), reverse=True)
    return page_of(visit, [views.comment(one) for one in newest_first])


def get_about(visit: RequestContext) -> Any:
    return views.subreddit(subreddit_of(visit), visit.viewer)


def get_moderators(visit: RequestContext) -> Any:
    wanted = visit.request.query.get("user", "").lower()
    found = (one for one in subreddit_of(visit).moderators if wanted in ("", one.name.lower()))
    return views.moderators(found)


def post_comment(visit: RequestContext) -> Any:
    submission, parent = _target(visit)
    check_text(visit.form("text"))
    _check_open(submission, visit)
    comment = visit.state.add_comment(
        submission, visit.viewer, visit.form("text"), parent, shown_from=visit.shown_from
    )
    return views.things(views.comment(comment))


def post_edit(visit: RequestContext) -> Any:
    comment = _own(visit.form("thing_id"), visit)
    check_text(visit.form("text"))
    comment.body, comment.edited = visit.form("text"), visit.state.clock()
    return views.things(views.comment(comment))


def post_distinguish(visit: RequestContext) -> Any:
    """Own comments only, and by moderators; only those at the top can be pinned, one for each post."""
    comment = _own(visit.form("id"), visit)
    if visit.viewer not in comment.submission.subreddit.moderators:
        raise ApiError(403)
    comment.distinguished = True
    if visit.form("sticky") == "True" and comment.parent is None:
        for other in visit.state.all_comments():
            other.stickied = other.stickied and other.submission is not comment.submission
        comment.stickied = True
    return views.things(views.comment(comment))


def post_delete(visit: RequestContext) -> Any:
    """Says {} whatever came of it."""
    comment = visit.state.comment(visit.form("id").removeprefix("t1_"))
    if comment is not None and comment.author is visit.viewer:
        comment.deleted = True
    return {}


def page_of(visit: RequestContext, children: list[dict[str, Any]]) -> Any:
    """At most a thousand things; `after` that names none of them begins at the top, as on Reddit."""
    children = children[:MAX_LISTING]
    names = [child["data"]["name"] for child in children]
    after = visit.request.query.get("after")
    begin = names.index(after) + 1 if after in names else 0
    limit = visit.number("limit", 25, 100)
    shown = children[begin : begin + limit]
    more = begin + limit < len(children)
    return views.listing(shown, shown[-1]["data"]["name"] if more else None)


def subreddit_of(visit: RequestContext) -> Subreddit:
    found = visit.state.subreddits.get(visit.parts[0].lower())
    if found is None:
        raise ApiError(302, location=f"/subreddits/search?q={visit.parts[0]}")
    _check_door(found, visit.viewer)
    return found


def _check_door(subreddit: Subreddit, viewer: Redditor) -> None:
    if subreddit.gone:
        raise ApiError(404, "banned")
    if not subreddit.lets_in(viewer):
        raise ApiError(403, "private")


def _target(visit: RequestContext) -> tuple[Submission, Comment | None]:
    kind, _, number = visit.form("thing_id").partition("_")
    parent = visit.state.comment(number) if kind == "t1" else None
    submission = parent.submission if parent else visit.state.submissions.get(number)
    if submission is None:
        raise ApiError(404)
    if parent is not None and parent.deleted:
        raise ApiError(errors=(("DELETED_COMMENT", "that comment has been deleted", "parent"),))
    return submission, parent


def _own(name: str, visit: RequestContext) -> Comment:
    comment = visit.state.comment(name.removeprefix("t1_"))
    if comment is None or comment.deleted:
        raise ApiError(404)
    if comment.author is not visit.viewer:
        raise ApiError(403)
    return comment


def check_text(text: str) -> None:
    if not text.strip():
        raise ApiError(errors=(("NO_TEXT", "we need something here", "text"),))
    if len(text) > MAX_CHARACTERS:
        message = f"this is too long (max: {MAX_CHARACTERS})"
        raise ApiError(errors=(("TOO_LONG", message, "text"),))


def _check_open(submission: Submission, visit: RequestContext) -> None:
    place, me = submission.subreddit, visit.viewer
    if me.suspended or not place.lets_in(me):
        raise ApiError(403)
    trusted = me in place.moderators or me in place.contributors
    hindrances = (
        (me in place.banned, "BANNED_FROM_SUBREDDIT", "you are banned from this community"),
        (submission.removed_by == "deleted", "DELETED_LINK", "that link has been deleted"),
        (submission.locked and me not in place.moderators, "THREAD_LOCKED", "Comments are locked."),
        (submission.archived, "TOO_OLD", "that's a piece of history now; it's too late to reply to it"),
        (
            place.members_comment and not trusted,
            "SUBREDDIT_NOTALLOWED",
            "only approved users may comment there",
        ),
    )
    for holds, code, message in hindrances:
        if holds:
            raise ApiError(errors=((code, message, "parent"),))
    if place.slow and not trusted:
        _check_pause(place, visit)


def _check_pause(place: Subreddit, visit: RequestContext) -> None:
    mine = (one for one in visit.state.all_comments() if one.author is visit.viewer)
    last = _newest(one.published for one in mine if one.submission.subreddit is place)
    left = timedelta(0) if last is None else last + _PAUSE - visit.state.clock()
    if left > timedelta(0):
        raise ApiError(errors=(ratelimit(int(left.total_seconds())),))


def _newest(times: Iterable[datetime]) -> datetime | None:
    return max(times, default=None)


def ratelimit(seconds: int) -> tuple[str, str, str]:
    """The item as Reddit words it: whole minutes, or seconds below one."""
    pause = f"{seconds // 60} minutes" if seconds >= 60 else f"{seconds} seconds"
    message = f"Looks like you've been doing that a lot. Take a break for {pause} before trying again."
    return "RATELIMIT", message, "ratelimit"
