"""API calls for wiki pages and moderator invitations, answered as Reddit answers them."""

from __future__ import annotations

from typing import Any

from bot.sandbox.reddit import message_views, views
from bot.sandbox.reddit.request_context import ApiError, RequestContext, subreddit_of
from bot.sandbox.reddit.server_state import WikiPage


def get_page(context: RequestContext) -> Any:
    subreddit = subreddit_of(context)
    if subreddit.wiki_disabled:
        raise ApiError(403, "WIKI_DISABLED")
    return message_views.wiki_page(_page(context), may_revise=context.viewer in subreddit.moderators)


def get_settings(context: RequestContext) -> Any:
    if context.viewer not in subreddit_of(context).moderators:
        raise ApiError(403, "MOD_REQUIRED")
    return {
        "kind": "wikipagesettings",
        "data": {"permlevel": _page(context).permlevel, "editors": [], "listed": True},
    }


def post_settings(context: RequestContext) -> Any:
    if context.viewer not in subreddit_of(context).moderators:
        raise ApiError(403, "MOD_REQUIRED")
    _page(context).permlevel = int(context.form("permlevel"))
    return get_settings(context)


def post_edit(context: RequestContext) -> Any:
    """Refuses if the page is for moderators only and the sender is not one."""
    subreddit = subreddit_of(context)
    name = context.form("page")
    page = context.state.wiki.get((subreddit.name.lower(), name))
    is_moderators_only = page is not None and page.permlevel > 1
    if subreddit.wiki_disabled or (is_moderators_only and context.viewer not in subreddit.moderators):
        raise ApiError(403, "WIKI_DISABLED" if subreddit.wiki_disabled else "MAY_NOT_EDIT")
    context.state.add_wiki_revision(subreddit, name, context.form("content"), context.viewer)
    return {}


def post_accept_invite(context: RequestContext) -> Any:
    subreddit = subreddit_of(context)
    if context.viewer not in subreddit.invited_moderators:
        message = "there is no pending invite for that subreddit"
        raise ApiError(errors=(("NO_INVITE_FOUND", message, None),))
    subreddit.invited_moderators.remove(context.viewer)
    subreddit.moderators.append(context.viewer)
    return views.errors()


def _page(context: RequestContext) -> WikiPage:
    page = context.state.wiki.get((context.path_parts[0].lower(), context.path_parts[1]))
    if page is None:
        raise ApiError(404, "PAGE_NOT_CREATED")
    return page
