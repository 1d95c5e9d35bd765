"""One authorized request to the sandbox's Reddit: its sender, its parameters and its errors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from bot.sandbox.loopback_server import Request
from bot.sandbox.reddit import views
from bot.sandbox.reddit.server_state import Redditor, ServerState, Subreddit

MAX_CHARACTERS = 10_000
MAX_LISTING = 1000


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


class RequestContext(Struct, frozen=True):
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
    check_access(found, context.viewer)
    return found


def check_access(subreddit: Subreddit, viewer: Redditor) -> None:
    if subreddit.gone:
        raise ApiError(404, "banned")
    if not subreddit.admits(viewer):
        raise ApiError(403, "private")


def check_text(text: str) -> None:
    if not text.strip():
        raise ApiError(errors=(("NO_TEXT", "we need something here", "text"),))
    if len(text) > MAX_CHARACTERS:
        message = f"this is too long (max: {MAX_CHARACTERS})"
        raise ApiError(errors=(("TOO_LONG", message, "text"),))
