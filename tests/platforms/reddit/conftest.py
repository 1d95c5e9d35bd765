"""A real adapter on real PRAW against the sandbox's Reddit over real HTTP, with a clock that stands still."""

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
    """A Vault in memory."""

    tokens: dict[str, str | None] = field(default_factory=dict)

    def load(self, account: str) -> str | None:
        return self.tokens.get(account)

    def save(self, account: str, token: str | None) -> None:
        self.tokens[account] = token


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """prawcore and stamina pause before they repeat a call."""
    monkeypatch.setattr(prawcore.sessions.FiniteRetryStrategy, "sleep", lambda self: None)
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@dataclass
class RedditEnvironment:
    """A Reddit with two subreddits, an author and the bot's account; adapters are made as needed."""

    server: RedditSandbox
    clock: ManualClock
    news: Subreddit
    world_news: Subreddit
    author: Redditor
    bot: Redditor
    front: LoopbackServer
    answers: dict[str, Callable[[Request], Response | Disconnect]] = field(default_factory=dict)
    """Paths that the front answers itself, as "POST /api/comment/"."""
    adapters: list[Reddit] = field(default_factory=list)
    vault: MemoryTokenStore = field(default_factory=MemoryTokenStore)

    def adapter(self, *subreddits: str, **changes: Any) -> Reddit:
        settings: dict[str, Any] = {
            "account": "summaries",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "operator": "owner",
            "username": "precis",
            "password": "right",
            "subreddits": subreddits or ("news", "worldnews"),
            "token_store": self.vault,
            "user_agent": "precis-test/1",
            "clock": self.clock,
            "timeout": timedelta(seconds=10),
            "base_url": self.front.url,
        }
        made = Reddit(**(settings | changes))
        self.adapters.append(made)
        return made

    def post(self, title: str = "A title", *, ago: float = 1, **details: Any) -> Submission:
        """A link post that was published `ago` minutes ago."""
        details.setdefault("url", f"https://paper.example/{title.replace(' ', '-')}")
        place = details.pop("subreddit", self.news)
        when = self.clock.now - timedelta(minutes=ago)
        return self.server.state.add_submission(place, self.author, title, published=when, **details)

    def own(self) -> list[Comment]:
        """All comments of the bot on the server, also those not shown yet."""
        return [one for one in self.server.state.all_comments() if one.author is self.bot]

    def since(self, hours: float = 24) -> datetime:
        return self.clock.now - timedelta(hours=hours)

    def poll(self, adapter: Reddit, name: str = "news", cursor: str | None = None) -> PollResult:
        return adapter.poll(Source("summaries", name), cursor, self.since())

    def answer(self, call: str, status: int, body: Any, **headers: str) -> None:
        self.answers[call] = lambda _request: Response.from_json(body, status, headers)


@pytest.fixture
def stage() -> Iterator[RedditEnvironment]:
    clock = ManualClock()
    faults = FaultInjector(
        calls=("POST /api/comment", "POST /api/editusertext", "POST /api/del"), delay=timedelta(seconds=60)
    )
    server = RedditSandbox(clock=clock, faults=faults)
    answers: dict[str, Callable[[Request], Response | Disconnect]] = {}

    def respond(request: Request) -> Response | Disconnect:
        mine = answers.get(f"{request.method} {request.path}")
        return mine(request) if mine else server.handle(request)

    world = server.state
    author = world.add_redditor("Alice")
    bot = world.add_redditor("Precis", password="right")
    news, other = world.add_subreddit("News"), world.add_subreddit("worldnews")
    with LoopbackServer(respond) as front:
        made = RedditEnvironment(server, clock, news, other, author, bot, front, answers)
        yield made
        for adapter in made.adapters:
            adapter.close()
