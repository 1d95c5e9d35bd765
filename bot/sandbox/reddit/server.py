"""A Reddit on loopback for the real PRAW: tokens, rate limits and faults around a `ServerState`.

One address serves both of Reddit's hosts: www.reddit.com, which issues tokens, and oauth.reddit.com,
which accepts them.
"""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bot.sandbox.clock import Clock, utc_now
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, LoopbackService, Request, Response
from bot.sandbox.pages import SandboxPages
from bot.sandbox.reddit import messages, read_calls, views, wiki, write_calls
from bot.sandbox.reddit.page_backend import RedditPageBackend
from bot.sandbox.reddit.request_context import ApiError, RequestContext
from bot.sandbox.reddit.server_state import Redditor, ServerState

CLIENT_ID = "sandbox-app"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 (of an app that exists only in the sandbox)

Route = Callable[[RequestContext], Any]


def _post_comment(context: RequestContext) -> Any:
    """`thing_id` can be a post, a comment or a private message."""
    kind, _, number = context.form("thing_id").partition("_")
    if kind != "t4":
        return write_calls.post_comment(context)
    message = next((each for each in context.state.private_messages() if each.id == number), None)
    if message is None:
        raise ApiError(404)
    return messages.answer_private_message(context, message)


_TOKEN = "/api/v1/access_token"  # noqa: S105
_REVOKE = "/api/v1/revoke_token"
_ROUTES: tuple[tuple[str, re.Pattern[str], str, Route], ...] = tuple(
    (method, re.compile(pattern), name, route)
    for method, pattern, name, route in (
        ("GET", r"/api/v1/me", "GET /api/v1/me", read_calls.get_me),
        ("GET", r"/r/([^/]+)/new", "GET /new", read_calls.get_new),
        ("GET", r"/api/info", "GET /api/info", read_calls.get_info),
        ("GET", r"(?:/(?:r|u|user)/[^/]+)?/s/(\w+)", "GET /s", read_calls.get_share_link),
        ("GET", r"/comments/(\w+)", "GET /comments", read_calls.get_thread),
        ("GET", r"/user/([^/]+)/comments", "GET /user/comments", read_calls.get_own_comments),
        ("GET", r"/r/([^/]+)/about", "GET /about", read_calls.get_about),
        ("GET", r"/r/([^/]+)/about/moderators", "GET /about/moderators", read_calls.get_moderators),
        ("GET", r"/comments/(\w+)/_/(\w+)", "GET /comments/_/", read_calls.get_thread),
        ("POST", r"/api/comment", "POST /api/comment", _post_comment),
        ("POST", r"/api/editusertext", "POST /api/editusertext", write_calls.post_edit),
        ("POST", r"/api/distinguish", "POST /api/distinguish", write_calls.post_distinguish),
        ("POST", r"/api/del", "POST /api/del", write_calls.post_delete),
        ("GET", r"/message/unread", "GET /message/unread", messages.get_unread),
        ("GET", r"/message/sent", "GET /message/sent", messages.get_sent),
        ("POST", r"/api/read_message", "POST /api/read_message", messages.post_read_message),
        ("POST", r"/api/compose", "POST /api/compose", messages.post_compose),
        ("GET", r"/api/mod/conversations", "GET /api/mod/conversations", messages.get_conversations),
        (
            "POST",
            r"/api/mod/conversations/read",
            "POST /api/mod/conversations/read",
            messages.post_conversations_read,
        ),
        ("GET", r"/api/mod/conversations/(\w+)", "GET /api/mod/conversations/_", messages.get_conversation),
        (
            "POST",
            r"/api/mod/conversations/(\w+)",
            "POST /api/mod/conversations/_",
            messages.post_in_conversation,
        ),
        ("GET", r"/r/([^/]+)/wiki/settings/(\w+)", "GET /wiki/settings", wiki.get_settings),
        ("POST", r"/r/([^/]+)/wiki/settings/(\w+)", "POST /wiki/settings", wiki.post_settings),
        ("GET", r"/r/([^/]+)/wiki/(\w+)", "GET /wiki", wiki.get_page),
        ("POST", r"/r/([^/]+)/api/wiki/edit", "POST /api/wiki/edit", wiki.post_edit),
        (
            "POST",
            r"/r/([^/]+)/api/accept_moderator_invite",
            "POST /api/accept_moderator_invite",
            wiki.post_accept_invite,
        ),
    )
)
_WINDOW = 600
"""Seconds."""
_INVALID_TOKEN = {"WWW-Authenticate": 'Bearer realm="reddit", error="invalid_token"'}


