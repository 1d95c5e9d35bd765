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
from bot.config.secrets import SecretsContext
from bot.core.errors import Refused
from bot.core.messages import Message, MessageKind
from bot.core.models import Comment, Dialect, Page, PollResult, Post, Source
from bot.core.skip_reasons import SkipReason
from bot.inbox.services import InboxServices
from bot.outbox.follow_up import FollowUp
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming
from bot.pipeline.process import PipelineServices, compose_reply, process_post
from bot.sandbox.news.page_builder import build_page
from bot.store import (
    Accounts,
    Database,
    MutedCommunities,
    OutgoingReplies,
    PostQueue,
    SettingsChange,
    SettingsChangeKind,
    SettingsSource,
)
from bot.store.status_reports import PostReport, all_posts
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

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        return ()

    def fetch_post(self, post_id: str) -> Post:
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

    def messaging(self) -> FakePlatform:
        return self

    def moderators(self, community: str) -> frozenset[str]:
        return frozenset({"mona@lemmy.example"})


class Community:
    """What is set by a moderator here holds for the posts that follow."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.clock = clock
        self._folder = folder
        self.pages = {ARTICLE: build_page("bridge", ARTICLE)}
        self.lemmy = FakePlatform("home", Dialect.LEMMY, clock)
        self.reddit = FakePlatform("red", Dialect.REDDIT, clock)
        self.asked_methods: list[str] = []
        self.restart()

    def restart(self) -> None:
        """All that an earlier daemon had in memory is lost."""
        clock = self.clock
        self.database = Database(self._folder / "precis.db", clock())
        config = parse(CONFIG, SecretsContext(Path("config.toml"), {}))
        platforms: list[Any] = [self.lemmy, self.reddit]
        speakers: dict[str, Any] = {each.account: each for each in platforms}
        self.people = InboxServices.from_config(config, self.database, platforms, speakers, clock)
        self.queue = PostQueue(self.database)
        named = self.people.platforms
        self.services = PipelineServices(
            queue=self.queue,
            muted_communities=MutedCommunities(self.database),
            fetch=lambda url: Page(url, self.pages[url]),
            digest=self._digest,
            rules_for=self.people.rule_resolver.rules_for,
            dialect_of=lambda account: named[account].dialect,
            source_url="https://precis.example",
            clock=clock,
            retries=(),
            fetch_post=lambda post: named[post.account].fetch_post(post.id),
            opted_out_or_paused=self.people.opted_out_or_paused,
            footer_links=self.people.footer_links,
        )
        self.outboxes = [self._outbox(platform) for platform in platforms]
        self.aftercare = [
            FollowUp(
                platform,
                self.people.sent_replies,
                self.people.rule_resolver.rules_for,
                lambda post, rules: compose_reply(post, rules, self.services),
                clock,
            )
            for platform in platforms
        ]

    def _digest(self, page: Page, length: Any, method: str) -> Any:
        self.asked_methods.append(method)
        return digest(page, length, method)

    def _outbox(self, platform: Any) -> ReplyOutbox:
        return ReplyOutbox(
            platform,
            replies=OutgoingReplies(self.database),
            queue=self.queue,
            accounts=Accounts(self.database),
            muted_communities=MutedCommunities(self.database),
            created_at=self.database.created_at(),
            check_post=self.people.check_post,
            clock=self.clock,
            timing=SendTiming(),
        )

    def set(self, **settings: Any) -> None:
        """As the desk keeps them after a moderator's message."""
        for name in ("news@lemmy.example", "news"):
            source = f"{name}/{len(self.people.rule_resolver.settings_log.history(name))}"
            self.people.rule_resolver.settings_log.add(
                SettingsChange(
                    name,
                    SettingsChangeKind.SETTINGS,
                    SettingsSource.MESSAGE,
                    "mona",
                    self.clock(),
                    source,
                    "",
                    settings,
                )
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
        self.queue.discover(Source(post.account, None), PollResult((post,), "-"), self.clock())
        return post

    def run(self) -> None:
        """Everything that is due now."""
        for task in self.queue.claim(self.clock(), 20, timedelta(minutes=5)):
            process_post(task, self.services)
        for outbox in self.outboxes:
            while outbox.process_next():
                pass
        for care in self.aftercare:
            while care.process_next():
                pass

    def live(self, minutes: int, step: int = 10) -> None:
        for _ in range(0, minutes + 1, step):
            self.run()
            self.clock.advance(step * 60)

    def vote(self, post: Post, score: int) -> None:
        self.lemmy.posts[post.id] = replace(self.lemmy.posts[post.id], score=score)

    def say(self, text: str, author: str, **facts: Any) -> None:
        message = Message("home", f"m{text}{author}", MessageKind.REPLY, author, text, self.clock(), **facts)
        self.people.create_handler(self.services).handle(message)

    def report(self, number: int = 1) -> PostReport:
        reports = all_posts(self.database)
        return reports[number - 1]

    @property
    def markdown(self) -> str:
        """The reply under the first post; "" where there is none."""
        return (self.lemmy.comments | self.reddit.comments).get("c1", "")
