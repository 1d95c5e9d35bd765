"""A Lemmy on loopback, 0.19 or 1.0: log-ins, rate limits and faults around a `World`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.broken_responses import broken
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.lemmy.api_errors import Refusal, body_of, text_in
from bot.sandbox.lemmy.rate_limits import DEFAULTS
from bot.sandbox.lemmy.read_calls_v3 import Visit
from bot.sandbox.lemmy.server_state import Clock, Person, World, utc_now
from bot.sandbox.lemmy.server_versions import Api, Route, edition
from bot.sandbox.lemmy.views_v3 import error, nodeinfo
from bot.sandbox.loopback_server import Answer, Hangup, LoopbackServer, Request, Served

VERSION = "0.19.20"


class LemmySandbox(Served):
    """Serves `world` over HTTP from `start` to `stop`.

    `limits` are the rate limits as bucket -> (tokens, seconds), over the defaults; None for none.
    `version` decides what API it serves; `seen` keeps each API request for assertions.
    """

    def __init__(
        self,
        *,
        version: str = VERSION,
        host: str | None = None,
        clock: Clock = utc_now,
        limits: Mapping[str, tuple[int, int]] | None = DEFAULTS,
        faults: Faults | None = None,
        port: int = 0,
    ) -> None:
        self._server = LoopbackServer(self.respond, port)
        self.world = World(host or self._server.netloc, clock)
        self._numbers = limits
        self._install(version)
        self.faults = faults or Faults()
        self.seen: list[Request] = []
        self.key_life = timedelta(seconds=150)
        """How long 1.0 remembers an Idempotency-Key, also that of a request that failed."""
        self._tokens: dict[str, Person] = {}
        self._token_numbers = itertools.count(1)
        self._keys: dict[tuple[str, str], datetime] = {}

    def _install(self, version: str) -> None:
        self.version, self._edition = version, edition(version)
        self.limits = self._edition.limits(self.world.clock, self._numbers)

    def token_for(self, person: Person) -> str:
        """A new token, as a log-in gives."""
        token = f"sandbox.{person.id}.{next(self._token_numbers)}"
        self._tokens[token] = person
        return token

    def forget_tokens(self) -> None:
        """Log everybody out."""
        self._tokens.clear()

    def upgrade(self, version: str) -> None:
        """From the next request on it is this version; its limits begin anew, as after a restart."""
        with self.world.lock:
            self._install(version)

    def respond(self, request: Request) -> Answer | Hangup:
        if not request.path.startswith("/api/"):
            return self._outside(request)
        self.seen.append(request)
        api = next((api for api in self._edition.apis if request.path.startswith(f"{api.prefix}/")), None)
        return Answer(404) if api is None else self._route(api, request)

    def _route(self, api: Api, request: Request) -> Answer | Hangup:
        path = request.path.removeprefix(api.prefix)
        if (request.method, path) == ("POST", api.login):
            return self._limited(
                "register", request, lambda: self._answer(request, lambda: self._log_in(request))
            )
        if (request.method, path) not in api.routes:
            return Answer(404)
        bucket, route = api.routes[request.method, path]
        call = f"{request.method} {path}"
        return self._limited(bucket, request, lambda: self._serve(api, request, call, route))

    def _limited(
        self, bucket: str, request: Request, answer: Callable[[], Answer | Hangup]
    ) -> Answer | Hangup:
        for name in dict.fromkeys((self._edition.shared_bucket or bucket, bucket)):
            if not self.limits.allow(name, request.client):
                return self._too_fast()
        if self._is_repeated(request):
            return Answer(422)
        return answer()

    def _too_fast(self) -> Answer:
        status, code = self._edition.rate_limit
        return Answer.of_json(error(code), status)

    def _is_repeated(self, request: Request) -> bool:
        """Whether 1.0 has seen the request's Idempotency-Key of this account a short while ago."""
        key = request.headers.get("Idempotency-Key", "")
        if not self._edition.banned_stay_in or not 0 < len(key) <= 32 or request.method == "GET":
            return False
        now, owner = self.world.clock(), self._bearer(request)
        with self.world.lock:
            before = self._keys.get((owner, key))
            if before is not None and now - before < self.key_life:
                return True
            self._keys[owner, key] = now
            return False

    def _serve(self, api: Api, request: Request, call: str, route: Route) -> Answer | Hangup:
        fault = self.faults.draw(call)
        if fault is not None:
            return self._fail(fault, api, request, route)
        return self._answer(request, lambda: route(self._visit(api, request)))

    def _fail(self, fault: Fault, api: Api, request: Request, route: Route) -> Answer | Hangup:
        return broken(
            fault,
            too_fast=self._too_fast(),
            bad_token=Answer.of_json(error("incorrect_login"), 401),
            carry_out=lambda: self._answer(
                request, lambda: self._carry_out(fault, api, self._visit(api, request), route)
            ),
        )

    def _carry_out(self, fault: Fault, api: Api, visit: Visit, route: Route) -> dict[str, Any]:
        late = fault in (Fault.LATE_COMMIT, Fault.LATE_SHOW)
        shown_from = self.world.clock() + self.faults.delay if late else None
        if route is api.letter:
            return api.letter(visit, shown_from=shown_from)
        if route is not api.create:
            return route(visit)
        if fault is Fault.HALF_STORED:
            return api.create(visit, whole=False)
        return api.create(visit, shown_from=shown_from)

    def _answer(self, request: Request, make: Callable[[], dict[str, Any]]) -> Answer:
        private = "private" if self._bearer(request) else "public, max-age=60"
        headers = {"Cache-Control": private}
        try:
            with self.world.lock:
                return Answer.of_json(make(), headers=headers)
        except Refusal as refusal:
            status, body = self._edition.refuse(refusal)
            return Answer.of_json(body, status, headers)

    def _visit(self, api: Api, request: Request) -> Visit:
        viewer = self._viewer(request)
        views = api.views(self.world, viewer, "http")
        return Visit(request, self.world, viewer, views, self.limits, self.url, self.version)

    def _viewer(self, request: Request) -> Person | None:
        """A bad token, that of a deleted account, and on 0.19 of a banned one, is read as none at all."""
        person = self._tokens.get(self._bearer(request))
        if person is None or person.deleted or (person.banned and not self._edition.banned_stay_in):
            return None
        return person

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
            "site_ban": person.banned and not self._edition.banned_stay_in,
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
            return Answer.of_json(
                nodeinfo(self.version, len(world.people), len(world.posts), len(world.comments()))
            )
        return Answer(404)
