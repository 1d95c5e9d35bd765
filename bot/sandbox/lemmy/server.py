"""A Lemmy on loopback, 0.19 or 1.0: log-ins, rate limits and faults around a `World`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox.broken_responses import response_with_fault
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.lemmy.api_errors import ApiError, json_body, required_string
from bot.sandbox.lemmy.rate_limits import DEFAULT_LIMITS
from bot.sandbox.lemmy.read_calls_v3 import RequestContext
from bot.sandbox.lemmy.server_state import Clock, Person, ServerState, utc_now
from bot.sandbox.lemmy.server_versions import Api, Route, lemmy_version
from bot.sandbox.lemmy.views_v3 import error_body, nodeinfo
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, LoopbackService, Request, Response

DEFAULT_VERSION = "0.19.20"


class LemmySandbox(LoopbackService):
    """Serves `world` over HTTP from `start` to `stop`.

    `limits` are the rate limits as bucket -> (tokens, seconds), over the defaults; None for none.
    `version` decides what API it serves; `seen` keeps each API request for assertions.
    """

    def __init__(
        self,
        *,
        version: str = DEFAULT_VERSION,
        host: str | None = None,
        clock: Clock = utc_now,
        limits: Mapping[str, tuple[int, int]] | None = DEFAULT_LIMITS,
        faults: FaultInjector | None = None,
        port: int = 0,
    ) -> None:
        self._server = LoopbackServer(self.handle, port)
        self.state = ServerState(host or self._server.netloc, clock)
        self._numbers = limits
        self._install(version)
        self.faults = faults or FaultInjector()
        self.requests: list[Request] = []
        self.idempotency_key_lifetime = timedelta(seconds=150)
        """How long 1.0 remembers an Idempotency-Key, also that of a request that failed."""
        self._tokens: dict[str, Person] = {}
        self._token_numbers = itertools.count(1)
        self._keys: dict[tuple[str, str], datetime] = {}

    def _install(self, version: str) -> None:
        self.version, self._edition = version, lemmy_version(version)
        self.limits = self._edition.limits(self.state.clock, self._numbers)

    def create_token(self, person: Person) -> str:
        """A new token, as a log-in gives."""
        token = f"sandbox.{person.id}.{next(self._token_numbers)}"
        self._tokens[token] = person
        return token

    def revoke_tokens(self) -> None:
        """Log everybody out."""
        self._tokens.clear()

    def upgrade(self, version: str) -> None:
        """From the next request on it is this version; its limits begin anew, as after a restart."""
        with self.state.lock:
            self._install(version)

    def handle(self, request: Request) -> Response | Disconnect:
        if not request.path.startswith("/api/"):
            return self._outside(request)
        self.requests.append(request)
        api = next((api for api in self._edition.apis if request.path.startswith(f"{api.prefix}/")), None)
        return Response(404) if api is None else self._route(api, request)

    def _route(self, api: Api, request: Request) -> Response | Disconnect:
        path = request.path.removeprefix(api.prefix)
        if (request.method, path) == ("POST", api.login):
            return self._limited(
                "register", request, lambda: self._answer(request, lambda: self._log_in(request))
            )
        if (request.method, path) not in api.routes:
            return Response(404)
        bucket, route = api.routes[request.method, path]
        call = f"{request.method} {path}"
        return self._limited(bucket, request, lambda: self._serve(api, request, call, route))

    def _limited(
        self, bucket: str, request: Request, answer: Callable[[], Response | Disconnect]
    ) -> Response | Disconnect:
        for name in dict.fromkeys((self._edition.shared_bucket or bucket, bucket)):
            if not self.limits.allow(name, request.client_address):
                return self._too_fast()
        if self._is_repeated(request):
            return Response(422)
        return answer()

    def _too_fast(self) -> Response:
        status, code = self._edition.rate_limit_error
        return Response.from_json(error_body(code), status)

    def _is_repeated(self, request: Request) -> bool:
        """Whether 1.0 has seen the request's Idempotency-Key of this account a short while ago."""
        key = request.headers.get("Idempotency-Key", "")
        if not self._edition.banned_stay_logged_in or not 0 < len(key) <= 32 or request.method == "GET":
            return False
        now, owner = self.state.clock(), self._bearer(request)
        with self.state.lock:
            before = self._keys.get((owner, key))
            if before is not None and now - before < self.idempotency_key_lifetime:
                return True
            self._keys[owner, key] = now
            return False

    def _serve(self, api: Api, request: Request, call: str, route: Route) -> Response | Disconnect:
        fault = self.faults.next_fault(call)
        if fault is not None:
            return self._fail(fault, api, request, route)
        return self._answer(request, lambda: route(self._visit(api, request)))

    def _fail(self, fault: Fault, api: Api, request: Request, route: Route) -> Response | Disconnect:
        return response_with_fault(
            fault,
            rate_limited=self._too_fast(),
            unauthorized=Response.from_json(error_body("incorrect_login"), 401),
            perform=lambda: self._answer(
                request, lambda: self._carry_out(fault, api, self._visit(api, request), route)
            ),
        )

    def _carry_out(self, fault: Fault, api: Api, visit: RequestContext, route: Route) -> dict[str, Any]:
        late = fault in (Fault.LATE_COMMIT, Fault.LATE_LISTING)
        visible_from = self.state.clock() + self.faults.delay if late else None
        if route is api.create_private_message:
            return api.create_private_message(visit, visible_from=visible_from)
        if route is not api.create_comment:
            return route(visit)
        if fault is Fault.PARTIAL_STORE:
            return api.create_comment(visit, complete=False)
        return api.create_comment(visit, visible_from=visible_from)

    def _answer(self, request: Request, make: Callable[[], dict[str, Any]]) -> Response:
        private = "private" if self._bearer(request) else "public, max-age=60"
        headers = {"Cache-Control": private}
        try:
            with self.state.lock:
                return Response.from_json(make(), headers=headers)
        except ApiError as refusal:
            status, body = self._edition.error_response(refusal)
            return Response.from_json(body, status, headers)

    def _visit(self, api: Api, request: Request) -> RequestContext:
        viewer = self._viewer(request)
        views = api.views(self.state, viewer, "http")
        return RequestContext(request, self.state, viewer, views, self.limits, self.url, self.version)

    def _viewer(self, request: Request) -> Person | None:
        """A bad token, that of a deleted account, and on 0.19 of a banned one, is read as none at all."""
        person = self._tokens.get(self._bearer(request))
        if person is None or person.deleted or (person.banned and not self._edition.banned_stay_logged_in):
            return None
        return person

    @staticmethod
    def _bearer(request: Request) -> str:
        return (request.headers.get("Authorization") or "").removeprefix("Bearer ")

    def _log_in(self, request: Request) -> dict[str, Any]:
        body = json_body(request)
        name, password = required_string(body, "username_or_email"), required_string(body, "password")
        person = self.state.person(name)
        if person is None or person.password is None or person.password != password:
            raise ApiError("incorrect_login", status=401)
        hindrances = {
            "deleted": person.deleted,
            "site_ban": person.banned and not self._edition.banned_stay_logged_in,
            "registration_application_is_pending": person.application_pending,
            "missing_totp_token": person.totp_enabled,
        }
        for code, holds in hindrances.items():
            if holds:
                raise ApiError(code)
        return {"jwt": self.create_token(person), "registration_created": False, "verify_email_sent": False}

    def _outside(self, request: Request) -> Response:
        if request.path == "/.well-known/nodeinfo":
            rel = "http://nodeinfo.diaspora.software/ns/schema/2.1"
            return Response.from_json({"links": [{"rel": rel, "href": f"{self.url}/nodeinfo/2.1"}]})
        if request.path == "/nodeinfo/2.1":
            world = self.state
            return Response.from_json(
                nodeinfo(self.version, len(world.people), len(world.posts), len(world.comments()))
            )
        return Response(404)
