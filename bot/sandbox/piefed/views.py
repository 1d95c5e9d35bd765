"""The server's rows as PieFed's JSON, including null fields."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.lemmy.server_state import LANGUAGES, Comment, Community, Person, Post, ServerState
from bot.sandbox.lemmy.views import timestamp


def languages() -> list[dict[str, Any]]:
    """Numbered from 1, as in PieFed's database."""
    return [{"id": number, "code": code, "name": code} for number, code in enumerate(LANGUAGES, 1)]


def _local_user(person: Person) -> dict[str, Any]:
    return {
        "accept_private_messages": "All",
        "bot_visibility": "Show" if person.show_bot_accounts else "Hide",
        "ai_visibility": "Label",
        "community_keyword_filter": [],
        "default_comment_sort_type": "Hot",
        "default_listing_type": "Subscribed",
        "default_sort_type": "Hot",
        "email_unread": True,
        "federate_votes": True,
        "feed_auto_follow": True,
        "feed_auto_leave": True,
        "hide_low_quality": False,
        "indexable": True,
        "newsletter": True,
        "nsfl_visibility": "Hide",
        "nsfw_visibility": "Show" if person.show_nsfw else "Hide",
        "reply_collapse_threshold": -10,
        "reply_hide_threshold": -20,
        "searchable": True,
        "show_bot_accounts": person.show_bot_accounts,
        "show_nsfl": False,
        "show_nsfw": person.show_nsfw,
        "show_read_posts": person.show_read_posts,
        "show_scores": True,
    }


