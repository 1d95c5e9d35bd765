"""A PieFed 1.6.27 on loopback: routes, logins, rate limits and faults around a `ServerState`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.core.models import Dialect
from bot.sandbox.broken_responses import response_with_fault
from bot.sandbox.clock import Clock, utc_now
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.lemmy.mentions import mentions_on_piefed
from bot.sandbox.lemmy.page_backend import FediversePageBackend
from bot.sandbox.lemmy.rate_limits import FixedWindows
from bot.sandbox.lemmy.server_state import Person, ServerState
from bot.sandbox.lemmy.views import nodeinfo
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, LoopbackService, Request, Response
from bot.sandbox.outage import Outage
from bot.sandbox.pages import SandboxPages
from bot.sandbox.piefed import messages, read_calls, write_calls
from bot.sandbox.piefed.read_calls import VERSION
from bot.sandbox.piefed.request_context import ApiError, RequestContext
from bot.sandbox.piefed.views import Views

_API = "/api/alpha"
DEFAULT_LIMITS = {
    "POST /comment": (3, 60),
    "POST /private_message": (3, 60),
    "GET /site": (20, 60),
    "POST /user/login": (20, 3600),
}
"""Call -> requests per window, and the seconds of the window, which the first request opens.
Other calls have no limit."""

Route = Callable[[RequestContext], dict[str, Any]]
_ROUTES: dict[str, Route] = {
    "GET /user/me": read_calls.get_me,
    "GET /site": read_calls.get_site,
    "GET /site/version": read_calls.get_version,
    "GET /post/list": read_calls.list_posts,
    "GET /post": read_calls.get_post,
    "GET /community": read_calls.get_community,
    "POST /community/follow": write_calls.follow_community,
    "GET /comment/list": read_calls.list_comments,
    "POST /comment": write_calls.create_comment,
    "PUT /comment": write_calls.edit_comment,
    "POST /comment/delete": write_calls.delete_comment,
    "POST /comment/like": write_calls.like_comment,
    "PUT /user/save_user_settings": write_calls.save_user_settings,
    "GET /comment": read_calls.get_comment,
    "GET /user": read_calls.get_user,
    "GET /resolve_object": read_calls.resolve_object,
    "GET /user/unread_count": messages.get_unread_count,
    "GET /user/mentions": messages.list_mentions,
    "GET /user/replies": messages.list_replies,
    "GET /user/notifications": messages.list_notifications,
    "PUT /user/notification_state": messages.set_notification_state,
    "GET /private_message/list": messages.list_private_messages,
    "GET /private_message/conversation": messages.list_conversation,
    "POST /private_message": messages.create_private_message,
    "POST /private_message/mark_as_read": messages.mark_private_message,
}


DATABASE_DOWN = (
    '(psycopg2.OperationalError) connection to server at "db" (10.0.0.2), port 5432 failed: '
    "Connection refused\n"
    "\tIs the server running on that host and accepting TCP/IP connections?\n\n"
    '[SQL: SELECT "user".id AS user_id, "user".user_name AS user_user_name, "user".email AS user_email\n'
    'FROM "user"\nWHERE "user".id = %(pk_1)s]\n[parameters: {\'pk_1\': 2}]\n'
    "(Background on this error at: https://sqlalche.me/e/20/e3q8)"
)
"""What 1.6.27 answers to every call, with status 400, while its database is down."""


def _error_response(error: ApiError) -> Response:
    return Response.from_json({"code": 400, "message": error.message, "status": error.status}, 400)


class PieFedSandbox(LoopbackService):
    """Serves `state` over HTTP from `start` to `stop`. For the other parameters, see `LemmySandbox`.

    `host` is PieFed's SERVER_NAME, by default the address with its port. Only people on a host without a
    port can be mentioned. `idle_timeout` is how long a connection may be open without a request: the default
    is nginx's. None is a proxy that never closes one.
    """

    def __init__(
        self,
        *,
        clock: Clock = utc_now,
        limits: Mapping[str, tuple[int, int]] | None = DEFAULT_LIMITS,
        faults: FaultInjector | None = None,
        port: int = 0,
        host: str | None = None,
        idle_timeout: timedelta | None = timedelta(seconds=60),
    ) -> None:
        self._server = LoopbackServer(self.handle, port, idle_timeout=idle_timeout)
        self.state = ServerState(host or self._server.netloc, clock, mentions_on_piefed)
        self._pages = SandboxPages(FediversePageBackend(self.state, Dialect.PIEFED), self.state.lock)
        self.limits = None if limits is None else FixedWindows(clock, {**DEFAULT_LIMITS, **limits})
        self.faults = faults or FaultInjector()
        self.outage = Outage(clock)
        self.state.next_link_delay = self._next_link_delay
        self.requests: list[Request] = []
        self._tokens: dict[str, Person] = {}
        self._token_numbers = itertools.count(1)
        self._blocked_addresses: set[str] = set()

    def _next_link_delay(self) -> timedelta | None:
        """PieFed 1.6.27 fetches the linked page for up to 10 s before it adds the link to the new post."""
        return self.faults.link_delay if self.faults.happens(Fault.SLOW_LINK) else None

    def revoke_tokens(self) -> None:
        """Log out all accounts."""
        self._tokens.clear()

    def handle(self, request: Request) -> Response | Disconnect:
        if self._pages.is_page(request):
            return self._pages.respond(request)
        if not request.path.startswith(f"{_API}/"):
            return self._respond_outside_api(request)
        self.requests.append(request)
        call = f"{request.method} {request.path.removeprefix(_API)}"
        if call != "POST /user/login" and call not in _ROUTES:
            return Response(404, b"<!doctype html>", {"Content-Type": "text/html"})
        if call in DEFAULT_LIMITS and self.limits and not self.limits.allow(call, request.client_address):
            return self._rate_limited()
        fault = None if self.outage.is_active else self.faults.next_fault(call)
        if fault is Fault.HOLD:
            self.faults.hold()
            fault = None
        if fault is Fault.DATABASE_DOWN:
            self.outage.begin(self.faults.outage)
        if self.outage.is_active:
            return _error_response(ApiError(DATABASE_DOWN))
        if call == "POST /user/login":
            return self._respond(lambda: self._log_in(request))
        route = _ROUTES[call]
        if fault is not None:
            return self._respond_with_fault(fault, request, route)
        return self._respond(lambda: route(self._context(request)))

    @staticmethod
    def _rate_limited() -> Response:
        """An HTML page for every kind of request, without a Retry-After header."""
        return Response(429, b"<!doctype html><p>Too many requests</p>", {"Content-Type": "text/html"})

    def _respond_with_fault(self, fault: Fault, request: Request, route: Route) -> Response | Disconnect:
        return response_with_fault(
            fault,
            rate_limited=self._rate_limited(),
            unauthorized=_error_response(ApiError("incorrect_login")),
            perform=lambda: self._respond(lambda: self._perform(fault, self._context(request), route)),
        )

    def _perform(self, fault: Fault, context: RequestContext, route: Route) -> dict[str, Any]:
        is_late = fault in (Fault.LATE_COMMIT, Fault.LATE_LISTING)
        visible_from = self.state.clock() + self.faults.delay if is_late else None
        if route is messages.create_private_message:
            return messages.create_private_message(context, visible_from=visible_from)
        if route is not write_calls.create_comment:
            return route(context)
        return write_calls.create_comment(
            context, visible_from=visible_from, complete=fault is not Fault.PARTIAL_STORE
        )

    def _respond(self, call: Callable[[], dict[str, Any]]) -> Response:
        try:
            with self.state.lock:
                return Response.from_json(call(), headers={"Cache-Control": "no-store"})
        except ApiError as error:
            return _error_response(error)

    def _context(self, request: Request) -> RequestContext:
        viewer = self._viewer(request)
        return RequestContext(request, self.state, viewer, Views(self.state, viewer), self.url)

    def _viewer(self, request: Request) -> Person | None:
        """A bad token is refused for every call, even one that needs no login."""
        header = request.headers.get("Authorization")
        if header is None:
            return None
        person = self._tokens.get(header.partition(" ")[2])
        if person is None:
            raise ApiError("incorrect_login - problem decoding bearer token")
        if person.banned or person.deleted:
            raise ApiError("incorrect_login")
        return person

    def _log_in(self, request: Request) -> dict[str, Any]:
        """A banned account's second login from one IP address succeeds with a useless token."""
        context = RequestContext(request, self.state, None, Views(self.state, None), self.url)
        body = context.body("username", "password")
        person = self.state.person(str(body["username"]))
        if person is None or person.password is None or person.password != body["password"]:
            raise ApiError("incorrect_login")
        if person.banned and request.client_address not in self._blocked_addresses:
            self._blocked_addresses.add(request.client_address)
            raise ApiError("incorrect_login")
        token = f"sandbox.{person.id}.{next(self._token_numbers)}"
        self._tokens[token] = person
        return {"jwt": token}

    def _respond_outside_api(self, request: Request) -> Response:
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
            document = nodeinfo(VERSION, len(self.state.people), len(self.state.posts), 0)
            document["software"] |= {"name": "piefed"}
            return Response.from_json(document)
        return Response(404, b"<!doctype html>", {"Content-Type": "text/html"})
