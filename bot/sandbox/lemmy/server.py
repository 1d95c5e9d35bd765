"""A Lemmy 0.19.20 on loopback: routes, log-ins, rate limits and faults around a `World`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any, Self

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.lemmy import reading, writing
from bot.sandbox.lemmy.limits import DEFAULTS, Limits
from bot.sandbox.lemmy.reading import Visit
from bot.sandbox.lemmy.refusal import Refusal, body_of, text_in
from bot.sandbox.lemmy.views import Views, error, nodeinfo
from bot.sandbox.lemmy.world import Clock, Person, World, utc_now
from bot.sandbox.server import Answer, Hangup, LoopbackServer, Request

_API = "/api/v3"
Route = Callable[[Visit], dict[str, Any]]

_ROUTES: dict[tuple[str, str], tuple[str, Route]] = {
    ("GET", "/site"): ("message", reading.get_site),
    ("GET", "/user/validate_auth"): ("message", reading.validate_auth),
    ("GET", "/post/list"): ("message", reading.post_list),
    ("GET", "/post"): ("message", reading.get_post),
    ("GET", "/community"): ("message", reading.get_community),
    ("GET", "/community/list"): ("message", reading.community_list),
    ("GET", "/comment/list"): ("message", reading.comment_list),
    ("GET", "/comment"): ("message", reading.get_comment),
    ("GET", "/user"): ("message", reading.get_user),
    ("GET", "/user/mention"): ("message", reading.mentions),
    ("GET", "/user/replies"): ("message", reading.replies),
    ("GET", "/user/unread_count"): ("message", reading.unread_count),
    ("GET", "/private_message/list"): ("message", reading.private_messages),
    ("GET", "/search"): ("search", reading.search),
    ("POST", "/comment"): ("comment", writing.create_comment),
    ("PUT", "/comment"): ("message", writing.edit_comment),
    ("POST", "/comment/delete"): ("message", writing.delete_comment),
    ("PUT", "/user/save_user_settings"): ("message", writing.save_user_settings),
}


class LemmySandbox:
    """Serves `world` over HTTP from `start` to `stop`.

    `limits` are the rate limits as bucket -> (tokens, seconds), over the defaults; None for none.
    `seen` keeps each API request for assertions.
    """

    def __init__(
        self,
        *,
        host: str | None = None,
        clock: Clock = utc_now,
        limits: Mapping[str, tuple[int, int]] | None = DEFAULTS,
        faults: Faults | None = None,
        port: int = 0,
    ) -> None:
        self._server = LoopbackServer(self._respond, port)
        self.world = World(host or self._server.netloc, clock)
        self.limits = Limits(clock, limits)
        self.faults = faults or Faults()
        self.seen: list[Request] = []
        self._tokens: dict[str, Person] = {}
        self._token_numbers = itertools.count(1)

    @property
    def url(self) -> str:
        return self._server.url

    def start(self) -> Self:
        self._server.start()
        return self

    def stop(self) -> None:
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def token_for(self, person: Person) -> str:
        """A new token, as a log-in gives."""
        token = f"sandbox.{person.id}.{next(self._token_numbers)}"
        self._tokens[token] = person
        return token

    def forget_tokens(self) -> None:
        """Log everybody out."""
        self._tokens.clear()

    def _respond(self, request: Request) -> Answer | Hangup:
        if not request.path.startswith(f"{_API}/"):
            return self._outside(request)
        self.seen.append(request)
        path = request.path.removeprefix(_API)
        if (request.method, path) == ("POST", "/user/login"):
            return self._limited(
                "register", request, lambda: self._answer(request, lambda: self._log_in(request))
            )
        if (request.method, path) not in _ROUTES:
            return Answer(404)
        bucket, route = _ROUTES[request.method, path]
        return self._limited(bucket, request, lambda: self._serve(request, f"{request.method} {path}", route))

    def _limited(
        self, bucket: str, request: Request, answer: Callable[[], Answer | Hangup]
    ) -> Answer | Hangup:
        if not self.limits.allow(bucket, request.client):
            return Answer.of_json(error("rate_limit_error"), 400)
        return answer()

    def _serve(self, request: Request, call: str, route: Route) -> Answer | Hangup:
        fault = self.faults.draw(call)
        if fault is not None:
            return self._fail(fault, request, route)
        return self._answer(request, lambda: route(self._visit(request)))

    def _fail(self, fault: Fault, request: Request, route: Route) -> Answer | Hangup:
        if fault is Fault.FAIL:
            return Answer(500)
        if fault is Fault.DROP:
            return Hangup()
        if fault is Fault.RATE_LIMIT:
            return Answer.of_json(error("rate_limit_error"), 400)
        answer = self._answer(request, lambda: self._carry_out(fault, self._visit(request), route))
        if answer.status != 200 or fault is Fault.LATE_SHOW:
            return answer
        if fault is Fault.STORE_THEN_FAIL:
            return Answer(500)
        return Hangup(reset=fault is Fault.HALF_STORED)

    def _carry_out(self, fault: Fault, visit: Visit, route: Route) -> dict[str, Any]:
        if route is not writing.create_comment:
            return route(visit)
        if fault is Fault.HALF_STORED:
            return writing.create_comment(visit, whole=False)
        late = fault in (Fault.LATE_COMMIT, Fault.LATE_SHOW)
        shown_from = self.world.clock() + self.faults.delay if late else None
        return writing.create_comment(visit, shown_from=shown_from)

    def _answer(self, request: Request, make: Callable[[], dict[str, Any]]) -> Answer:
        private = "private" if self._bearer(request) else "public, max-age=60"
        headers = {"Cache-Control": private}
        try:
            with self.world.lock:
                return Answer.of_json(make(), headers=headers)
        except Refusal as refusal:
            return Answer.of_json(error(refusal.code, refusal.message), refusal.status, headers)

    def _visit(self, request: Request) -> Visit:
        viewer = self._viewer(request)
        return Visit(request, self.world, viewer, Views(self.world, viewer, "http"), self.limits, self.url)

    def _viewer(self, request: Request) -> Person | None:
        """A bad token, and one of a banned or deleted account, is read as no token at all."""
        person = self._tokens.get(self._bearer(request))
        return None if person is None or person.banned or person.deleted else person

    @staticmethod
    def _bearer(request: Request) -> str:
        return (request.headers.get("Authorization") or "").removeprefix("Bearer ")

    def _log_in(self, request: Request) -> dict[str, Any]:
        body = body_of(request)
        name, password = text_in(body, "username_or_email"), text_in(body, "password")
        person = self.world.person(name)
        if person is None or person.password is None or person.password != password:
            raise Refusal("incorrect_login", status=401)
        hindrances = {
            "deleted": person.deleted,
            "site_ban": person.banned,
            "registration_application_is_pending": person.pending,
            "missing_totp_token": person.totp,
        }
        for code, holds in hindrances.items():
            if holds:
                raise Refusal(code)
        return {"jwt": self.token_for(person), "registration_created": False, "verify_email_sent": False}

    def _outside(self, request: Request) -> Answer:
        if request.path == "/.well-known/nodeinfo":
            rel = "http://nodeinfo.diaspora.software/ns/schema/2.1"
            return Answer.of_json({"links": [{"rel": rel, "href": f"{self.url}/nodeinfo/2.1"}]})
        if request.path == "/nodeinfo/2.1":
            world = self.world
            return Answer.of_json(nodeinfo(len(world.people), len(world.posts), len(world.comments())))
        return Answer(404)
