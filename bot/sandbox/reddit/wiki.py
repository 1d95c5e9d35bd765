"""Wiki pages and moderators' invitations, as Reddit answers the calls about them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.reddit import message_views, views
from bot.sandbox.reddit.calls import ApiError, RequestContext, subreddit_of
from bot.sandbox.reddit.server_state import WikiPage


def get_page(visit: RequestContext) -> Any:
    place = subreddit_of(visit)
    if place.wiki_closed:
        raise ApiError(403, "WIKI_DISABLED")
    return message_views.wiki_page(_page(visit), may_revise=visit.viewer in place.moderators)


def get_settings(visit: RequestContext) -> Any:
    if visit.viewer not in subreddit_of(visit).moderators:
        raise ApiError(403, "MOD_REQUIRED")
    return {
        "kind": "wikipagesettings",
        "data": {"permlevel": _page(visit).permlevel, "editors": [], "listed": True},
    }


def post_settings(visit: RequestContext) -> Any:
    if visit.viewer not in subreddit_of(visit).moderators:
        raise ApiError(403, "MOD_REQUIRED")
    _page(visit).permlevel = int(visit.form("permlevel"))
    return get_settings(visit)


def post_edit(visit: RequestContext) -> Any:
    """A page that only moderators may edit is closed to others."""
    place = subreddit_of(visit)
    name = visit.form("page")
    kept = visit.state.wiki.get((place.name.lower(), name))
    guarded = kept is not None and kept.permlevel > 1
    if place.wiki_closed or (guarded and visit.viewer not in place.moderators):
        raise ApiError(403, "WIKI_DISABLED" if place.wiki_closed else "MAY_NOT_EDIT")
    visit.state.add_wiki_revision(place, name, visit.form("content"), visit.viewer)
    return {}


def post_accept(visit: RequestContext) -> Any:
    place = subreddit_of(visit)
    if visit.viewer not in place.invited:
        message = "there is no pending invite for that subreddit"
        raise ApiError(errors=(("NO_INVITE_FOUND", message, None),))
    place.invited.remove(visit.viewer)
    place.moderators.append(visit.viewer)
    return views.errors()


def _page(visit: RequestContext) -> WikiPage:
    kept = visit.state.wiki.get((visit.parts[0].lower(), visit.parts[1]))
    if kept is None:
        raise ApiError(404, "PAGE_NOT_CREATED")
    return kept
