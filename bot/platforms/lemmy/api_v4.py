"""API v4, spoken by Lemmy 1.0: a table of calls, and parsers of their answers.

1.0 still serves a part of v3, which is never used: it has no token check and no own page, and it
gives no page tokens and false limits. Source: measurements on a real 1.0.0-beta.1 server.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.models import Comment, Post
from bot.platforms.api_call import Call
from bot.platforms.lemmy import schemas_v3, schemas_v4
from bot.platforms.lemmy.api import Account, CommunityState, OwnComments, Site, Viewer
from bot.platforms.lemmy.errors import LoginErrors
from bot.platforms.lemmy.messaging_v4 import LemmyMessagingV4
from bot.platforms.lemmy.parsing import comment_of, known_limits, own_comments_of, parse, parse_each, post_of
from bot.platforms.pagination import PostPage
from bot.platforms.rate_limits import BucketType, FixedWindow, Limit
from bot.platforms.subscribed_listing import subscription_state_of

_API = "/api/v4"
_UNDETERMINED = "und"
_KEY_LENGTH = 32
"""A longer Idempotency-Key is ignored."""


class LemmyApiV4(LoginErrors, LemmyMessagingV4):
    """Lemmy 1.0's dialect."""

    buckets: Mapping[str, Limit] = {
        "message": Limit(180, 60),
        "post": Limit(6, 600),
        "register": Limit(10, 3600),
        "comment": Limit(6, 600),
        "search": Limit(60, 600),
    }
    bucket_type: BucketType = FixedWindow
    shared_bucket: str | None = "message"
    page_size = 50

    def login_call(self, username: str, password: str) -> Call:
        """Without `stay_logged_in` the token would end after a week."""
        body = {"username_or_email": username, "password": password, "stay_logged_in": True}
        return Call("POST", f"{_API}/account/auth/login", "register", body=body)

    def parse_token(self, answer: Any) -> str:
        """Never looked into: the end that it names is in the year 262142."""
        return parse(schemas_v3.LoginResponse, answer).jwt

    def token_check_call(self) -> Call:
        return Call("GET", f"{_API}/account/validate_auth")

    def site_calls(self) -> tuple[Call, ...]:
        return Call("GET", f"{_API}/site"), Call("GET", f"{_API}/account")

    def parse_site(self, answers: Sequence[Any]) -> Site:
        site, account = (
            parse(schemas_v4.SiteResponse, answers[0]),
            parse(schemas_v4.AccountResponse, answers[1]),
        )
        numbers = {item.id for item in site.all_languages}
        languages = {item.id: item.code for item in site.all_languages if item.code != _UNDETERMINED}
        limits = _limits(site.site_view.local_site_rate_limit)
        return Site(site.version, _me(account, numbers), languages, limits)

    def posts_call(self, community: str | None, page: str | None, *, subscribed: bool = False) -> Call:
        """`show_read`: GET /post marks a post read, and an account may hide those."""
        query: dict[str, str | int] = {
            "type_": "subscribed" if subscribed else "all",
            "sort": "new",
            "limit": self.page_size,
            "show_read": "true",
        }
        if community is not None:
            query["community_name"] = community
        if page is not None:
            query["page_cursor"] = page
        return Call("GET", f"{_API}/post/list", query=query)

    def parse_posts(self, answer: Any, lens: Viewer) -> PostPage:
        """Only a full page has a token for one more."""
        listed = parse(schemas_v4.PostList, answer)
        posts = parse_each(listed.items, lambda item: _post(parse(schemas_v4.PostView, item), lens))
        return PostPage(posts, listed.next_page)

    def is_of_other_version(self, answer: Any) -> bool:
        """0.19 serves nothing at all of v4."""
        return False

    def post_call(self, post_id: str) -> Call:
        return Call("GET", f"{_API}/post", query={"id": post_id})

    def parse_post(self, answer: Any, lens: Viewer) -> Post:
        return _post(parse(schemas_v4.PostResponse, answer).post_view, lens)

    def own_comments_call(self, post_id: str, me: int, page: str | None) -> Call:
        query: dict[str, str | int] = {
            "post_id": post_id,
            "creator_id": me,
            "type_": "all",
            "sort": "new",
            "limit": self.page_size,
        }
        if page is not None:
            query["page_cursor"] = page
        return Call("GET", f"{_API}/comment/list", query=query)

    def parse_own_comments(self, answer: Any, post_id: str, lens: Viewer) -> OwnComments:
        listed = parse(schemas_v4.CommentList, answer)
        return own_comments_of([view.comment for view in listed.items], post_id, lens, listed.next_page)

    def reply_call(
        self, post_id: str, markdown: str, language: int | None, parent_id: str | None = None
    ) -> Call:
        """Leaving the language out always passes; an explicit 0 may be refused.

        The key makes the server carry the same reply out once within two minutes at least. A failed
        try uses it up too and the answer to a second says nothing, so it only adds to reading back.
        """
        body: dict[str, Any] = {"post_id": int(post_id), "content": markdown}
        if language is not None:
            body["language_id"] = language
        if parent_id is not None:
            body["parent_id"] = int(parent_id)
        return Call("POST", f"{_API}/comment", "comment", body=body, idempotency_key=_key(body))

    def edit_call(self, comment_id: str, markdown: str) -> Call:
        """Each edit notifies the author of the post again."""
        return Call("PUT", f"{_API}/comment", body={"comment_id": int(comment_id), "content": markdown})

    def delete_call(self, comment_id: str) -> Call:
        return Call("DELETE", f"{_API}/comment", body={"comment_id": int(comment_id), "deleted": True})

    def parse_comment(self, answer: Any, lens: Viewer) -> Comment:
        comment = parse(schemas_v4.CommentResponse, answer).comment_view.comment
        return replace(comment_of(comment, lens), score=comment.score)

    def unvote_call(self, comment_id: str) -> Call:
        """A vote that is neither up nor down; refused to accounts with the bot flag."""
        return Call("POST", f"{_API}/comment/like", body={"comment_id": int(comment_id)})

    def save_settings_call(self, fields: Mapping[str, object]) -> Call:
        return Call("PUT", f"{_API}/account/settings/save", body=dict(fields))

    def community_call(self, name: str) -> Call:
        return Call("GET", f"{_API}/community", query={"name": name})

    def parse_community(self, answer: Any) -> CommunityState:
        found = parse(schemas_v4.CommunityResponse, answer)
        view = found.community_view
        return CommunityState(
            name=view.community.handle,
            id=view.community.id,
            subscription=subscription_state_of(view.community_actions.follow_state),
            banned=view.community_actions.received_ban_at is not None,
            removed=view.community.removed or view.community.local_removed or view.community.deleted,
            languages=frozenset(found.discussion_languages),
        )

    def subscribe_call(self, community: int) -> Call:
        return Call("POST", f"{_API}/community/follow", body={"community_id": community, "follow": True})

    def search_communities_call(self, words: str) -> Call:
        query: dict[str, str | int] = {
            "search_term": words,
            "type_": "communities",
            "listing_type": "all",
            "limit": 50,
        }
        return Call("GET", f"{_API}/search", "search", query=query)

    def parse_communities(self, answer: Any) -> tuple[str, ...]:
        return tuple(view.community.handle for view in parse(schemas_v4.SearchResponse, answer).communities)


