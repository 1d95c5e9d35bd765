"""What each version of Lemmy serves: its APIs with their routes, rate limits and error answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from msgspec import Struct

from bot.sandbox.lemmy import calls_v4, messages_v3, messages_v4, read_calls_v3, write_calls_v3
from bot.sandbox.lemmy.api_errors import ApiError
from bot.sandbox.lemmy.rate_limits import FixedWindows, RateLimits, TokenBuckets
from bot.sandbox.lemmy.request_context import RequestContext
from bot.sandbox.lemmy.views import Views, error_body
from bot.sandbox.lemmy.views_v3 import ViewsV3
from bot.sandbox.lemmy.views_v4 import ViewsV4

Route = Callable[[RequestContext], dict[str, Any]]
Routes = Mapping[tuple[str, str], tuple[str, Route]]
"""Method and path -> rate limit and the function that answers."""


class CreateComment(Protocol):
    def __call__(
        self, context: RequestContext, *, complete: bool = ..., visible_from: Any = ...
    ) -> dict[str, Any]: ...


class CreatePrivateMessage(Protocol):
    def __call__(self, context: RequestContext, *, visible_from: Any = ...) -> dict[str, Any]: ...


class Api(Struct, frozen=True):
    prefix: str
    login: str
    logout: str
    logout_bucket: str
    """The rate limit of `logout`."""
    routes: Routes
    create_comment: CreateComment
    create_private_message: CreatePrivateMessage
    views: type[Views]


class LemmyVersion(Struct, frozen=True):
    """How a version of Lemmy differs from others.

    `shared_bucket` is a rate limit that counts every call in addition to the call's own.
    `error_response` returns status and body. `banned_stay_logged_in`: a banned account may still read.
    """

    apis: tuple[Api, ...]
    limits: type[RateLimits]
    shared_bucket: str | None
    rate_limit_error: tuple[int, str]
    error_response: Callable[[ApiError], tuple[int, dict[str, Any]]]
    banned_stay_logged_in: bool


def lemmy_version(version: str) -> LemmyVersion:
    """For a version such as "0.19.20" or "1.0.0-beta.1"."""
    return _LEMMY_0_19 if version.startswith("0.") else _LEMMY_1_0


def _error_response_v3(error: ApiError) -> tuple[int, dict[str, Any]]:
    return error.status, error_body(error.code, error.message)


_NOT_FOUND_CODES = {
    "couldnt_find_post",
    "couldnt_find_comment",
    "couldnt_find_person",
    "couldnt_find_community",
}
_RENAMED_CODES = {
    "banned_from_community": "person_is_banned_from_community",
    "couldnt_create_comment": "couldnt_create",
    "couldnt_update_comment": "couldnt_update",
    "couldnt_get_posts": "invalid_fetch_limit",
    "couldnt_get_comments": "invalid_fetch_limit",
}


def _error_response_v4(error: ApiError) -> tuple[int, dict[str, Any]]:
    """Other codes, 404 for everything that is not found, and a `cause` unless the framework answers."""
    code = error.code
    if code == "couldnt_find_community" and error.status == 400 and error.message is not None:
        return 400, {**error_body("unknown", error.message), "cause": error.message}
    if code in _NOT_FOUND_CODES or error.message == "Record not found":
        return 404, {"error": "not_found", "cause": "Record not found"}
    code = _RENAMED_CODES.get(code, code)
    body = error_body(code, error.message)
    if error.message is None or not error.message.startswith(("Json", "Query", "Content")):
        body["cause"] = error.message or "".join(word.capitalize() for word in code.split("_"))
    return error.status, body


def _shim_site(context: RequestContext) -> dict[str, Any]:
    """All rate limits are given as zero."""
    response = read_calls_v3.get_site(context)
    limits: dict[str, Any] = response["site_view"]["local_site_rate_limit"]
    zeros = {name: 0 for name, value in limits.items() if isinstance(value, int)}
    response["site_view"]["local_site_rate_limit"] = limits | zeros
    return response


def _shim_post_list(context: RequestContext) -> dict[str, Any]:
    response = read_calls_v3.post_list(context)
    response.pop("next_page", None)
    return response


def _shim_unread_count(_context: RequestContext) -> dict[str, Any]:
    return {"replies": 0, "mentions": 0, "private_messages": 0}


_V3_ROUTES: Routes = {
    ("GET", "/site"): ("message", read_calls_v3.get_site),
    ("GET", "/user/validate_auth"): ("message", read_calls_v3.validate_auth),
    ("GET", "/post/list"): ("message", read_calls_v3.post_list),
    ("GET", "/post"): ("message", read_calls_v3.get_post),
    ("GET", "/community"): ("message", read_calls_v3.get_community),
    ("GET", "/community/list"): ("message", read_calls_v3.community_list),
    ("GET", "/comment/list"): ("message", read_calls_v3.comment_list),
    ("GET", "/comment"): ("message", read_calls_v3.get_comment),
    ("GET", "/user"): ("message", read_calls_v3.get_user),
    ("GET", "/user/mention"): ("message", messages_v3.mentions),
    ("GET", "/user/replies"): ("message", messages_v3.replies),
    ("GET", "/user/unread_count"): ("message", messages_v3.unread_count),
    ("GET", "/private_message/list"): ("message", messages_v3.private_messages),
    ("POST", "/user/mention/mark_as_read"): ("message", messages_v3.mark_mention),
    ("POST", "/comment/mark_as_read"): ("message", messages_v3.mark_reply),
    ("POST", "/private_message/mark_as_read"): ("message", messages_v3.mark_private_message),
    ("POST", "/private_message"): ("message", messages_v3.create_private_message),
    ("GET", "/search"): ("search", read_calls_v3.search),
    ("GET", "/resolve_object"): ("message", read_calls_v3.resolve_object),
    ("POST", "/comment"): ("comment", write_calls_v3.create_comment),
    ("PUT", "/comment"): ("message", write_calls_v3.edit_comment),
    ("POST", "/comment/delete"): ("message", write_calls_v3.delete_comment),
    ("POST", "/comment/like"): ("message", write_calls_v3.like_comment),
    ("POST", "/community/follow"): ("message", write_calls_v3.follow_community),
    ("PUT", "/user/save_user_settings"): ("message", write_calls_v3.save_user_settings),
}

_V4_ROUTES: Routes = {
    ("GET", "/site"): ("message", calls_v4.get_site),
    ("GET", "/account"): ("message", calls_v4.get_account),
    ("GET", "/account/validate_auth"): ("message", read_calls_v3.validate_auth),
    ("GET", "/post/list"): ("message", calls_v4.post_list),
    ("GET", "/post"): ("message", read_calls_v3.get_post),
    ("GET", "/community"): ("message", calls_v4.get_community),
    ("GET", "/community/list"): ("message", calls_v4.community_list),
    ("GET", "/comment/list"): ("message", calls_v4.comment_list),
    ("GET", "/comment"): ("message", calls_v4.get_comment),
    ("GET", "/search"): ("search", calls_v4.search),
    ("GET", "/resolve_object"): ("search", calls_v4.resolve_object),
    ("GET", "/person"): ("message", messages_v4.get_person),
    ("GET", "/account/unread_counts"): ("message", messages_v4.unread_counts),
    ("GET", "/account/notification/list"): ("message", messages_v4.notifications),
    ("POST", "/account/notification/mark_as_read"): ("message", messages_v4.mark_read),
    ("POST", "/private_message"): ("message", messages_v4.create_private_message),
    ("POST", "/comment"): ("comment", calls_v4.create_comment),
    ("PUT", "/comment"): ("message", calls_v4.edit_comment),
    ("DELETE", "/comment"): ("message", calls_v4.delete_comment),
    ("POST", "/comment/like"): ("message", calls_v4.like_comment),
    ("POST", "/community/follow"): ("message", calls_v4.follow_community),
    ("PUT", "/account/settings/save"): ("message", calls_v4.save_settings),
}

_NOT_IN_SHIM = (
    "/comment",
    "/user",
    "/user/mention",
    "/user/replies",
    "/user/validate_auth",
    "/user/save_user_settings",
    "/private_message",
    "/private_message/list",
    "/private_message/mark_as_read",
    "/user/mention/mark_as_read",
    "/comment/mark_as_read",
)

_SHIM_ROUTES: Routes = {
    **{
        (method, path): route
        for (method, path), route in _V3_ROUTES.items()
        if path not in _NOT_IN_SHIM or (path == "/comment" and method != "GET")
    },
    ("GET", "/site"): ("message", _shim_site),
    ("GET", "/post/list"): ("message", _shim_post_list),
    ("GET", "/user/unread_count"): ("message", _shim_unread_count),
}

_V3 = Api(
    "/api/v3",
    "/user/login",
    "/user/logout",
    "message",
    _V3_ROUTES,
    write_calls_v3.create_comment,
    messages_v3.create_private_message,
    ViewsV3,
)
_SHIM = Api(
    "/api/v3",
    "/user/login",
    "/user/logout",
    "message",
    _SHIM_ROUTES,
    write_calls_v3.create_comment,
    messages_v3.create_private_message,
    ViewsV3,
)
_V4 = Api(
    "/api/v4",
    "/account/auth/login",
    "/account/auth/logout",
    "register",
    _V4_ROUTES,
    calls_v4.create_comment,
    messages_v4.create_private_message,
    ViewsV4,
)
_LEMMY_0_19 = LemmyVersion(
    (_V3,), TokenBuckets, None, (400, "rate_limit_error"), _error_response_v3, banned_stay_logged_in=False
)
_LEMMY_1_0 = LemmyVersion(
    (_V4, _SHIM),
    FixedWindows,
    "message",
    (429, "too_many_requests"),
    _error_response_v4,
    banned_stay_logged_in=True,
)