class RedditSandbox(LoopbackService):
    """Serves `state` over HTTP from `start` to `stop`.

    `calls_per_window` is the number of calls that an app has in ten minutes. `strict_multis` is whether
    one inaccessible subreddit makes the listing of several fail. `requests` keeps all API requests.
    """

    def __init__(
        self,
        *,
        clock: Clock = utc_now,
        faults: FaultInjector | None = None,
        calls_per_window: int = 1000,
        strict_multis: bool = True,
        token_lifetime: timedelta = timedelta(hours=24),
        port: int = 0,
    ) -> None:
        self._server = LoopbackServer(self.handle, port)
        self.state = ServerState(clock)
        self._pages = SandboxPages(RedditPageBackend(self.state), self.state.lock)
        self.faults = faults or FaultInjector(calls=("POST /api/comment",))
        self.calls_per_window = calls_per_window
        self.strict_multis = strict_multis
        self.requests: list[Request] = []
        self.login_grants: list[str] = []
        """The `grant_type` of each token call."""
        self.refresh_tokens: dict[str, Redditor] = {}
        self.revocations: list[str] = []
        """The tokens that an app asked to revoke."""
        self._tokens_of_refresh_token: dict[str, list[str]] = {}
        self._token_lifetime = token_lifetime
        self._tokens: dict[str, tuple[Redditor, datetime]] = {}
        self._token_numbers = itertools.count(1)
        self._calls_in_window: dict[int, int] = {}

    def revoke_tokens(self) -> None:
        """Let all access tokens expire."""
        self._tokens.clear()

    def calls(self, name: str) -> list[Request]:
        """All requests for a call, such as "POST /api/comment"."""
        return [request for request in self.requests if _route(request)[0] == name]

    def handle(self, request: Request) -> Response | Disconnect:
        if self._pages.is_page(request):
            return self._pages.respond(request)
        if (request.method, request.path) == ("POST", _TOKEN):
            return self._log_in(request)
        if (request.method, request.path) == ("POST", _REVOKE):
            return self._revoke_token(request)
        self.requests.append(request)
        name, route, parts = _route(request)
        viewer = self._viewer(request)
        if viewer is None:
            return _status_response(401, _INVALID_TOKEN)
        headers = self._count_call()
        if headers is None:
            return _status_response(429, {"Retry-After": str(self._seconds_to_reset())})
        if route is None:
            return _status_response(404, headers)
        context = RequestContext(request, self.state, viewer, parts, self.strict_multis)
        return self._serve_call(name, route, context, headers)

    def _serve_call(
        self, name: str, route: Route, context: RequestContext, headers: dict[str, str]
    ) -> Response | Disconnect:
        fault = self.faults.next_fault(name)
        if fault is Fault.HOLD:
            self.faults.hold()
            if self._viewer(context.request) is None:
                return _status_response(401, _INVALID_TOKEN)
            fault = None
        if fault is None:
            return self._respond(context, route, headers)
        response_without_effect = self._response_without_effect(fault, context.request, headers)
        if response_without_effect is not None:
            return response_without_effect
        if fault in (Fault.LATE_COMMIT, Fault.LATE_LISTING):
            context = replace(context, visible_from=self.state.clock() + self.faults.delay)
        response = self._respond(context, route, headers)
        if response.status != 200 or fault is Fault.LATE_LISTING or b'"errors": [[' in bytes(response.body):  # type: ignore[arg-type]
            return response
        if fault is Fault.STORE_THEN_FAIL:
            return _status_response(500, headers)
        if fault is Fault.EMPTY_THINGS:
            return Response.from_json(views.things(), headers=headers)
        return Disconnect(reset=fault is Fault.PARTIAL_STORE)

    def _response_without_effect(
        self, fault: Fault, request: Request, headers: dict[str, str]
    ) -> Response | Disconnect | None:
        """The response for a fault without any effect on the state; None for other faults."""
        match fault:
            case Fault.DROP:
                return Disconnect()
            case Fault.FAIL:
                return _status_response(500, headers)
            case Fault.RATE_LIMIT:
                return _status_response(429, {"Retry-After": "2"})
            case Fault.RATELIMIT_ITEM:
                return Response.from_json(views.errors(write_calls.ratelimit(2)), headers=headers)
            case Fault.TOKEN_EXPIRED:
                self._tokens.pop(_bearer(request), None)
                return _status_response(401, _INVALID_TOKEN)
            case Fault.FORBIDDEN:
                return _status_response(403, headers)
            case Fault.NOT_FOUND:
                return _status_response(404, headers)
            case Fault.REDIRECT_TO_SEARCH:
                return _status_response(302, {**headers, "Location": f"{self.url}/subreddits/search?q=x"})
            case _:
                return None

    def _respond(self, context: RequestContext, route: Route, headers: dict[str, str]) -> Response:
        try:
            with self.state.lock:
                return Response.from_json(route(context), headers=headers)
        except ApiError as error:
            if error.errors:
                return Response.from_json(views.errors(*error.errors), headers=headers)
            if error.location is not None:
                headers = {**headers, "Location": self.url + error.location}
            return _status_response(error.status, headers, error.reason)

    def _viewer(self, request: Request) -> Redditor | None:
        redditor, expires = self._tokens.get(_bearer(request), (None, self.state.clock()))
        return redditor if expires > self.state.clock() else None

    def _log_in(self, request: Request) -> Response:
        form = request.form()
        grant = form.get("grant_type", "")
        self.login_grants.append(grant)
        if not _is_from_app(request):
            return _status_response(401)
        redditor = self._authenticate(grant, form)
        if redditor is None:
            return Response.from_json({"error": "invalid_grant"}, 200 if grant == "password" else 400)
        token = f"sandbox-{redditor.id}-{next(self._token_numbers)}"
        self._tokens[token] = (redditor, self.state.clock() + self._token_lifetime)
        if grant == "refresh_token":
            self._tokens_of_refresh_token.setdefault(form["refresh_token"], []).append(token)
        seconds = int(self._token_lifetime.total_seconds())
        return Response.from_json(
            {"access_token": token, "token_type": "bearer", "expires_in": seconds, "scope": "*"}
        )

    def _revoke_token(self, request: Request) -> Response:
        """Revoke an access token, or a refresh token with all its access tokens (RFC 7009).

        An unknown token is a success too. Source: `POST_revoke_token` in the archived code of Reddit.
        """
        if not _is_from_app(request):
            return _status_response(401)
        token = request.form().get("token", "")
        self.revocations.append(token)
        self._tokens.pop(token, None)
        if self.refresh_tokens.pop(token, None) is not None:
            for each in self._tokens_of_refresh_token.pop(token, ()):
                self._tokens.pop(each, None)
        return Response(204)

    def _authenticate(self, grant: str, form: dict[str, str]) -> Redditor | None:
        if grant == "refresh_token":
            return self.refresh_tokens.get(form.get("refresh_token", ""))
        redditor = self.state.redditors.get(form.get("username", "").lower())
        has_password = redditor is not None and redditor.password is not None
        return redditor if has_password and redditor and redditor.password == form.get("password") else None

    def _count_call(self) -> dict[str, str] | None:
        """The headers for a call within the limit; None if the call exceeds it."""
        number = int(self.state.clock().timestamp()) // _WINDOW
        used = self._calls_in_window.get(number, 0) + 1
        if used > self.calls_per_window:
            return None
        self._calls_in_window = {number: used}
        return {
            "X-Ratelimit-Used": str(used),
            "X-Ratelimit-Remaining": f"{self.calls_per_window - used:.1f}",
            "X-Ratelimit-Reset": str(self._seconds_to_reset()),
        }

    def _seconds_to_reset(self) -> int:
        return _WINDOW - int(self.state.clock().timestamp()) % _WINDOW


def _route(request: Request) -> tuple[str, Route | None, tuple[str, ...]]:
    path = request.path.rstrip("/")
    for method, pattern, name, route in _ROUTES:
        found = pattern.fullmatch(path) if method == request.method else None
        if found:
            return name, route, found.groups()
    return f"{request.method} {path}", None, ()


def _is_from_app(request: Request) -> bool:
    expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    return request.headers.get("Authorization") == f"Basic {expected}"


def _bearer(request: Request) -> str:
    return (request.headers.get("Authorization") or "").partition(" ")[2]


_MESSAGES = {302: "Found", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}


def _status_response(
    status: int, headers: dict[str, str] | None = None, reason: str | None = None
) -> Response:
    body: dict[str, Any] = {"message": _MESSAGES.get(status, "Internal Server Error"), "error": status}
    return Response.from_json({"reason": reason, **body} if reason else body, status, headers)