class Views:
    """JSON of the rows of `state` as `viewer` sees them; None is a visitor who is not logged in."""

    def __init__(self, state: ServerState, viewer: Person | None) -> None:
        self._state = state
        self._viewer = viewer

    def person(self, person: Person) -> dict[str, Any]:
        return {
            "id": person.id,
            "user_name": person.name,
            "title": person.display_name or person.name,
            "banned": person.banned,
            "deleted": person.deleted,
            "bot": person.bot_account,
            "published": timestamp(person.published),
            "actor_id": f"https://{person.host}/u/{person.name}",
            "local": person.host == self._state.host,
            "instance_id": 1 if person.host == self._state.host else 2,
            "extra_fields": [],
        }

    def community(self, community: Community) -> dict[str, Any]:
        """A removed community is `banned` and `deleted`; `removed` is always false.

        Source: `community_view` in PieFed's `app/api/alpha/views.py`.
        """
        return {
            "id": community.id,
            "name": community.name,
            "title": community.title,
            "nsfw": community.nsfw,
            "ai_generated": False,
            "question_answer": False,
            "banned": community.removed,
            "restricted_to_mods": False,
            "published": timestamp(community.published),
            "updated": timestamp(community.published),
            "deleted": community.removed,
            "removed": False,
            "actor_id": f"https://{community.host}/c/{community.name}",
            "local": community.host == self._state.host,
            "hidden": False,
            "instance_id": 1 if community.host == self._state.host else 2,
            "ap_domain": community.host,
        }

    def post(self, post: Post) -> dict[str, Any]:
        is_link_added = post.link_visible_from is None or post.link_visible_from <= self._state.clock()
        url = post.url if is_link_added else None
        row: dict[str, Any] = {
            "id": post.id,
            "user_id": post.creator.id,
            "community_id": post.community.id,
            "title": post.name,
            "deleted": post.deleted,
            "sticky": post.featured_community,
            "instance_sticky": post.featured_local,
            "emoji_reactions": None,
            "published": timestamp(post.published),
            "ap_id": self._ap_id(post),
            "local": post.creator.host == self._state.host,
            "language_id": post.language_id + 1,
            "removed": post.removed,
            "locked": post.locked,
            "nsfw": post.nsfw,
            "ai_generated": False,
            "post_type": "Link" if url else "Discussion",
            "cross_posts": [],
            "tags": "",
            "flair": "",
        }
        if url is not None:
            row["url"] = url
        if post.body is not None or post.deleted or post.removed:
            row["body"] = "" if post.deleted or post.removed else post.body
        return row

    def _ap_id(self, post: Post) -> str:
        """The address of a local post contains its community and the words of its title."""
        if post.creator.host != self._state.host:
            return f"https://{post.creator.host}/post/{post.id}"
        slug = re.sub(r"[^a-z0-9]+", "-", post.name.lower()).strip("-")
        return f"https://{self._state.host}/c/{post.community.name}/p/{post.id}/{slug}"

    def post_view(self, post: Post) -> dict[str, Any]:
        """Does not show bans, and does not count comments by bots."""
        comments = [item for item in self._state.comments() if item.post is post]
        counted = [item for item in comments if not item.creator.bot_account]
        newest = counted[-1].published if counted else post.published
        return {
            "post": self.post(post),
            "counts": {
                "post_id": post.id,
                "comments": len(counted),
                "score": post.score,
                "upvotes": post.score,
                "downvotes": 0,
                "published": timestamp(post.published),
                "newest_comment_time": timestamp(newest),
                "cross_posts": 0,
            },
            **self._common(post.creator, post.community),
            "banned_from_community": False,
            "read": False,
            "hidden": False,
            "unread_comments": len(counted),
            "my_vote": 0,
            "flair_list": [{"id": number, "flair_title": tag} for number, tag in enumerate(post.tags, 1)],
        }

    def comment(self, comment: Comment) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": comment.id,
            "user_id": comment.creator.id,
            "post_id": comment.post.id,
            "body": "" if comment.deleted or comment.removed else comment.content,
            "deleted": comment.deleted,
            "answer": False,
            "emoji_reactions": None,
            "published": timestamp(comment.published),
            "ap_id": f"https://{comment.creator.host}/comment/{comment.id}",
            "local": comment.creator.host == self._state.host,
            "language_id": comment.language_id,
            "distinguished": comment.distinguished,
            "locked": False,
            "removed": comment.removed,
            "path": comment.path,
        }
        if comment.updated is not None:
            row["updated"] = timestamp(comment.updated)
        return row

    def comment_view(self, comment: Comment) -> dict[str, Any]:
        votes = int(comment.author_upvoted)
        path_prefix = f"{comment.path}."
        return {
            "comment": self.comment(comment),
            "post": self.post(comment.post),
            "counts": {
                "comment_id": comment.id,
                "score": votes + comment.votes_of_others,
                "upvotes": votes,
                "downvotes": 0,
                "published": timestamp(comment.published),
                "child_count": sum(item.path.startswith(path_prefix) for item in self._state.comments()),
            },
            **self._common(comment.creator, comment.post.community),
            "banned_from_community": self._is_banned(self._viewer, comment.post.community),
            "creator_blocked": False,
            "my_vote": votes if comment.creator is self._viewer else 0,
        }

    def community_view(self, community: Community) -> dict[str, Any]:
        posts = sum(post.community is community for post in self._state.posts.values())
        replies = sum(item.post.community is community for item in self._state.comments())
        active_counts = ("active_daily", "active_weekly", "active_monthly", "active_6monthly")
        return {
            "community": {
                **self.community(community),
                "description": community.description or "",
                "posting_warning": None,
            },
            "counts": {
                "id": community.id,
                "post_count": posts,
                "post_reply_count": replies,
                "published": timestamp(community.published),
                "subscriptions_count": 1,
                "total_subscriptions_count": 1,
                **dict.fromkeys(active_counts, 0),
            },
            "activity_alert": False,
            "blocked": False,
            "flair_list": [],
            "subscribed": community.subscription_of(self._viewer),
        }

    def moderators(self, community: Community) -> list[dict[str, Any]]:
        shown = self.community(community)
        return [{"community": shown, "moderator": self.person(person)} for person in community.moderators]

    def me(self, person: Person) -> dict[str, Any]:
        lists = ("community_blocks", "discussion_languages", "instance_blocks", "moderates")
        about = {} if person.bio is None else {"about": person.bio, "about_html": f"<p>{person.bio}</p>\n"}
        return {
            **{name: [] for name in lists},
            "follows": [
                {"community": self.community(community), "follower": self.person(person)}
                for community in self._state.communities.values()
                if community.subscription_of(person) == "Subscribed"
            ],
            "person_blocks": [],
            "local_user_view": {
                "counts": {"comment_count": 0, "person_id": person.id, "post_count": 0},
                "local_user": _local_user(person),
                "person": {**self.person(person), **about, "avatar": None, "banner": None},
            },
        }

    def _common(self, creator: Person, community: Community) -> dict[str, Any]:
        return {
            "subscribed": community.subscription_of(self._viewer),
            "saved": False,
            "activity_alert": False,
            "creator_banned_from_community": self._is_banned(creator, community),
            "creator_is_moderator": creator in community.moderators,
            "creator_is_admin": creator.admin,
            "can_auth_user_moderate": self._viewer in community.moderators,
            "creator": self.person(creator),
            "community": self.community(community),
        }

    @staticmethod
    def _is_banned(person: Person | None, community: Community) -> bool:
        return person is not None and person.id in community.banned
