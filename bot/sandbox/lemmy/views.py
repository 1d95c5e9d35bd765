"""The server's rows as JSON: what API v3 and v4 have in common. Null fields are left out, as in Lemmy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.lemmy.server_state import LANGUAGES, Comment, Community, Person, Post, ServerState


def timestamp(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None}


class Views(ABC):
    """JSON of the rows of `state`, as `viewer` sees them; None is somebody who is not logged in."""

    PUBLISHED = "published"
    UPDATED = "updated"
    ACTOR_URL = "actor_id"
    DESCRIPTION = "description"
    PUBLIC = "Public"
    """The names of fields, and of a value, that differ between the versions."""

    def __init__(self, state: ServerState, viewer: Person | None, scheme: str) -> None:
        self.state = state
        self.viewer = viewer
        self._scheme = scheme

    @abstractmethod
    def post_view(self, post: Post) -> dict[str, Any]: ...

    @abstractmethod
    def comment_view(self, comment: Comment) -> dict[str, Any]: ...

    @abstractmethod
    def community_view(self, community: Community) -> dict[str, Any]: ...

    @abstractmethod
    def person_view(self, person: Person) -> dict[str, Any]: ...

    def url(self, host: str, path: str) -> str:
        return f"{self._scheme}://{host}/{path}"

    def person(self, person: Person) -> dict[str, Any]:
        return without_nulls(
            {
                "id": person.id,
                "name": person.name,
                "display_name": person.display_name,
                self.PUBLISHED: timestamp(person.published),
                self.ACTOR_URL: self.url(person.host, f"u/{person.name}"),
                "bio": person.bio,
                "local": self.is_local(person.host),
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
                self.DESCRIPTION: community.description,
                "removed": community.removed,
                self.PUBLISHED: timestamp(community.published),
                "deleted": False,
                "nsfw": community.nsfw,
                self.ACTOR_URL: self.url(community.host, f"c/{community.name}"),
                "local": self.is_local(community.host),
                "posting_restricted_to_mods": False,
                "instance_id": self.instance_id(community.host),
                "visibility": self.PUBLIC,
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
                self.PUBLISHED: timestamp(post.published),
                self.UPDATED: timestamp(post.updated) if post.updated else None,
                "deleted": post.deleted,
                "nsfw": post.nsfw,
                "ap_id": self.url(post.creator.host, f"post/{post.id}"),
                "local": self.is_local(post.creator.host),
                "language_id": post.language_id,
                "featured_community": post.featured_community,
                "featured_local": post.featured_local,
            }
        )

    def comment(self, comment: Comment) -> dict[str, Any]:
        return without_nulls(
            {
                "id": comment.id,
                "creator_id": comment.creator.id,
                "post_id": comment.post.id,
                "content": "" if comment.deleted or comment.removed else comment.content,
                "removed": comment.removed,
                self.PUBLISHED: timestamp(comment.published),
                self.UPDATED: timestamp(comment.updated) if comment.updated else None,
                "deleted": comment.deleted,
                "ap_id": self.url(comment.creator.host, f"comment/{comment.id}"),
                "local": self.is_local(comment.creator.host),
                "path": comment.path,
                "distinguished": comment.distinguished,
                "language_id": comment.language_id,
            }
        )

    def post_counts(self, post: Post) -> dict[str, Any]:
        return {
            "comments": len(self.state.comments(post)),
            "score": post.score,
            "upvotes": post.score,
            "downvotes": 0,
        }

    def comment_counts(self, comment: Comment) -> dict[str, Any]:
        below = f"{comment.path}."
        upvotes = int(comment.author_upvoted)
        return {
            "score": upvotes + comment.votes_of_others,
            "upvotes": upvotes,
            "downvotes": 0,
            "child_count": sum(item.path.startswith(below) for item in self.state.comments(comment.post)),
        }

    def community_counts(self, community: Community) -> dict[str, Any]:
        return {
            "subscribers": 1,
            "posts": sum(post.community is community for post in self.state.posts.values()),
            "comments": sum(item.post.community is community for item in self.state.comments()),
            "users_active_day": 0,
            "users_active_week": 0,
            "users_active_month": 0,
            "users_active_half_year": 0,
            "subscribers_local": 1,
        }

    def person_counts(self, person: Person) -> dict[str, Any]:
        return {
            "post_count": sum(post.creator is person for post in self.state.posts.values()),
            "comment_count": sum(item.creator is person for item in self.state.comments()),
        }

    def newest_comment_time(self, post: Post) -> str | None:
        comments = self.state.comments(post)
        return timestamp(comments[-1].published) if comments else None

    def follows(self, person: Person) -> list[dict[str, Any]]:
        """The communities that the person follows, including those that have not accepted yet."""
        return [
            {"community": self.community(community), "follower": self.person(person)}
            for community in self.state.communities.values()
            if person.id in community.followers
        ]

    def moderators(self, community: Community) -> list[dict[str, Any]]:
        shown = self.community(community)
        return [{"community": shown, "moderator": self.person(person)} for person in community.moderators]

    def creator_and_community(self, creator: Person, community: Community) -> dict[str, Any]:
        return {
            "creator": self.person(creator),
            "community": self.community(community),
            "creator_banned_from_community": self.is_banned(creator, community),
            "creator_is_moderator": creator in community.moderators,
            "creator_is_admin": creator.admin,
        }

    def is_read(self, post: Post) -> bool:
        return self.viewer is not None and self.viewer.id in post.read_by

    def is_upvoted(self, comment: Comment) -> bool:
        """Whether the viewer has upvoted the comment."""
        return comment.author_upvoted and comment.creator is self.viewer

    def is_local(self, host: str) -> bool:
        return host == self.state.host

    @staticmethod
    def is_banned(person: Person | None, community: Community) -> bool:
        return person is not None and person.id in community.banned

    def instance_id(self, host: str) -> int:
        return 1 if self.is_local(host) else 2


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
