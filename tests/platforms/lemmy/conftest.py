"""The real adapter and the sandbox's Lemmy over real HTTP, with a manual clock."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
import stamina

from bot.core.models import PollResult, Source
from bot.platforms.lemmy import Lemmy
from bot.sandbox.lemmy import Community, LemmySandbox, Person, Post
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, Request, Response
from tests.platforms.clock import ManualClock

V3, V4 = "0.19.20", "1.0.0-beta.1"
Test = TypeVar("Test", bound=Callable[..., None])


def only_on(version: str) -> Callable[[Test], Test]:
    """Marks a test that applies to one version; all others run with both."""

    def mark(test: Test) -> Test:
        test.version = version  # type: ignore[attr-defined]
        return test

    return mark


_IN_V4 = {
    "POST /user/login": "POST /account/auth/login",
    "GET /user/validate_auth": "GET /account/validate_auth",
    "POST /comment/delete": "DELETE /comment",
}
_CODES_IN_V4 = {(400, "rate_limit_error"): (429, "too_many_requests")}

GENEROUS = {"message": (100_000, 60), "comment": (10_000, 600), "search": (10_000, 600)}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "lemmy" in metafunc.fixturenames:
        single = getattr(metafunc.function, "version", None)
        metafunc.parametrize("lemmy", [single] if single else [V3, V4])


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@dataclass
class MemoryTokenStore:
    """A TokenStore in memory."""

    tokens: dict[str, str | None] = field(default_factory=dict)

    def load(self, account: str) -> str | None:
        return self.tokens.get(account)

    def save(self, account: str, token: str | None) -> None:
        self.tokens[account] = token


@dataclass
class LemmyEnvironment:
    """A server with one community, one author and the bot's account, which creates adapters."""

    server: LemmySandbox
    clock: ManualClock
    token_store: MemoryTokenStore
    community: Community
    author: Person
    bot: Person
    proxy: LoopbackServer
    answers: dict[str, Callable[[Request], Response | Disconnect]] = field(default_factory=dict)
    """Calls that the proxy answers itself, for example "POST /comment"."""
    adapters: list[Lemmy] = field(default_factory=list)
    proxy_requests: list[Request] = field(default_factory=list)
    """All requests of the adapters, also those that the proxy answers itself."""

    @property
    def community_source(self) -> Source:
        return Source("summaries", f"news@{self.server.state.host}")

    @property
    def all_posts(self) -> Source:
        return Source("summaries", None)

    def adapter(self, **changes: Any) -> Lemmy:
        settings: dict[str, Any] = {
            "account": "summaries",
            "base_url": self.proxy.url,
            "username": "precis",
            "password": "right",
            "token_store": self.token_store,
            "user_agent": "precis-test/1",
            "clock": self.clock,
            "timeout": timedelta(seconds=10),
        }
        adapter = Lemmy(**(settings | changes))
        self.adapters.append(adapter)
        return adapter

    def post(self, title: str = "A title", *, ago: float = 1, **details: Any) -> Post:
        """A post that was published `ago` minutes ago."""
        details.setdefault("url", f"https://news.example/{title.replace(' ', '-')}")
        community = details.pop("community", self.community)
        when = self.clock.now - timedelta(minutes=ago)
        return self.server.state.add_post(community, self.author, title, published=when, **details)

    def since(self, hours: float = 24) -> datetime:
        return self.clock.now - timedelta(hours=hours)

    def calls(self, name: str) -> list[Request]:
        """The requests that reached the server for a call, for example "POST /comment"."""
        method, _, path = self.name_of_call(name).partition(" ")
        prefix = "/api/v4" if self.is_v4 else "/api/v3"
        return [
            seen for seen in self.server.requests if (seen.method, seen.path) == (method, f"{prefix}{path}")
        ]

    @property
    def is_v4(self) -> bool:
        return self.server.version == V4

    def name_of_call(self, call: str) -> str:
        """The name of 0.19's call on this server."""
        return _IN_V4.get(call, call) if self.is_v4 else call

    def answer(self, call: str, status: int, body: Any) -> None:
        self.answers[self.name_of_call(call)] = lambda _request: Response.from_json(body, status)

    def refuse(self, call: str, status: int, code: str, message: str | None = None) -> None:
        if self.is_v4:
            status, code = _CODES_IN_V4.get((status, code), (status, code))
        self.answer(call, status, {"error": code} | ({"message": message} if message else {}))

    def refuse_once(self, call: str, status: int, code: str) -> None:
        name = self.name_of_call(call)

        def respond(_request: Request) -> Response:
            del self.answers[name]
            return Response.from_json({"error": code}, status)

        self.answers[name] = respond


def ids(result: PollResult) -> list[int]:
    return [int(post.id) for post in result.posts]


@pytest.fixture
def env(lemmy: str) -> Iterator[LemmyEnvironment]:
    clock = ManualClock()
    server = LemmySandbox(version=lemmy, clock=clock, limits=GENEROUS)
    answers: dict[str, Callable[[Request], Response | Disconnect]] = {}

    proxy_requests: list[Request] = []

    def respond(request: Request) -> Response | Disconnect:
        proxy_requests.append(request)
        path = request.path.removeprefix("/api/v3").removeprefix("/api/v4")
        answer = answers.get(f"{request.method} {path}")
        return answer(request) if answer else server.handle(request)

    state = server.state
    author = state.add_person("Alice")
    bot = state.add_person("precis", password="right", bot_account=True)
    community = state.add_community("news")
    with LoopbackServer(respond) as proxy:
        env = LemmyEnvironment(server, clock, MemoryTokenStore(), community, author, bot, proxy, answers)
        env.proxy_requests = proxy_requests
        yield env
        for adapter in env.adapters:
            adapter.close()
    server._server._http.server_close()
