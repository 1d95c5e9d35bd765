"""A community, from a moderator's settings to the replies under its posts, with the daemon's own components.

Real: the config, the database, the rule resolver, the pipeline with extraction and summary, the outbox,
the follow-up, the command handler. Fake, at their Protocols: the fetcher and the platform.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bot.config.loader import parse
from bot.config.secrets import SecretsContext
from bot.core.database_location import DatabaseLocation
from bot.core.errors import Refused
from bot.core.messages import Message, MessageKind
from bot.core.models import Comment, Dialect, Page, PollResult, Post, Source
from bot.core.skip_reasons import SkipReason
from bot.inbox.services import InboxServices
from bot.outbox.follow_up import FollowUp
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming
from bot.pipeline import policy
from bot.pipeline.compose import compose_reply
from bot.pipeline.process import process_post
from bot.pipeline.services import PipelineServices
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
from bot.store.post_lookup import all_posts
from bot.store.post_reports import PostReport
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
OTHER = "https://paper.example/harbour/ferry"


class FakePlatform:
    """A server in memory that allows what moderators' accounts may do."""

    def __init__(self, account: str, dialect: Dialect, clock: Clock) -> None:
        self.account, self.dialect = account, dialect
        self._clock = clock
        self.posts: dict[str, Post] = {}
        self.comments: dict[str, str] = {}
        self.sent_at: dict[str, datetime] = {}
        self.distinguished: dict[str, bool] = {}
        self.votes = 1
        self.is_moderator = True

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        sent = (number for number in self.sent_at if number.split("/")[0] == f"c{post_id}")
        return tuple(
            Comment(number, post_id, "", self.sent_at[number], gone=number not in self.comments)
            for number in sent
        )

    def fetch_post(self, post_id: str) -> Post:
        return self.posts[post_id]

    def next_reply_at(self, community: str) -> datetime | None:
        return None

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        earlier = len(self.own_comments(post_id))
        number = f"c{post_id}/{earlier + 1}" if earlier else f"c{post_id}"
        self.comments[number], self.sent_at[number] = markdown, self._clock()
        return Comment(number, post_id, f"https://lemmy.example/comment/{number}", self._clock())

    def own_replies_to_comment(self, post_id: str, comment_id: str) -> tuple[Comment, ...]:
        return self.own_comments(f"{post_id}.{comment_id}")

    def reply_to_comment(
        self, post_id: str, comment_id: str, markdown: str, language: str | None, *, refused_sends: int = 0
    ) -> Comment:
        return self.reply(f"{post_id}.{comment_id}", markdown, language)

    def edit(self, comment_id: str, markdown: str) -> None:
        self.comments[comment_id] = markdown

    def delete(self, comment_id: str) -> None:
        self.comments.pop(comment_id, None)

    def scores(self, comment_ids: tuple[str, ...]) -> Mapping[str, int]:
        return dict.fromkeys(comment_ids, self.votes)

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        if not self.is_moderator:
            raise Refused(SkipReason.REFUSED, "not a moderator")
        self.distinguished[comment_id] = sticky

    def messaging(self) -> FakePlatform:
        return self

    def moderators(self, community: str) -> frozenset[str]:
        return frozenset({"mona@lemmy.example"})


