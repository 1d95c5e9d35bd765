"""The server's rows as the JSON of API v3."""

from __future__ import annotations

from typing import Any

from bot.sandbox.lemmy.server_state import Comment, Community, Person, Post
from bot.sandbox.lemmy.views import Views, timestamp, without_nulls


class ViewsV3(Views):
    def person(self, person: Person) -> dict[str, Any]:
        return super().person(person) | {"banned": person.banned}

    def community(self, community: Community) -> dict[str, Any]:
        return super().community(community) | {"hidden": False}

    def post_view(self, post: Post) -> dict[str, Any]:
        counts = self.post_counts(post)
        return {
            "post": self.post(post),
            **self.creator_and_community(post.creator, post.community),
            "counts": {
                "post_id": post.id,
                **counts,
                "published": timestamp(post.published),
                "newest_comment_time": self.newest_comment_time(post) or timestamp(post.published),
            },
            "subscribed": post.community.subscription_of(self.viewer),
            "saved": False,
            "read": self.is_read(post),
            "hidden": False,
            "creator_blocked": False,
            "unread_comments": counts["comments"],
        }

    def comment_view(self, comment: Comment) -> dict[str, Any]:
        return without_nulls(
            {
                "comment": self.comment(comment),
                "post": self.post(comment.post),
                **self.creator_and_community(comment.creator, comment.post.community),
                "counts": {
                    "comment_id": comment.id,
                    **self.comment_counts(comment),
                    "published": timestamp(comment.published),
                },
                "subscribed": comment.post.community.subscription_of(self.viewer),
                "saved": False,
                "creator_blocked": False,
                "my_vote": 1 if self.is_upvoted(comment) else None,
            }
        )

    def community_view(self, community: Community) -> dict[str, Any]:
        return {
            "community": self.community(community),
            "subscribed": community.subscription_of(self.viewer),
            "blocked": False,
            "counts": {
                "community_id": community.id,
                **self.community_counts(community),
                "published": timestamp(community.published),
            },
            "banned_from_community": self.is_banned(self.viewer, community),
        }

    def person_view(self, person: Person) -> dict[str, Any]:
        return {
            "person": self.person(person),
            "counts": self.person_counts(person),
            "is_admin": person.admin,
        }

    def person_counts(self, person: Person) -> dict[str, Any]:
        return {"person_id": person.id, **super().person_counts(person)}

    def creator_and_community(self, creator: Person, community: Community) -> dict[str, Any]:
        banned = self.is_banned(self.viewer, community)
        return super().creator_and_community(creator, community) | {"banned_from_community": banned}