def _post(view: schemas_v4.PostView, lens: Viewer) -> Post:
    return post_of(
        view.post,
        view.creator,
        view.community,
        lens,
        score=view.post.score,
        banned=view.community_actions.received_ban_at is not None,
        flair=view.flair,
    )


def _me(account: schemas_v4.AccountResponse, all_languages: set[int]) -> Account:
    """Where 0.19 has no language for "all", 1.0 has every one of them."""
    person, settings = account.local_user_view.person, account.local_user_view.local_user
    chosen = frozenset(account.discussion_languages)
    return Account(
        id=person.id,
        name=person.handle,
        bot_flag=person.bot_account,
        sees_bots=settings.show_bot_accounts,
        sees_nsfw=settings.show_nsfw,
        languages=frozenset() if chosen >= all_languages else chosen,
        sees_read_posts=settings.show_read_posts,
        biography=person.bio,
        follows=frozenset(follow.community.handle for follow in account.follows),
    )


def _limits(told: schemas_v4.SiteRateLimits) -> dict[str, Limit]:
    return known_limits(
        {
            "message": (told.message_max_requests, told.message_interval_seconds),
            "post": (told.post_max_requests, told.post_interval_seconds),
            "register": (told.register_max_requests, told.register_interval_seconds),
            "comment": (told.comment_max_requests, told.comment_interval_seconds),
            "search": (told.search_max_requests, told.search_interval_seconds),
        }
    )


def _key(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(repr(sorted(body.items())).encode()).hexdigest()[:_KEY_LENGTH]
