"""The server's rows as the JSON of API v4: other names for some fields, and counts beside the rest."""

from __future__ import annotations

from typing import Any

from bot.sandbox.lemmy.server_state import Comment, Community, Person, Post
from bot.sandbox.lemmy.views_v3 import ViewsV3, timestamp, without_nulls

_UNREPORTED = {"report_count": 0, "unresolved_report_count": 0}


class ViewsV4(ViewsV3):
    def person(self, person: Person) -> dict[str, Any]:
        counts = super().person_counts(person)
        return without_nulls(
            {
                "id": person.id,
                "name": person.name,
                "display_name": person.display_name,
                "published_at": timestamp(person.published),
                "ap_id": self.url(person.host, f"u/{person.name}"),
                "bio": person.bio,
                "local": person.host == self.state.host,
                "last_refreshed_at": timestamp(person.published),
                "deleted": person.deleted,
                "bot_account": person.bot_account,
                "instance_id": self.instance_id(person.host),
                "post_count": counts["post_count"],
                "comment_count": counts["comment_count"],
            }
        )

    def community(self, community: Community) -> dict[str, Any]:
        counts = super().community_counts(community)
        del counts["community_id"], counts["published"]
        return without_nulls(
            {
                "id": community.id,
                "name": community.name,
                "title": community.title,
                "sidebar": community.description,
                "removed": community.removed,
                "published_at": timestamp(community.published),
                "deleted": False,
                "nsfw": community.nsfw,
                "ap_id": self.url(community.host, f"c/{community.name}"),
                "local": community.host == self.state.host,
                "last_refreshed_at": timestamp(community.published),
                "posting_restricted_to_mods": False,
                "instance_id": self.instance_id(community.host),
                "visibility": "public",
                **counts,
                **_UNREPORTED,
                "local_removed": community.removed,
            }
        )

    def post(self, post: Post) -> dict[str, Any]:
        comments = self.state.comments(post)
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
                "published_at": timestamp(post.published),
                "updated_at": timestamp(post.updated) if post.updated else None,
                "deleted": post.deleted,
                "nsfw": post.nsfw,
                "ap_id": self.url(post.creator.host, f"post/{post.id}"),
                "local": post.creator.host == self.state.host,
                "language_id": post.language_id,
                "featured_community": post.featured_community,
                "featured_local": post.featured_local,
                "newest_comment_time_at": timestamp(comments[-1].published) if comments else None,
                "comments": len(comments),
                "score": post.score,
                "upvotes": post.score,
                "downvotes": 0,
                **_UNREPORTED,
                "federation_pending": False,
            }
        )

    def comment(self, comment: Comment) -> dict[str, Any]:
        below = f"{comment.path}."
        votes = int(comment.author_upvoted)
        return without_nulls(
            {
                "id": comment.id,
                "creator_id": comment.creator.id,
                "post_id": comment.post.id,
                "content": "" if comment.deleted or comment.removed else comment.content,
                "removed": comment.removed,
                "published_at": timestamp(comment.published),
                "updated_at": timestamp(comment.updated) if comment.updated else None,
                "deleted": comment.deleted,
                "ap_id": self.url(comment.creator.host, f"comment/{comment.id}"),
                "local": comment.creator.host == self.state.host,
                "path": comment.path,
                "distinguished": comment.distinguished,
                "language_id": comment.language_id,
                "score": votes + comment.votes_of_others,
                "upvotes": votes,
                "downvotes": 0,
                "child_count": sum(item.path.startswith(below) for item in self.state.comments(comment.post)),
                **_UNREPORTED,
                "federation_pending": False,
                "locked": False,
            }
        )

    def post_view(self, post: Post) -> dict[str, Any]:
        read = self.viewer is not None and self.viewer.id in post.read_by
        return without_nulls(
            {
                "post": self.post(post),
                **self._surroundings(post.creator, post.community),
                "tags": [{"id": number, "name": tag} for number, tag in enumerate(post.tags, 1)],
                "post_actions": {"read_at": timestamp(post.published)} if read else None,
            }
        )

    def comment_view(self, comment: Comment) -> dict[str, Any]:
        voted = comment.author_upvoted and comment.creator is self.viewer
        vote = {"voted_at": timestamp(comment.published), "vote_is_upvote": True}
        return without_nulls(
            {
                "comment": self.comment(comment),
                "post": self.post(comment.post),
                **self._surroundings(comment.creator, comment.post.community),
                "comment_actions": vote if voted else None,
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

    def _surroundings(self, creator: Person, community: Community) -> dict[str, Any]:
        return {
            "creator": self.person(creator),
            "community": self.community(community),
            "community_actions": self._community_actions(community),
            "creator_is_admin": creator.admin,
            "tags": [],
            "can_mod": self.viewer in community.moderators,
            "creator_banned": creator.banned,
            "creator_is_moderator": creator in community.moderators,
            "creator_banned_from_community": self.is_banned(creator, community),
        }

    def _community_actions(self, community: Community) -> dict[str, Any] | None:
        standing, began = community.subscription_of(self.viewer), timestamp(self.state.started_at)
        actions: dict[str, Any] = {}
        if standing != "NotSubscribed":
            state = "accepted" if standing == "Subscribed" else "pending"
            actions |= {"followed_at": began, "follow_state": state}
        if self.is_banned(self.viewer, community):
            actions["received_ban_at"] = began
        return actions or None