class CommunityScenario:
    """The moderators' settings apply to the posts that follow."""

    def __init__(self, location: DatabaseLocation, clock: Clock) -> None:
        self.clock = clock
        self._location = location
        self.pages = {ARTICLE: build_page("bridge", ARTICLE), OTHER: build_page("ferry", OTHER)}
        self.lemmy = FakePlatform("home", Dialect.LEMMY, clock)
        self.reddit = FakePlatform("red", Dialect.REDDIT, clock)
        self.used_methods: list[str] = []
        self.restart()

    def restart(self) -> None:
        """Create all components again, as after a restart of the daemon."""
        clock = self.clock
        self.database = Database(self._location, clock())
        config = parse(CONFIG, SecretsContext(Path("config.toml"), {}))
        platforms: list[Any] = [self.lemmy, self.reddit]
        messaging: dict[str, Any] = {platform.account: platform for platform in platforms}
        self.inbox_services = InboxServices.from_config(config, self.database, platforms, messaging, clock)
        self.queue = PostQueue(self.database)
        by_account = self.inbox_services.platforms
        self.services = PipelineServices(
            queue=self.queue,
            muted_communities=MutedCommunities(self.database),
            fetch=lambda url: Page(url, self.pages[url]),
            digest=self._digest,
            rules_for=self.inbox_services.rule_resolver.rules_for,
            dialect_of=lambda account: by_account[account].dialect,
            source_url="https://precis.example",
            clock=clock,
            retries=(),
            fetch_post=lambda post: by_account[post.account].fetch_post(post.id),
            opted_out_or_paused=self.inbox_services.rule_resolver.opted_out_or_paused,
            footer_links=self.inbox_services.footer_links,
        )
        self.outboxes = [self._create_outbox(platform) for platform in platforms]
        self.follow_ups = [
            FollowUp(
                platform,
                self.inbox_services.sent_replies,
                self.inbox_services.rule_resolver.rules_for,
                lambda post, rules: compose_reply(post, rules, self.services),
                clock,
                before_send=policy.before_send,
            )
            for platform in platforms
        ]

    def _digest(self, page: Page, length: Any, method: str, **options: bool) -> Any:
        self.used_methods.append(method)
        return digest(page, length, method, **options)

    def _create_outbox(self, platform: Any) -> ReplyOutbox:
        return ReplyOutbox(
            platform,
            replies=OutgoingReplies(self.database),
            queue=self.queue,
            accounts=Accounts(self.database),
            muted_communities=MutedCommunities(self.database),
            created_at=self.database.created_at(),
            check_post=self.inbox_services.check_post,
            clock=self.clock,
            timing=SendTiming(),
            messaging=platform,
        )

    def set_rules(self, **settings: Any) -> None:
        """Save settings like the command handler after a moderator's message."""
        for name in ("news@lemmy.example", "news"):
            source_id = f"{name}/{len(self.inbox_services.rule_resolver.settings_log.history(name))}"
            self.inbox_services.rule_resolver.settings_log.add(
                SettingsChange(
                    name,
                    SettingsChangeKind.SETTINGS,
                    SettingsSource.MESSAGE,
                    "mona",
                    self.clock(),
                    source_id,
                    "",
                    settings,
                )
            )

    def post(self, number: int = 1, **changes: Any) -> Post:
        """Discover a new post, which is not older than the database."""
        values = {
            "url": ARTICLE,
            "published": self.clock(),
            "title": "The harbour bridge",
            "score": 1,
            **changes,
        }
        post = a_post(number, **values)
        platform = self.lemmy if post.account == "home" else self.reddit
        platform.posts[post.id] = post
        self.queue.discover(Source(post.account, None), PollResult((post,), "-"), self.clock())
        return post

    def run(self) -> None:
        """Do everything that is due now."""
        for claimed in self.queue.claim(self.clock(), 20, timedelta(minutes=5)):
            process_post(claimed, self.services)
        for outbox in self.outboxes:
            while outbox.process_next():
                pass
        for follow_up in self.follow_ups:
            while follow_up.process_next():
                pass

    def run_for(self, minutes: int, step: int = 10) -> None:
        for _ in range(0, minutes + 1, step):
            self.run()
            self.clock.advance(step * 60)

    def set_post_score(self, post: Post, score: int) -> None:
        self.lemmy.posts[post.id] = replace(self.lemmy.posts[post.id], score=score)

    def send_message(self, text: str, author: str, **changes: Any) -> None:
        message = Message(
            "home", f"m{text}{author}", MessageKind.REPLY, author, text, self.clock(), **changes
        )
        self.inbox_services.create_handler(self.services).handle(message)

    def report(self, number: int = 1) -> PostReport:
        reports = all_posts(self.database)
        return reports[number - 1]

    @property
    def markdown(self) -> str:
        """The reply under the first post; "" if there is none."""
        return (self.lemmy.comments | self.reddit.comments).get("c1", "")
