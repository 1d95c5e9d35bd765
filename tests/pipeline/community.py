"""One community from a moderator's settings to what stands under its posts, through the daemon's own parts.

Real: the config, the database, the rule book, the pipeline with extraction and summary, the outbox, the
aftercare, the desk. Fake, at their Protocols: the fetcher and the platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.config.loader import parse
from bot.config.secrets import Context
from bot.core.errors import Refused
from bot.core.messages import Message, Via
from bot.core.models import Batch, Comment, Dialect, Page, Post, Source
from bot.core.skip_reasons import SkipReason
from bot.inbox.services import People
from bot.outbox.follow_up import Aftercare
from bot.outbox.reply_outbox import Outbox, Timing
from bot.pipeline.process import Services, compose, process
from bot.sandbox.news.page_builder import printed
from bot.store import Accounts, Database, Drafts, Mutes, Order, OrderKind, Place, Queue
from bot.store.status_reports import PostReport, every
from bot.workers.digest import digest
from tests.conftest import Clock, a_post

CONFIG = """
[bot]
owner = "you@example.org"
[lemmy.home]
server = "https://lemmy.example"
username = "precis"
password = "secret"
communities = ["news@lemmy.example"]
[reddit.red]
client_id = "id"
client_secret = "secret"
operator = "you"
username = "precis_bot"
password = "secret"
subreddits = ["news"]
"""
ARTICLE = "https://paper.example/harbour/bridge"


class FakePlatform:
    """A server that keeps what it is given, and does what moderators' accounts may do."""

    def __init__(self, account: str, dialect: Dialect, clock: Clock) -> None:
        self.account, self.dialect = account, dialect
        self._clock = clock
        self.posts: dict[str, Post] = {}
        self.comments: dict[str, str] = {}
        self.sent_at: dict[str, datetime] = {}
        self.marked: dict[str, bool] = {}
        self.votes = 1
        self.is_moderator = True

    def own_replies(self, post_id: str) -> tuple[Comment, ...]:
        return ()

    def reread(self, post_id: str) -> Post:
        return self.posts[post_id]

    def next_reply_at(self, community: str) -> datetime | None:
        return None

    def reply(self, post_id: str, markdown: str, language: str | None) -> Comment:
        number = f"c{post_id}"
        self.comments[number], self.sent_at[number] = markdown, self._clock()
        return Comment(number, post_id, f"https://lemmy.example/comment/{number}", self._clock())

    def edit(self, comment_id: str, markdown: str) -> None:
        self.comments[comment_id] = markdown

    def delete(self, comment_id: str) -> None:
        self.comments.pop(comment_id, None)

    def scores(self, comment_ids: tuple[str, ...]) -> Mapping[str, int]:
        return dict.fromkeys(comment_ids, self.votes)

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        if not self.is_moderator:
            raise Refused(SkipReason.REFUSED, "no moderator")
        self.marked[comment_id] = sticky

    def correspondence(self) -> FakePlatform:
        return self

    def moderators(self, community: str) -> frozenset[str]:
        return frozenset({"mona@lemmy.example"})


class Community:
    """What is set by a moderator here holds for the posts that follow."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        self._folder = folder
        self.pages = {ARTICLE: printed("bridge", ARTICLE)}
        self.lemmy = FakePlatform("home", Dialect.LEMMY, clock)
        self.reddit = FakePlatform("red", Dialect.REDDIT, clock)
        self.asked_methods: list[str] = []
        self.restart()

    def restart(self) -> None:
        """All that an earlier daemon had in memory is lost."""
        clock = self.clock
        self.database = Database(self._folder / "precis.db", clock())
        config = parse(CONFIG, Context(Path("config.toml"), {}))
        platforms: list[Any] = [self.lemmy, self.reddit]
        speakers: dict[str, Any] = {each.account: each for each in platforms}
        self.people = People.of(config, self.database, platforms, speakers, clock)
        self.queue = Queue(self.database)
        named = self.people.platforms
        self.services = Services(
            queue=self.queue,
            mutes=Mutes(self.database),
            fetch=lambda url: Page(url, self.pages[url]),
            digest=self._digest,
            rules_for=self.people.book.rules_for,
            dialect_of=lambda account: named[account].dialect,
            source_url="https://precis.example",
            clock=clock,
            retries=(),
            reread=lambda post: named[post.account].reread(post.id),
            unwelcome=self.people.unwelcome,
            links=self.people.links,
        )
        self.outboxes = [self._outbox(platform) for platform in platforms]
        self.aftercare = [
            Aftercare(
                platform,
                self.people.replies,
                self.people.book.rules_for,
                lambda post, rules: compose(post, rules, self.services),
                clock,
            )
            for platform in platforms
        ]

    def _digest(self, page: Page, length: Any, method: str) -> Any:
        self.asked_methods.append(method)
        return digest(page, length, method)

    def _outbox(self, platform: Any) -> Outbox:
        return Outbox(
            platform,
            drafts=Drafts(self.database),
            queue=self.queue,
            accounts=Accounts(self.database),
            mutes=Mutes(self.database),
            created_at=self.database.created_at(),
            still_wanted=self.people.still_wanted,
            clock=self.clock,
            timing=Timing(),
        )

    def set(self, **settings: Any) -> None:
        """As the desk keeps them after a moderator's message."""
        for name in ("news@lemmy.example", "news"):
            source = f"{name}/{len(self.people.book.orders.history(name))}"
            self.people.book.orders.add(
                Order(name, OrderKind.SETTINGS, Place.MESSAGE, "mona", self.clock(), source, "", settings)
            )

    def post(self, number: int = 1, **facts: Any) -> Post:
        """A new post, already old enough for a database that was made a moment ago."""
        values = {
            "url": ARTICLE,
            "published": self.clock(),
            "title": "The harbour bridge",
            "score": 1,
            **facts,
        }
        post = a_post(number, **values)
        platform = self.lemmy if post.account == "home" else self.reddit
        platform.posts[post.id] = post
        self.queue.discover(Source(post.account, None), Batch((post,), "-"), self.clock())
        return post

    def run(self) -> None:
        """Everything that is due now."""
        for task in self.queue.claim(self.clock(), 20, timedelta(minutes=5)):
            process(task, self.services)
        for outbox in self.outboxes:
            while outbox.step():
                pass
        for care in self.aftercare:
            while care.step():
                pass

    def live(self, minutes: int, step: int = 10) -> None:
        for _ in range(0, minutes + 1, step):
            self.run()
            self.clock.advance(step * 60)

    def vote(self, post: Post, score: int) -> None:
        self.lemmy.posts[post.id] = replace(self.lemmy.posts[post.id], score=score)

    def say(self, text: str, author: str, **facts: Any) -> None:
        message = Message("home", f"m{text}{author}", Via.REPLY, author, text, self.clock(), **facts)
        self.people.desk(self.services).handle(message)

    def report(self, number: int = 1) -> PostReport:
        reports = every(self.database)
        return reports[number - 1]

    @property
    def markdown(self) -> str:
        """The reply under the first post; "" where there is none."""
        return (self.lemmy.comments | self.reddit.comments).get("c1", "")
