"""A PieFed 1.6.27 on loopback: routes, log-ins, rate limits and faults around a `World`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.broken_responses import broken
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.lemmy.mentions import piefed_names
from bot.sandbox.lemmy.rate_limits import FixedWindows
from bot.sandbox.lemmy.server_state import Clock, Person, World, utc_now
from bot.sandbox.lemmy.views_v3 import nodeinfo
from bot.sandbox.loopback_server import Answer, Hangup, LoopbackServer, Request, Served
from bot.sandbox.piefed import calls, messages
from bot.sandbox.piefed.calls import VERSION, Refusal, Visit
from bot.sandbox.piefed.views import Views

_API = "/api/alpha"
DEFAULTS = {
    "POST /comment": (3, 60),
    "POST /private_message": (3, 60),
    "GET /site": (20, 60),
    "POST /user/login": (20, 3600),
}
"""Call -> requests, and the seconds of the window that the first one opens; no others are limited."""

Route = Callable[[Visit], dict[str, Any]]
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
    "PUT /user/notification_state": messages.set_state,
    "GET /private_message/list": messages.private_messages,
    "GET /private_message/conversation": messages.conversation,
    "POST /private_message": messages.create_letter,
    "POST /private_message/mark_as_read": messages.mark_letter,
}


def _refused(refusal: Refusal) -> Answer:
    return Answer.of_json({"code": 400, "message": refusal.message, "status": refusal.status}, 400)


class PieFedSandbox(Served):
    """Serves `world` over HTTP from `start` to `stop`; see `LemmySandbox` for what is the same."""

    def __init__(
        self,
        *,
        clock: Clock = utc_now,
        limits: Mapping[str, tuple[int, int]] | None = DEFAULTS,
        faults: Faults | None = None,
        port: int = 0,
    ) -> None:
        self._server = LoopbackServer(self.respond, port)
        self.world = World(self._server.netloc, clock, piefed_names)
        self.limits = None if limits is None else FixedWindows(clock, {**DEFAULTS, **limits})
        self.faults = faults or Faults()
        self.seen: list[Request] = []
        self._tokens: dict[str, Person] = {}
        self._token_numbers = itertools.count(1)
        self._blocked_addresses: set[str] = set()

    def forget_tokens(self) -> None:
        """Log everybody out."""
        self._tokens.clear()

    def respond(self, request: Request) -> Answer | Hangup:
        if not request.path.startswith(f"{_API}/"):
            return self._outside(request)
        self.seen.append(request)
        call = f"{request.method} {request.path.removeprefix(_API)}"
        if call != "POST /user/login" and call not in _ROUTES:
            return Answer(404, b"<!doctype html>", {"Content-Type": "text/html"})
        if call in DEFAULTS and self.limits and not self.limits.allow(call, request.client):
            return self._too_fast()
        if call == "POST /user/login":
            return self._answer(lambda: self._log_in(request))
        fault = self.faults.draw(call)
        route = _ROUTES[call]
        if fault is not None:
            return self._fail(fault, request, route)
        return self._answer(lambda: route(self._visit(request)))

    @staticmethod
    def _too_fast() -> Answer:
        """A page for people, whatever was asked for, and no word of when to come again."""
        return Answer(429, b"<!doctype html><p>Too many requests</p>", {"Content-Type": "text/html"})

    def _fail(self, fault: Fault, request: Request, route: Route) -> Answer | Hangup:
        return broken(
            fault,
            too_fast=self._too_fast(),
            bad_token=_refused(Refusal("incorrect_login")),
            carry_out=lambda: self._answer(lambda: self._carry_out(fault, self._visit(request), route)),
        )

    def _carry_out(self, fault: Fault, visit: Visit, route: Route) -> dict[str, Any]:
        late = fault in (Fault.LATE_COMMIT, Fault.LATE_SHOW)
        shown_from = self.world.clock() + self.faults.delay if late else None
        if route is messages.create_letter:
            return messages.create_letter(visit, shown_from=shown_from)
        if route is not calls.create_comment:
            return route(visit)
        return calls.create_comment(visit, shown_from=shown_from, whole=fault is not Fault.HALF_STORED)

    def _answer(self, make: Callable[[], dict[str, Any]]) -> Answer:
        try:
            with self.world.lock:
                return Answer.of_json(make(), headers={"Cache-Control": "no-store"})
        except Refusal as refusal:
            return _refused(refusal)

    def _visit(self, request: Request) -> Visit:
        viewer = self._viewer(request)
        return Visit(request, self.world, viewer, Views(self.world, viewer), self.url)

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
        visit = Visit(request, self.world, None, Views(self.world, None), self.url)
        body = visit.body("username", "password")
        person = self.world.person(str(body["username"]))
        if person is None or person.password is None or person.password != body["password"]:
            raise Refusal("incorrect_login")
        if person.banned and request.client not in self._blocked_addresses:
            self._blocked_addresses.add(request.client)
            raise Refusal("incorrect_login")
        token = f"sandbox.{person.id}.{next(self._token_numbers)}"
        self._tokens[token] = person
        return {"jwt": token}

    def _outside(self, request: Request) -> Answer:
        if request.path == "/.well-known/nodeinfo":
            links = [
                {
                    "rel": f"http://nodeinfo.diaspora.software/ns/schema/{version}",
                    "href": f"{self.url}/nodeinfo/{version}",
                }
                for version in ("2.0", "2.1")
            ]
            return Answer.of_json({"links": links})
        if request.path in ("/nodeinfo/2.0", "/nodeinfo/2.1"):
            told = nodeinfo(VERSION, len(self.world.people), len(self.world.posts), 0)
            told["software"] |= {"name": "piefed"}
            return Answer.of_json(told)
        return Answer(404, b"<!doctype html>", {"Content-Type": "text/html"})
