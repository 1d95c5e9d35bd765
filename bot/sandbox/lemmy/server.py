"""A Lemmy on loopback, 0.19 or 1.0: logins, rate limits and faults around a `ServerState`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.core.models import Dialect
from bot.sandbox.broken_responses import response_with_fault
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.lemmy.api_errors import ApiError
from bot.sandbox.lemmy.database_down import STARTING, nodeinfo_without_database, response_without_database
from bot.sandbox.lemmy.page_backend import FediversePageBackend
from bot.sandbox.lemmy.rate_limits import DEFAULT_LIMITS
from bot.sandbox.lemmy.request_context import RequestContext
from bot.sandbox.lemmy.request_parameters import json_body, required_string
from bot.sandbox.lemmy.server_state import Clock, Person, ServerState, utc_now
from bot.sandbox.lemmy.server_versions import Api, Route, lemmy_version
from bot.sandbox.lemmy.views import error_body, nodeinfo
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, LoopbackService, Request, Response
from bot.sandbox.outage import Outage
from bot.sandbox.pages import SandboxPages

DEFAULT_VERSION = "0.19.20"


class LemmySandbox(LoopbackService):
    """Serves `state` over HTTP from `start` to `stop`.

    `limits` override the default rate limits: bucket -> (tokens, seconds); None switches them off.
    `version` decides which APIs are served; `requests` are all requests to them, for assertions.
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
        self._pages = SandboxPages(FediversePageBackend(self.state, Dialect.LEMMY), self.state.lock)
        self._limit_numbers = limits
        self._install(version)
        self.faults = faults or FaultInjector()
        self.outage = Outage(clock)
        """While the server's database is down."""
        self.startup = Outage(clock)
        """While the server starts, or migrates its database."""
        self.requests: list[Request] = []
        self.idempotency_key_lifetime = timedelta(seconds=150)
        """How long Lemmy 1.0 remembers an Idempotency-Key, also that of a failed request."""
        self._tokens: dict[str, Person] = {}
        self._token_numbers = itertools.count(1)
        self._idempotency_keys: dict[tuple[str, str], datetime] = {}

    def _install(self, version: str) -> None:
        self.version, self._features = version, lemmy_version(version)
        self.limits = self._features.limits(self.state.clock, self._limit_numbers)

    def create_token(self, person: Person) -> str:
        """A new token, as a login returns it."""
        token = f"sandbox.{person.id}.{next(self._token_numbers)}"
        self._tokens[token] = person
        return token

    def revoke_tokens(self) -> None:
        """Log out all accounts."""
        self._tokens.clear()

    def upgrade(self, version: str) -> None:
        """Become this version from the next request on. The rate limits start again, as after a restart.

        No token of the other version is valid: 1.0 misses the field `exp` in those of 0.19. Accounts, posts
        and subscriptions stay. Measured on 0.19.20 and 24 commits after 1.0.0-beta.1.
        """
        with self.state.lock:
            self._install(version)
            self.revoke_tokens()

    def handle(self, request: Request) -> Response | Disconnect:
        """Pages for a browser work during an outage too, so that one can look on."""
        if self._pages.is_page(request):
            return self._pages.respond(request)
        if request.path.startswith("/api/"):
            self.requests.append(request)
        if self.startup.is_active:
            return STARTING
        if not request.path.startswith("/api/"):
            return nodeinfo_without_database() if self.outage.is_active else self._handle_nodeinfo(request)
        api = next((api for api in self._features.apis if request.path.startswith(f"{api.prefix}/")), None)
        return Response(404) if api is None else self._route(api, request)

    def _route(self, api: Api, request: Request) -> Response | Disconnect:
        path = request.path.removeprefix(api.prefix)
        if (request.method, path) == ("POST", api.login):
            return self._limited("register", request, lambda: self._serve_login(api, request))
        if (request.method, path) == ("POST", api.logout):
            return self._limited(api.logout_bucket, request, lambda: self._serve_logout(api, request))
        if (request.method, path) not in api.routes:
            return Response(404)
        bucket, route = api.routes[request.method, path]
        call = f"{request.method} {path}"
        return self._limited(bucket, request, lambda: self._serve(api, request, call, route))

    def _limited(
        self, bucket: str, request: Request, respond: Callable[[], Response | Disconnect]
    ) -> Response | Disconnect:
        for name in dict.fromkeys((self._features.shared_bucket or bucket, bucket)):
            if not self.limits.allow(name, request.client_address):
                return self._rate_limited()
        if self._is_duplicate(request):
            return Response(422)
        return respond()

    def _rate_limited(self) -> Response:
        status, code = self._features.rate_limit_error
        return Response.from_json(error_body(code), status)

    def _is_duplicate(self, request: Request) -> bool:
        """Whether the account has used the request's Idempotency-Key before; Lemmy 1.0 refuses that."""
        key = request.headers.get("Idempotency-Key", "")
        if not self._features.banned_stay_logged_in or not 0 < len(key) <= 32 or request.method == "GET":
            return False
        now, owner = self.state.clock(), self._bearer(request)
        with self.state.lock:
            used_at = self._idempotency_keys.get((owner, key))
            if used_at is not None and now - used_at < self.idempotency_key_lifetime:
                return True
            self._idempotency_keys[owner, key] = now
            return False

    def _serve_login(self, api: Api, request: Request) -> Response:
        if self.outage.is_active:
            return response_without_database(request, api.prefix)
        return self._respond(request, lambda: self._log_in(request))

    def _serve_logout(self, api: Api, request: Request) -> Response:
        if self.outage.is_active:
            return response_without_database(request, api.prefix)
        return self._respond(request, lambda: self._log_out(request))

    def _serve(self, api: Api, request: Request, call: str, route: Route) -> Response | Disconnect:
        fault = None if self.outage.is_active else self.faults.next_fault(call)
        if fault is Fault.HOLD:
            self.faults.hold()
            fault = None
        if fault is Fault.DATABASE_DOWN:
            self.outage.begin(self.faults.outage)
        if self.outage.is_active:
            return response_without_database(request, api.prefix)
        if fault is not None:
            return self._handle_with_fault(fault, api, request, route)
        return self._respond(request, lambda: route(self._context(api, request)))

    def _handle_with_fault(
        self, fault: Fault, api: Api, request: Request, route: Route
    ) -> Response | Disconnect:
        return response_with_fault(
            fault,
            rate_limited=self._rate_limited(),
            unauthorized=Response.from_json(error_body("incorrect_login"), 401),
            perform=lambda: self._respond(
                request, lambda: self._perform(fault, api, self._context(api, request), route)
            ),
        )

    def _perform(self, fault: Fault, api: Api, context: RequestContext, route: Route) -> dict[str, Any]:
        late = fault in (Fault.LATE_COMMIT, Fault.LATE_LISTING)
        visible_from = self.state.clock() + self.faults.delay if late else None
        if route is api.create_private_message:
            return api.create_private_message(context, visible_from=visible_from)
        if route is not api.create_comment:
            return route(context)
        if fault is Fault.PARTIAL_STORE:
            return api.create_comment(context, complete=False)
        return api.create_comment(context, visible_from=visible_from)

    def _respond(self, request: Request, body: Callable[[], dict[str, Any]]) -> Response:
        cacheable = "private" if self._bearer(request) else "public, max-age=60"
        headers = {"Cache-Control": cacheable}
        try:
            with self.state.lock:
                return Response.from_json(body(), headers=headers)
        except ApiError as error:
            status, content = self._features.error_response(error)
            return Response.from_json(content, status, headers)

    def _context(self, api: Api, request: Request) -> RequestContext:
        viewer = self._viewer(request)
        views = api.views(self.state, viewer, "http")
        return RequestContext(request, self.state, viewer, views, self.limits, self.url, self.version)

    def _viewer(self, request: Request) -> Person | None:
        """The account of the token. None for a bad token, a deleted account and, on 0.19, a banned one."""
        person = self._tokens.get(self._bearer(request))
        if person is None or person.deleted or (person.banned and not self._features.banned_stay_logged_in):
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
        obstacles = {
            "deleted": person.deleted,
            "site_ban": person.banned and not self._features.banned_stay_logged_in,
            "registration_application_is_pending": person.application_pending,
            "missing_totp_token": person.totp_enabled,
        }
        for code, applies in obstacles.items():
            if applies:
                raise ApiError(code)
        return {"jwt": self.create_token(person), "registration_created": False, "verify_email_sent": False}

    def _log_out(self, request: Request) -> dict[str, Any]:
        """End the token's validity; other tokens of the account stay valid. Needs a valid token."""
        if self._viewer(request) is None:
            raise ApiError("incorrect_login", status=401)
        del self._tokens[self._bearer(request)]
        return {"success": True}

    def _handle_nodeinfo(self, request: Request) -> Response:
        if request.path == "/.well-known/nodeinfo":
            rel = "http://nodeinfo.diaspora.software/ns/schema/2.1"
            return Response.from_json({"links": [{"rel": rel, "href": f"{self.url}/nodeinfo/2.1"}]})
        if request.path == "/nodeinfo/2.1":
            state = self.state
            return Response.from_json(
                nodeinfo(self.version, len(state.people), len(state.posts), len(state.comments()))
            )
        return Response(404)
