"""A PieFed 1.6.27 on loopback: routes, log-ins, rate limits and faults around a `World`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.broken_responses import response_with_fault
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.lemmy.mentions import mentions_on_piefed
from bot.sandbox.lemmy.rate_limits import FixedWindows
from bot.sandbox.lemmy.server_state import Clock, Person, ServerState, utc_now
from bot.sandbox.lemmy.views import nodeinfo
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, LoopbackService, Request, Response
from bot.sandbox.piefed import calls, messages
from bot.sandbox.piefed.calls import VERSION, Refusal, RequestContext
from bot.sandbox.piefed.views import Views

_API = "/api/alpha"
DEFAULTS = {
    "POST /comment": (3, 60),
    "POST /private_message": (3, 60),
    "GET /site": (20, 60),
    "POST /user/login": (20, 3600),
}
"""Call -> requests, and the seconds of the window that the first one opens; no others are limited."""

Route = Callable[[RequestContext], dict[str, Any]]
_ROUTES: dict[str, Route] = {
    "GET /user/me": calls.get_me,
    "GET /site": calls.get_site,
    "GET /site/version": calls.get_version,
    "GET /post/list": calls.post_list,
    "GET /post": calls.get_post,
    "GET /community": calls.get_community,
    "POST /community/follow": calls.follow_community,
    "GET /comment/list": calls.comment_list,
    "POST /comment": calls.create_comment,
    "PUT /comment": calls.edit_comment,
    "POST /comment/delete": calls.delete_comment,
    "POST /comment/like": calls.like_comment,
    "PUT /user/save_user_settings": calls.save_user_settings,
    "GET /comment": calls.get_comment,
    "GET /user": calls.get_user,
    "GET /user/unread_count": messages.unread_count,
    "GET /user/mentions": messages.mentions,
    "GET /user/replies": messages.replies,
    "GET /user/notifications": messages.notifications,
    "PUT /user/notification_state": messages.set_notification_state,
    "GET /private_message/list": messages.private_messages,
    "GET /private_message/conversation": messages.conversation,
    "POST /private_message": messages.create_private_message,
    "POST /private_message/mark_as_read": messages.mark_private_message,
}


def _refused(refusal: Refusal) -> Response:
    return Response.from_json({"code": 400, "message": refusal.message, "status": refusal.status}, 400)


class PieFedSandbox(LoopbackService):
    """Serves `world` over HTTP from `start` to `stop`; see `LemmySandbox` for what is the same."""

    def __init__(
        self,
        *,
        clock: Clock = utc_now,
        limits: Mapping[str, tuple[int, int]] | None = DEFAULTS,
        faults: FaultInjector | None = None,
        port: int = 0,
    ) -> None:
        self._server = LoopbackServer(self.handle, port)
        self.state = ServerState(self._server.netloc, clock, mentions_on_piefed)
        self.limits = None if limits is None else FixedWindows(clock, {**DEFAULTS, **limits})
        self.faults = faults or FaultInjector()
        self.requests: list[Request] = []
        self._tokens: dict[str, Person] = {}
        self._token_numbers = itertools.count(1)
        self._blocked_addresses: set[str] = set()

    def revoke_tokens(self) -> None:
        """Log everybody out."""
        self._tokens.clear()

    def handle(self, request: Request) -> Response | Disconnect:
        if not request.path.startswith(f"{_API}/"):
            return self._outside(request)
        self.requests.append(request)
        call = f"{request.method} {request.path.removeprefix(_API)}"
        if call != "POST /user/login" and call not in _ROUTES:
            return Response(404, b"<!doctype html>", {"Content-Type": "text/html"})
        if call in DEFAULTS and self.limits and not self.limits.allow(call, request.client_address):
            return self._too_fast()
        if call == "POST /user/login":
            return self._answer(lambda: self._log_in(request))
        fault = self.faults.next_fault(call)
        route = _ROUTES[call]
        if fault is not None:
            return self._fail(fault, request, route)
        return self._answer(lambda: route(self._visit(request)))

    @staticmethod
    def _too_fast() -> Response:
        """A page for people, whatever was asked for, and no word of when to come again."""
        return Response(429, b"<!doctype html><p>Too many requests</p>", {"Content-Type": "text/html"})

    def _fail(self, fault: Fault, request: Request, route: Route) -> Response | Disconnect:
        return response_with_fault(
            fault,
            rate_limited=self._too_fast(),
            unauthorized=_refused(Refusal("incorrect_login")),
            perform=lambda: self._answer(lambda: self._carry_out(fault, self._visit(request), route)),
        )

    def _carry_out(self, fault: Fault, visit: RequestContext, route: Route) -> dict[str, Any]:
        late = fault in (Fault.LATE_COMMIT, Fault.LATE_LISTING)
        shown_from = self.state.clock() + self.faults.delay if late else None
        if route is messages.create_private_message:
            return messages.create_private_message(visit, shown_from=shown_from)
        if route is not calls.create_comment:
            return route(visit)
        return calls.create_comment(visit, shown_from=shown_from, whole=fault is not Fault.PARTIAL_STORE)

    def _answer(self, make: Callable[[], dict[str, Any]]) -> Response:
        try:
            with self.state.lock:
                return Response.from_json(make(), headers={"Cache-Control": "no-store"})
        except Refusal as refusal:
            return _refused(refusal)

    def _visit(self, request: Request) -> RequestContext:
        viewer = self._viewer(request)
        return RequestContext(request, self.state, viewer, Views(self.state, viewer), self.url)

    def _viewer(self, request: Request) -> Person | None:
        """A bad token is refused everywhere, even where strangers may read."""
        header = request.headers.get("Authorization")
        if header is None:
            return None
        person = self._tokens.get(header.partition(" ")[2])
        if person is None:
            raise Refusal("incorrect_login - problem decoding bearer token")
        if person.banned or person.deleted:
            raise Refusal("incorrect_login")
        return person

    def _log_in(self, request: Request) -> dict[str, Any]:
        """The second log-in of a banned account from one address is let in with a useless token."""
        visit = RequestContext(request, self.state, None, Views(self.state, None), self.url)
        body = visit.body("username", "password")
        person = self.state.person(str(body["username"]))
        if person is None or person.password is None or person.password != body["password"]:
            raise Refusal("incorrect_login")
        if person.banned and request.client_address not in self._blocked_addresses:
            self._blocked_addresses.add(request.client_address)
            raise Refusal("incorrect_login")
        token = f"sandbox.{person.id}.{next(self._token_numbers)}"
        self._tokens[token] = person
        return {"jwt": token}

    def _outside(self, request: Request) -> Response:
        if request.path == "/.well-known/nodeinfo":
            links = [
                {
                    "rel": f"http://nodeinfo.diaspora.software/ns/schema/{version}",
                    "href": f"{self.url}/nodeinfo/{version}",
                }
                for version in ("2.0", "2.1")
            ]
            return Response.from_json({"links": links})
        if request.path in ("/nodeinfo/2.0", "/nodeinfo/2.1"):
            told = nodeinfo(VERSION, len(self.state.people), len(self.state.posts), 0)
            told["software"] |= {"name": "piefed"}
            return Response.from_json(told)
        return Response(404, b"<!doctype html>", {"Content-Type": "text/html"})
