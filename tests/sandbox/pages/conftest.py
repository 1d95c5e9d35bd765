"""The pages of each server over real HTTP: alice writes, mona moderates `news`, precis is the bot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from bot.operations.tls import system_tls_context
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.lemmy.server import DEFAULT_VERSION
from bot.sandbox.piefed import PieFedSandbox
from bot.sandbox.reddit import RedditSandbox
from tests.platforms.clock import ManualClock

SERVERS = ("lemmy", "lemmy-1.0", "piefed", "reddit")


@dataclass
class PagesServer:
    """A server with a community, people, a bot and a client without cookies of others."""

    kind: str
    sandbox: LemmySandbox | PieFedSandbox | RedditSandbox
    http: httpx2.Client
    state: Any
    news: Any
    alice: Any
    mona: Any
    bot: Any

    @property
    def is_reddit(self) -> bool:
        return self.kind == "reddit"

    @property
    def community_path(self) -> str:
        return "/r/news" if self.is_reddit else "/c/news"

    def post_path(self, post: Any) -> str:
        return f"/comments/{post.id}" if self.is_reddit else f"/post/{post.id}"

    def add_post(self, title: str = "A title", url: str | None = None, **details: Any) -> Any:
        add = self.state.add_submission if self.is_reddit else self.state.add_post
        return add(self.news, self.alice, title, url, **details)

    def posts(self) -> list[Any]:
        return list((self.state.submissions if self.is_reddit else self.state.posts).values())

    def title(self, post: Any) -> str:
        return str(post.title if self.is_reddit else post.name)

    def add_bot_comment(self, post: Any, text: str = "A summary") -> Any:
        return self.state.add_comment(post, self.bot, text)

    def text(self, comment: Any) -> str:
        return str(comment.body if self.is_reddit else comment.content)

    def act_as(self, name: str) -> None:
        assert self.send("person", person=name, back="/").status_code == 303

    def send(self, form: str, **fields: str) -> httpx2.Response:
        return self.http.post(f"/pages/{form}", data=fields)

    def get(self, path: str) -> str:
        response = self.http.get(path)
        assert response.status_code == 200, (path, response.text)
        return response.text


def make_server(kind: str, clock: ManualClock) -> LemmySandbox | PieFedSandbox | RedditSandbox:
    if kind == "reddit":
        return RedditSandbox(clock=clock)
    if kind == "piefed":
        return PieFedSandbox(clock=clock)
    return LemmySandbox(clock=clock, version="1.0.0-beta.1" if kind == "lemmy-1.0" else DEFAULT_VERSION)


@pytest.fixture(params=SERVERS)
def pages(request: pytest.FixtureRequest) -> Iterator[PagesServer]:
    kind = request.param
    with (
        make_server(kind, ManualClock()) as sandbox,
        httpx2.Client(
            base_url=sandbox.url,
            trust_env=False,
            verify=system_tls_context(),
            headers={"Origin": sandbox.url},
        ) as http,
    ):
        state: Any = sandbox.state
        if kind == "reddit":
            mona, alice = state.add_redditor("mona"), state.add_redditor("alice")
            bot = state.add_redditor("precis", password="right")
            news = state.add_subreddit("news", moderators=[mona])
        else:
            mona, alice = state.add_person("mona"), state.add_person("alice")
            bot = state.add_person("precis", password="right", bot_account=True)
            news = state.add_community("news", moderators=[mona])
        yield PagesServer(kind, sandbox, http, state, news, alice, mona, bot)
