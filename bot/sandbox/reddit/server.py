"""A Reddit on loopback that real PRAW talks to: tokens, limits and faults around a `World`.

One address stands for both of Reddit's hosts: www.reddit.com, where tokens are had, and
oauth.reddit.com, where they are used.
"""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, LoopbackService, Request, Response
from bot.sandbox.reddit import calls, messages, views, wiki
from bot.sandbox.reddit.calls import ApiError, RequestContext
from bot.sandbox.reddit.server_state import Clock, Redditor, ServerState, utc_now

CLIENT_ID = "sandbox-app"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 (of an app that lives as long as the demo)

Route = Callable[[RequestContext], Any]


def _post_comment(visit: RequestContext) -> Any:
    """What is answered may be a comment, a post or a letter."""
    kind, _, number = visit.form("thing_id").partition("_")
    if kind != "t4":
        return calls.post_comment(visit)
    letter = next((each for each in visit.state.private_messages() if each.id == number), None)
    if letter is None:
        raise ApiError(404)
    return messages.answer_private_message(visit, letter)


_TOKEN = "/api/v1/access_token"  # noqa: S105
_ROUTES: tuple[tuple[str, re.Pattern[str], str, Route], ...] = tuple(
    (method, re.compile(pattern), name, route)
    for method, pattern, name, route in (
        ("GET", r"/api/v1/me", "GET /api/v1/me", calls.get_me),
        ("GET", r"/r/([^/]+)/new", "GET /new", calls.get_new),
        ("GET", r"/api/info", "GET /api/info", calls.get_info),
        ("GET", r"/comments/(\w+)", "GET /comments", calls.get_thread),
        ("GET", r"/user/([^/]+)/comments", "GET /user/comments", calls.get_own_comments),
        ("GET", r"/r/([^/]+)/about", "GET /about", calls.get_about),
        ("GET", r"/r/([^/]+)/about/moderators", "GET /about/moderators", calls.get_moderators),
        ("GET", r"/comments/(\w+)/_/(\w+)", "GET /comments/_/", calls.get_thread),
        ("POST", r"/api/comment", "POST /api/comment", _post_comment),
        ("POST", r"/api/editusertext", "POST /api/editusertext", calls.post_edit),
        ("POST", r"/api/distinguish", "POST /api/distinguish", calls.post_distinguish),
        ("POST", r"/api/del", "POST /api/del", calls.post_delete),
        ("GET", r"/message/unread", "GET /message/unread", messages.get_unread),
        ("GET", r"/message/sent", "GET /message/sent", messages.get_sent),
        ("POST", r"/api/read_message", "POST /api/read_message", messages.post_read),
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
            wiki.post_accept,
        ),
    )
)
_WINDOW = 600


