"""Which posts, comments, communities and people a request asks for and may see; the same in API v3 and v4."""

from __future__ import annotations

from bot.sandbox.lemmy.api_errors import ApiError
from bot.sandbox.lemmy.request_context import RequestContext
from bot.sandbox.lemmy.request_parameters import int_parameter
from bot.sandbox.lemmy.server_state import Comment, Community, Person, Post

THREAD_LIMIT = 300
"""The most comments that a thread is answered with."""


def requested_community(context: RequestContext) -> Community | None:
    number, name = int_parameter(context.query, "community_id"), context.query.get("community_name")
    if number is None and name is None:
        return None
    state = context.state
    found = state.communities.get(number) if number is not None else state.community(name or "")
    if found is None:
        if context.viewer is not None and "@" in (name or ""):
            raise ApiError("unknown", "Federation disabled")
        raise ApiError("unknown", "Record not found", status=404)
    return found


def requested_person(context: RequestContext) -> Person:
    number, name = int_parameter(context.query, "person_id"), context.query.get("username")
    if number is None and name is None:
        raise ApiError("no_id_given")
    state = context.state
    person = state.people.get(number) if number is not None else state.person(name or "")
    if person is None:
        remote = context.viewer is not None and "@" in (name or "")
        raise ApiError("couldnt_find_person", status=400 if remote else 404)
    return person


def requested_comments(context: RequestContext) -> list[Comment]:
    """The listed comments of the post and the parent that are asked for, if any."""
    post, parent = int_parameter(context.query, "post_id"), int_parameter(context.query, "parent_id")
    return [
        comment
        for comment in context.state.comments()
        if is_comment_listed(comment, context)
        and post in (None, comment.post.id)
        and (parent is None or str(parent) in comment.path.split("."))
    ]


def is_post_listed(post: Post, community: Community | None, context: RequestContext) -> bool:
    viewer = context.viewer
    if post.removed or post.community.removed or (post.deleted and post.creator is not viewer):
        return False
    if community is not None and post.community is not community:
        return False
    kind = context.query.get("type_", "Local").lower()
    if kind == "local" and post.community.host != context.state.host:
        return False
    if kind == "subscribed" and not _is_in_subscribed_list(post.community, viewer, context):
        return False
    if (post.nsfw or post.community.nsfw) and not (viewer and viewer.show_nsfw):
        return False
    return viewer is None or _is_shown_to(post, viewer, context)


def _is_in_subscribed_list(community: Community, viewer: Person | None, context: RequestContext) -> bool:
    """Without a valid token, Lemmy 0.19 lists everything, and 1.0 (after 1.0.0-beta.1) nothing.

    Lemmy 0.19 counts subscriptions that the community has not accepted yet, 1.0 does not.
    """
    is_0_19 = context.version.startswith("0.")
    if viewer is None:
        return is_0_19
    subscription = community.subscription_of(viewer)
    return subscription == "Subscribed" or (subscription == "Pending" and is_0_19)


def _is_shown_to(post: Post, viewer: Person, context: RequestContext) -> bool:
    if viewer.languages and post.language_id not in viewer.languages:
        return False
    if post.creator.bot_account and not viewer.show_bot_accounts:
        return False
    read = viewer.id in post.read_by and not viewer.show_read_posts
    return not read or context.query.get("show_read") == "true"


def is_comment_listed(comment: Comment, context: RequestContext) -> bool:
    viewer = context.viewer
    if (comment.post.nsfw or comment.post.community.nsfw) and not (viewer and viewer.show_nsfw):
        return False
    if viewer is None:
        return True
    if comment.creator.bot_account and not viewer.show_bot_accounts:
        return False
    return not viewer.languages or comment.language_id in viewer.languages


def is_comment_notified(comment: Comment, context: RequestContext) -> bool:
    """Whether a comment is among the account's mentions and replies, however its post and language are.

    Unlike other lists of comments, they contain those under NSFW posts that the account hides, and those
    in languages that it has not chosen. Source: `person_mention_view.rs` of Lemmy 0.19, and
    `notification/src/impls.rs` of Lemmy 1.0 (after 1.0.0-beta.1).
    """
    return context.account.show_bot_accounts or not comment.creator.bot_account


def find_communities(term: str, context: RequestContext) -> list[Community]:
    """The communities with `term`, in lower case, in their name or title."""
    return [
        item
        for item in context.state.communities.values()
        if not item.removed and (term in item.name.lower() or term in item.title.lower())
    ]


def find_comments(term: str, context: RequestContext) -> list[Comment]:
    """The comments with `term`, in lower case, in their text, newest first; only `creator_id`'s, if given."""
    creator = int_parameter(context.query, "creator_id")
    return [
        item
        for item in reversed(context.state.comments())
        if term in item.content.lower() and creator in (None, item.creator.id)
    ]
