"""The server's rows as the JSON of API v3, with null fields left out as the real one does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.sandbox.lemmy.server_state import LANGUAGES, Comment, Community, Person, Post, ServerState


def timestamp(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


class ViewsV3:
    """Views of `world`, as one of its people (or a stranger) sees them."""

    def __init__(self, world: ServerState, viewer: Person | None, scheme: str) -> None:
        self.state = world
        self.viewer = viewer
        self._scheme = scheme

    def url(self, host: str, path: str) -> str:
        return f"{self._scheme}://{host}/{path}"

    def person(self, person: Person) -> dict[str, Any]:
        return without_nulls(
            {
                "id": person.id,
                "name": person.name,
                "display_name": person.display_name,
                "banned": person.banned,
                "published": timestamp(person.published),
                "actor_id": self.url(person.host, f"u/{person.name}"),
                "bio": person.bio,
                "local": person.host == self.state.host,
                "deleted": person.deleted,
                "bot_account": person.bot_account,
                "instance_id": self.instance_id(person.host),
            }
        )

    def community(self, community: Community) -> dict[str, Any]:
        return without_nulls(
            {
                "id": community.id,
                "name": community.name,
                "title": community.title,
                "description": community.description,
                "removed": community.removed,
                "published": timestamp(community.published),
                "deleted": False,
                "nsfw": community.nsfw,
                "actor_id": self.url(community.host, f"c/{community.name}"),
                "local": community.host == self.state.host,
                "hidden": False,
                "posting_restricted_to_mods": False,
                "instance_id": self.instance_id(community.host),
                "visibility": "Public",
            }
        )

    def post(self, post: Post) -> dict[str, Any]:
        return without_nulls(
            {
                "id": post.id,
                "name": post.name,
                "url": post.url,
                "body": post.body,
                "creator_id": post.creator.id,
                "community_id": post.community.id,
                "removed": post.removed,
                "locked": post.locked,
                "published": timestamp(post.published),
                "updated": timestamp(post.updated) if post.updated else None,
                "deleted": post.deleted,
                "nsfw": post.nsfw,
                "ap_id": self.url(post.creator.host, f"post/{post.id}"),
                "local": post.creator.host == self.state.host,
                "language_id": post.language_id,
                "featured_community": post.featured_community,
                "featured_local": post.featured_local,
            }
        )

    def comment(self, comment: Comment) -> dict[str, Any]:
        gone = comment.deleted or comment.removed
        return without_nulls(
            {
                "id": comment.id,
                "creator_id": comment.creator.id,
                "post_id": comment.post.id,
                "content": "" if gone else comment.content,
                "removed": comment.removed,
                "published": timestamp(comment.published),
                "updated": timestamp(comment.updated) if comment.updated else None,
                "deleted": comment.deleted,
                "ap_id": self.url(comment.creator.host, f"comment/{comment.id}"),
                "local": comment.creator.host == self.state.host,
                "path": comment.path,
                "distinguished": comment.distinguished,
                "language_id": comment.language_id,
            }
        )

    def post_view(self, post: Post) -> dict[str, Any]:
        comments = self.state.comments(post)
        return {
            "post": self.post(post),
            **self._company(post.creator, post.community),
            "counts": {
                "post_id": post.id,
                "comments": len(comments),
                "score": post.score,
                "upvotes": post.score,
                "downvotes": 0,
                "published": timestamp(post.published),
                "newest_comment_time": timestamp(comments[-1].published if comments else post.published),
            },
            "subscribed": post.community.subscription_of(self.viewer),
            "saved": False,
            "read": self.viewer is not None and self.viewer.id in post.read_by,
            "hidden": False,
            "creator_blocked": False,
            "unread_comments": len(comments),
        }

    def comment_view(self, comment: Comment) -> dict[str, Any]:
        below = f"{comment.path}."
        votes = int(comment.author_upvoted)
        return without_nulls(
            {
                "comment": self.comment(comment),
                "post": self.post(comment.post),
                **self._company(comment.creator, comment.post.community),
                "counts": {
                    "comment_id": comment.id,
                    "score": votes + comment.votes_of_others,
                    "upvotes": votes,
                    "downvotes": 0,
                    "published": timestamp(comment.published),
                    "child_count": sum(
                        item.path.startswith(below) for item in self.state.comments(comment.post)
                    ),
                },
                "subscribed": comment.post.community.subscription_of(self.viewer),
                "saved": False,
                "creator_blocked": False,
                "my_vote": 1 if comment.author_upvoted and comment.creator is self.viewer else None,
            }
        )

    def community_counts(self, community: Community) -> dict[str, Any]:
        posts = [post for post in self.state.posts.values() if post.community is community]
        comments = [item for item in self.state.comments() if item.post.community is community]
        return {
            "community_id": community.id,
            "subscribers": 1,
            "posts": len(posts),
            "comments": len(comments),
            "published": timestamp(community.published),
            "users_active_day": 0,
            "users_active_week": 0,
            "users_active_month": 0,
            "users_active_half_year": 0,
            "subscribers_local": 1,
        }

    def community_view(self, community: Community) -> dict[str, Any]:
        return {
            "community": self.community(community),
            "subscribed": community.subscription_of(self.viewer),
            "blocked": False,
            "counts": self.community_counts(community),
            "banned_from_community": self.is_banned(self.viewer, community),
        }

    def follows(self, person: Person) -> list[dict[str, Any]]:
        """Those that still wait for a community's consent are among them."""
        return [
            {"community": self.community(community), "follower": self.person(person)}
            for community in self.state.communities.values()
            if person.id in community.followers
        ]

    def moderators(self, community: Community) -> list[dict[str, Any]]:
        shown = self.community(community)
        return [{"community": shown, "moderator": self.person(person)} for person in community.moderators]

    def person_view(self, person: Person) -> dict[str, Any]:
        return {
            "person": self.person(person),
            "counts": self.person_counts(person),
            "is_admin": person.admin,
        }

    def person_counts(self, person: Person) -> dict[str, int]:
        return {
            "person_id": person.id,
            "post_count": sum(post.creator is person for post in self.state.posts.values()),
            "comment_count": sum(item.creator is person for item in self.state.comments()),
        }

    def _company(self, creator: Person, community: Community) -> dict[str, Any]:
        return {
            "creator": self.person(creator),
            "community": self.community(community),
            "creator_banned_from_community": self.is_banned(creator, community),
            "banned_from_community": self.is_banned(self.viewer, community),
            "creator_is_moderator": creator in community.moderators,
            "creator_is_admin": creator.admin,
        }

    @staticmethod
    def is_banned(person: Person | None, community: Community) -> bool:
        return person is not None and person.id in community.banned

    def instance_id(self, host: str) -> int:
        return 1 if host == self.state.host else 2


def all_languages() -> list[dict[str, Any]]:
    return [{"id": number, "code": code, "name": code} for number, code in enumerate(LANGUAGES)]


def error_body(code: str, message: str | None = None) -> dict[str, Any]:
    return without_nulls({"error": code, "message": message})


def nodeinfo(version: str, users: int, posts: int, comments: int) -> dict[str, Any]:
    return {
        "version": "2.1",
        "software": {
            "name": "lemmy",
            "version": version,
            "repository": "https://github.com/LemmyNet/lemmy",
            "homepage": "https://join-lemmy.org/",
        },
        "protocols": ["activitypub"],
        "usage": {
            "users": {"total": users, "activeHalfyear": 0, "activeMonth": 0},
            "localPosts": posts,
            "localComments": comments,
        },
        "openRegistrations": True,
        "services": {"inbound": [], "outbound": []},
        "metadata": {},
    }
