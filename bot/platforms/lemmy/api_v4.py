"""API v4 of Lemmy 1.0: its calls, and the parsers of their responses.

1.0 still serves a part of v3. Precis never uses it, because it has no token check and no page of the
own account, and gives no page tokens and wrong limits. Source: measurements on a real 1.0.0-beta.1
server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from bot.platforms.api_call import Call
from bot.platforms.api_models import parse
from bot.platforms.buckets import BucketType, Limit
from bot.platforms.fixed_window import FixedWindow
from bot.platforms.lemmy import schemas_v4
from bot.platforms.lemmy.api import Account, OwnComments, Site, Viewer
from bot.platforms.lemmy.api_base import LemmyApiBase
from bot.platforms.lemmy.messaging_v4 import LemmyMessagingV4
from bot.platforms.lemmy.parsing import account_of, known_limits, languages_of, own_comments_of
from bot.platforms.pagination import PostPage

_KEY_LENGTH = 32
"""The server ignores a longer Idempotency-Key."""


class LemmyApiV4(LemmyApiBase, LemmyMessagingV4):
    """The `LemmyApi` of Lemmy 1.0."""

    prefix = "/api/v4"
    bucket_type: BucketType = FixedWindow
    shared_bucket: str | None = "message"
    resolve_bucket = "search"

    _post_view = schemas_v4.PostView
    _post_response = schemas_v4.PostResponse
    _comment_response = schemas_v4.CommentResponse
    _community_response = schemas_v4.CommunityResponse
    _search_response = schemas_v4.SearchResponse

    def enum_value(self, value: str) -> str:
        return value.lower()

    def login_call(self, username: str, password: str) -> Call:
        """Without `stay_logged_in` the token would expire after a week."""
        body = {"username_or_email": username, "password": password, "stay_logged_in": True}
        return Call("POST", f"{self.prefix}/account/auth/login", "register", body=body)

    def logout_call(self) -> Call:
        return Call("POST", f"{self.prefix}/account/auth/logout", "register", body={})

    def token_check_call(self) -> Call:
        return Call("GET", f"{self.prefix}/account/validate_auth")

    def site_calls(self) -> tuple[Call, ...]:
        return Call("GET", f"{self.prefix}/site"), Call("GET", f"{self.prefix}/account")

    def parse_site(self, responses: Sequence[Any]) -> Site:
        site, user = (
            parse(schemas_v4.SiteResponse, responses[0]),
            parse(schemas_v4.AccountResponse, responses[1]),
        )
        me = _without_full_choice(account_of(user), {item.id for item in site.all_languages})
        limits = _limits(site.site_view.local_site_rate_limit)
        return Site(site.version, me, languages_of(site.all_languages), limits)

    def parse_posts(self, response: Any, viewer: Viewer, limit: int) -> PostPage:
        """Only a full page has a token for the next one."""
        del limit
        listed = parse(schemas_v4.PostList, response)
        posts = self._listed_posts(listed.items, viewer)
        return PostPage(posts, listed.next_page)

    def is_of_other_version(self, response: Any) -> bool:
        """Always False: 0.19 serves nothing of v4."""
        return False

    def own_comments_call(self, post_id: str, me: int) -> Call:
        query: dict[str, str | int] = {
            "post_id": post_id,
            "creator_id": me,
            "type_": "all",
            "sort": "new",
            "limit": self.page_size,
        }
        return Call("GET", f"{self.prefix}/comment/list", query=query)

    def parse_own_comments(self, response: Any, post_id: str, viewer: Viewer) -> OwnComments:
        listed = parse(schemas_v4.CommentList, response)
        return own_comments_of(listed.items, post_id, viewer, listed.next_page)

    def reply_call(
        self,
        post_id: str,
        markdown: str,
        language: int | None,
        parent_id: str | None = None,
        refused_sends: int = 0,
    ) -> Call:
        """With an Idempotency-Key: the server does not store the same reply twice within two minutes.

        A refused request uses its key up too, so the key contains the number of refused sends. A request
        without a clear answer is sent again with the same key. The response to that does not say whether
        the reply exists, so the key does not replace reading back.
        """
        call = super().reply_call(post_id, markdown, language, parent_id)
        return replace(call, idempotency_key=_idempotency_key(call.body or {}, refused_sends))

    def delete_call(self, comment_id: str) -> Call:
        body = {"comment_id": int(comment_id), "deleted": True}
        return Call("DELETE", f"{self.prefix}/comment", body=body)

    def unvote_call(self, comment_id: str) -> Call:
        """A vote that is neither up nor down. The server refuses it to accounts with the bot flag."""
        return Call("POST", f"{self.prefix}/comment/like", body={"comment_id": int(comment_id)})

    def save_settings_call(self, fields: Mapping[str, object]) -> Call:
        return Call("PUT", f"{self.prefix}/account/settings/save", body=dict(fields))

    def parse_resolved(self, response: Any) -> str | None:
        """A comment has its post beside it."""
        found = parse(schemas_v4.ResolvedObject, response)
        row = {"post": found.post, "comment": found.comment}.get(found.kind)
        return None if row is None else f"/{found.kind}/{row.id}"

    def search_communities_call(self, words: str) -> Call:
        query: dict[str, str | int] = {
            "search_term": words,
            "type_": "communities",
            "listing_type": "all",
            "limit": 50,
        }
        return Call("GET", f"{self.prefix}/search", "search", query=query)


def _without_full_choice(account: Account, all_languages: set[int]) -> Account:
    """Where 0.19 lists no language to mean "all", 1.0 lists every language."""
    return replace(account, languages=frozenset()) if account.languages >= all_languages else account


def _limits(limits: schemas_v4.SiteRateLimits) -> dict[str, Limit]:
    return known_limits(
        {
            "message": (limits.message_max_requests, limits.message_interval_seconds),
            "post": (limits.post_max_requests, limits.post_interval_seconds),
            "register": (limits.register_max_requests, limits.register_interval_seconds),
            "comment": (limits.comment_max_requests, limits.comment_interval_seconds),
            "search": (limits.search_max_requests, limits.search_interval_seconds),
        }
    )


def _idempotency_key(body: Mapping[str, Any], refused_sends: int) -> str:
    text = repr((sorted(body.items()), refused_sends))
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY_LENGTH]
