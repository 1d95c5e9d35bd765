"""The reading calls that Precis makes, answered as Reddit answers them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.reddit import views
from bot.sandbox.reddit.request_context import ApiError, RequestContext, check_access, page_of, subreddit_of
from bot.sandbox.reddit.server_state import Comment, Submission


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
        check_access(each, context.viewer)
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
    check_access(submission.subreddit, context.viewer)
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


def get_share_link(context: RequestContext) -> Any:
    """A redirect to the page of the post or comment."""
    target = context.state.share_links.get(context.path_parts[0])
    if target is None:
        raise ApiError(404)
    below = f"{target.id}/" if isinstance(target, Comment) else ""
    submission = target.submission if isinstance(target, Comment) else target
    raise ApiError(302, location=f"{views.permalink(submission)}{below}?share_id=sandbox")


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
