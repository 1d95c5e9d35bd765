"""The server's rows as the JSON of API v4: some fields have other names, and counts are part of the row."""

from __future__ import annotations

from typing import Any

from bot.sandbox.lemmy.server_state import Comment, Community, Person, Post
from bot.sandbox.lemmy.views import Views, timestamp, without_nulls

_NO_REPORTS = {"report_count": 0, "unresolved_report_count": 0}


class ViewsV4(Views):
    PUBLISHED = "published_at"
    UPDATED = "updated_at"
    ACTOR_URL = "ap_id"
    DESCRIPTION = "sidebar"
    PUBLIC = "public"

    def person(self, person: Person) -> dict[str, Any]:
        refreshed = timestamp(person.published)
        return super().person(person) | {"last_refreshed_at": refreshed} | self.person_counts(person)

    def community(self, community: Community) -> dict[str, Any]:
        return {
            **super().community(community),
            "last_refreshed_at": timestamp(community.published),
            **self.community_counts(community),
            **_NO_REPORTS,
            "local_removed": community.removed,
        }

    def post(self, post: Post) -> dict[str, Any]:
        return without_nulls(
            {
                **super().post(post),
                "newest_comment_time_at": self.newest_comment_time(post),
                **self.post_counts(post),
                **_NO_REPORTS,
                "federation_pending": False,
            }
        )

    def comment(self, comment: Comment) -> dict[str, Any]:
        return {
            **super().comment(comment),
            **self.comment_counts(comment),
            **_NO_REPORTS,
            "federation_pending": False,
            "locked": comment.locked,
        }

    def post_view(self, post: Post) -> dict[str, Any]:
        return without_nulls(
            {
                "post": self.post(post),
                **self.creator_and_community(post.creator, post.community),
                "tags": [{"id": number, "name": tag} for number, tag in enumerate(post.tags, 1)],
                "post_actions": {"read_at": timestamp(post.published)} if self.is_read(post) else None,
            }
        )

    def comment_view(self, comment: Comment) -> dict[str, Any]:
        vote = {"voted_at": timestamp(comment.published), "vote_is_upvote": True}
        return without_nulls(
            {
                "comment": self.comment(comment),
                "post": self.post(comment.post),
                **self.creator_and_community(comment.creator, comment.post.community),
                "comment_actions": vote if self.is_upvoted(comment) else None,
            }
        )

    def community_view(self, community: Community) -> dict[str, Any]:
        return without_nulls(
            {
                "community": self.community(community),
                "community_actions": self._community_actions(community),
                "can_mod": self.viewer in community.moderators,
                "tags": [],
            }
        )

    def person_view(self, person: Person) -> dict[str, Any]:
        return {
            "person": self.person(person),
            "is_admin": person.admin,
            "person_actions": None,
            "banned": person.banned,
            "ban_expires_at": None,
        }

    def creator_and_community(self, creator: Person, community: Community) -> dict[str, Any]:
        return {
            **super().creator_and_community(creator, community),
            "community_actions": self._community_actions(community),
            "tags": [],
            "can_mod": self.viewer in community.moderators,
            "creator_banned": creator.banned,
        }

    def _community_actions(self, community: Community) -> dict[str, Any] | None:
        subscription, started = community.subscription_of(self.viewer), timestamp(self.state.started_at)
        actions: dict[str, Any] = {}
        if subscription != "NotSubscribed":
            state = "accepted" if subscription == "Subscribed" else "pending"
            actions |= {"followed_at": started, "follow_state": state}
        if self.is_banned(self.viewer, community):
            actions["received_ban_at"] = started
        return actions or None