class RedditSandbox(LoopbackService):
    """Serves `world` over HTTP from `start` to `stop`.

    `window` is how many calls an app has in ten minutes; `strict_multis` says whether one closed
    subreddit spoils the listing of several. `seen` keeps each API request for assertions.
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
        self.faults = faults or FaultInjector(calls=("POST /api/comment",))
        self.calls_per_window = calls_per_window
        self.strict_multis = strict_multis
        self.requests: list[Request] = []
        self.login_grants: list[str] = []
        """The grant of each token call."""
        self.refresh_tokens: dict[str, Redditor] = {}
        self._token_life = token_lifetime
        self._tokens: dict[str, tuple[Redditor, datetime]] = {}
        self._numbers = itertools.count(1)
        self._used: dict[int, int] = {}

    def revoke_tokens(self) -> None:
        """All access tokens expire."""
        self._tokens.clear()

    def calls(self, name: str) -> list[Request]:
        """The requests for a call, as "POST /api/comment"."""
        return [seen for seen in self.requests if _route(seen)[0] == name]

    def handle(self, request: Request) -> Response | Disconnect:
        if (request.method, request.path) == ("POST", _TOKEN):
            return self._log_in(request)
        self.requests.append(request)
        name, route, parts = _route(request)
        viewer = self._viewer(request)
        if viewer is None:
            return _plain(401, {"WWW-Authenticate": 'Bearer realm="reddit", error="invalid_token"'})
        headers = self._count()
        if headers is None:
            return _plain(429, {"Retry-After": str(self._reset())})
        if route is None:
            return _plain(404, headers)
        visit = RequestContext(request, self.state, viewer, parts, self.strict_multis)
        return self._serve(name, route, visit, headers)

    def _serve(
        self, name: str, route: Route, visit: RequestContext, headers: dict[str, str]
    ) -> Response | Disconnect:
        fault = self.faults.next_fault(name)
        if fault is None:
            return self._answer(visit, route, headers)
        instead = self._nothing_done(fault, visit.request, headers)
        if instead is not None:
            return instead
        if fault in (Fault.LATE_COMMIT, Fault.LATE_LISTING):
            visit = replace(visit, shown_from=self.state.clock() + self.faults.delay)
        answer = self._answer(visit, route, headers)
        if answer.status != 200 or fault is Fault.LATE_LISTING or b'"errors": [[' in bytes(answer.body):  # type: ignore[arg-type]
            return answer
        if fault is Fault.STORE_THEN_FAIL:
            return _plain(500, headers)
        if fault is Fault.EMPTY_THINGS:
            return Response.from_json(views.things(), headers=headers)
        return Disconnect(reset=fault is Fault.PARTIAL_STORE)

    def _nothing_done(
        self, fault: Fault, request: Request, headers: dict[str, str]
    ) -> Response | Disconnect | None:
        """The answer of a fault that carries nothing out; None for the others."""
        match fault:
            case Fault.DROP:
                return Disconnect()
            case Fault.FAIL:
                return _plain(500, headers)
            case Fault.RATE_LIMIT:
                return _plain(429, {"Retry-After": "2"})
            case Fault.RATELIMIT_ITEM:
                return Response.from_json(views.errors(calls.ratelimit(2)), headers=headers)
            case Fault.TOKEN_EXPIRED:
                self._tokens.pop(_bearer(request), None)
                return _plain(401, {"WWW-Authenticate": 'Bearer realm="reddit", error="invalid_token"'})
            case Fault.FORBIDDEN:
                return _plain(403, headers)
            case Fault.NOT_FOUND:
                return _plain(404, headers)
            case Fault.REDIRECT_TO_SEARCH:
                return _plain(302, {**headers, "Location": f"{self.url}/subreddits/search?q=x"})
            case _:
                return None

    def _answer(self, visit: RequestContext, route: Route, headers: dict[str, str]) -> Response:
        try:
            with self.state.lock:
                return Response.from_json(route(visit), headers=headers)
        except ApiError as refusal:
            if refusal.errors:
                return Response.from_json(views.errors(*refusal.errors), headers=headers)
            if refusal.location is not None:
                headers = {**headers, "Location": self.url + refusal.location}
            return _plain(refusal.status, headers, refusal.reason)

    def _viewer(self, request: Request) -> Redditor | None:
        redditor, expires = self._tokens.get(_bearer(request), (None, self.state.clock()))
        return redditor if expires > self.state.clock() else None

    def _log_in(self, request: Request) -> Response:
        form = request.form()
        grant = form.get("grant_type", "")
        self.login_grants.append(grant)
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return _plain(401)
        redditor = self._granted(grant, form)
        if redditor is None:
            return Response.from_json({"error": "invalid_grant"}, 200 if grant == "password" else 400)
        token = f"sandbox-{redditor.id}-{next(self._numbers)}"
        self._tokens[token] = (redditor, self.state.clock() + self._token_life)
        seconds = int(self._token_life.total_seconds())
        return Response.from_json(
            {"access_token": token, "token_type": "bearer", "expires_in": seconds, "scope": "*"}
        )

    def _granted(self, grant: str, form: dict[str, str]) -> Redditor | None:
        if grant == "refresh_token":
            return self.refresh_tokens.get(form.get("refresh_token", ""))
        redditor = self.state.redditors.get(form.get("username", "").lower())
        right = redditor is not None and redditor.password is not None
        return redditor if right and redditor and redditor.password == form.get("password") else None

    def _count(self) -> dict[str, str] | None:
        """The headers of a call that is within the limit; None for one too many."""
        number = int(self.state.clock().timestamp()) // _WINDOW
        used = self._used.get(number, 0) + 1
        if used > self.calls_per_window:
            return None
        self._used = {number: used}
        return {
            "X-Ratelimit-Used": str(used),
            "X-Ratelimit-Remaining": f"{self.calls_per_window - used:.1f}",
            "X-Ratelimit-Reset": str(self._reset()),
        }

    def _reset(self) -> int:
        return _WINDOW - int(self.state.clock().timestamp()) % _WINDOW


def _route(request: Request) -> tuple[str, Route | None, tuple[str, ...]]:
    path = request.path.rstrip("/")
    for method, pattern, name, route in _ROUTES:
        found = pattern.fullmatch(path) if method == request.method else None
        if found:
            return name, route, found.groups()
    return f"{request.method} {path}", None, ()


def _bearer(request: Request) -> str:
    return (request.headers.get("Authorization") or "").partition(" ")[2]


_MESSAGES = {302: "Found", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}


def _plain(status: int, headers: dict[str, str] | None = None, reason: str | None = None) -> Response:
    body: dict[str, Any] = {"message": _MESSAGES.get(status, "Internal Server Error"), "error": status}
    return Response.from_json({"reason": reason, **body} if reason else body, status, headers)
