"""The real adapter and PRAW against the sandbox's Reddit over real HTTP, with a clock that tests set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import prawcore.sessions
import pytest
import stamina

from bot.core.models import PollResult, Source
from bot.platforms.reddit import Reddit
from bot.sandbox.faults import FaultInjector
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, Request, Response
from bot.sandbox.reddit import Comment, Redditor, RedditSandbox, Submission, Subreddit
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from tests.platforms.clock import ManualClock


@dataclass
class MemoryTokenStore:
    """A `TokenStore` in memory."""

    tokens: dict[str, str | None] = field(default_factory=dict)

    def load(self, account: str) -> str | None:
        return self.tokens.get(account)

    def save(self, account: str, token: str | None) -> None:
        self.tokens[account] = token


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Without the waits of prawcore and stamina before a retry."""
    monkeypatch.setattr(prawcore.sessions.FiniteRetryStrategy, "sleep", lambda self: None)
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@dataclass
class RedditEnvironment:
    """A Reddit with two subreddits, an author and the bot's account. `adapter` creates adapters."""

    server: RedditSandbox
    clock: ManualClock
    news: Subreddit
    world_news: Subreddit
    author: Redditor
    bot: Redditor
    proxy: LoopbackServer
    answers: dict[str, Callable[[Request], Response | Disconnect]] = field(default_factory=dict)
    """Calls that the proxy answers itself, such as "POST /api/comment/"."""
    adapters: list[Reddit] = field(default_factory=list)
    token_store: MemoryTokenStore = field(default_factory=MemoryTokenStore)

    def adapter(self, *subreddits: str, **changes: Any) -> Reddit:
        settings: dict[str, Any] = {
            "account": "summaries",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "operator": "owner",
            "username": "precis",
            "password": "right",
            "subreddits": subreddits or ("news", "worldnews"),
            "token_store": self.token_store,
            "user_agent": "precis-test/1",
            "clock": self.clock,
            "timeout": timedelta(seconds=10),
            "base_url": self.proxy.url,
        }
        created = Reddit(**(settings | changes))
        self.adapters.append(created)
        return created

    def post(self, title: str = "A title", *, ago: float = 1, **details: Any) -> Submission:
        """A link post that was published `ago` minutes ago."""
        details.setdefault("url", f"https://paper.example/{title.replace(' ', '-')}")
        subreddit = details.pop("subreddit", self.news)
        when = self.clock.now - timedelta(minutes=ago)
        return self.server.state.add_submission(subreddit, self.author, title, published=when, **details)

    def own(self) -> list[Comment]:
        """All comments of the bot on the server, also those not visible yet."""
        return [comment for comment in self.server.state.all_comments() if comment.author is self.bot]

    def since(self, hours: float = 24) -> datetime:
        return self.clock.now - timedelta(hours=hours)

    def poll(self, adapter: Reddit, name: str = "news", cursor: str | None = None) -> PollResult:
        return adapter.poll(Source("summaries", name), cursor, self.since())

    def answer(self, call: str, status: int, body: Any, **headers: str) -> None:
        self.answers[call] = lambda _request: Response.from_json(body, status, headers)


@pytest.fixture
def env() -> Iterator[RedditEnvironment]:
    clock = ManualClock()
    faults = FaultInjector(
        calls=("POST /api/comment", "POST /api/editusertext", "POST /api/del"), delay=timedelta(seconds=60)
    )
    server = RedditSandbox(clock=clock, faults=faults)
    answers: dict[str, Callable[[Request], Response | Disconnect]] = {}

    def respond(request: Request) -> Response | Disconnect:
        mine = answers.get(f"{request.method} {request.path}")
        return mine(request) if mine else server.handle(request)

    state = server.state
    author = state.add_redditor("Alice")
    bot = state.add_redditor("Precis", password="right")
    news, other = state.add_subreddit("News"), state.add_subreddit("worldnews")
    with LoopbackServer(respond) as proxy:
        created = RedditEnvironment(server, clock, news, other, author, bot, proxy, answers)
        yield created
        for adapter in created.adapters:
            adapter.close()
