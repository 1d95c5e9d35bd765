"""A daemon that handles commands on a test server with moderators.

Real: the servers' HTTP, the adapters (PRAW), the database, the config, inbox, command handler, outbox and
follow-up. Fakes: the pages and their digests.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.config.loader import parse
from bot.config.secrets import SecretsContext
from bot.config.settings import InboxSettings
from bot.core.models import Article, Digest, Page, Source, Summary
from bot.inbox.inbox_factory import InboxFactory
from bot.inbox.services import InboxServices
from bot.outbox.follow_up import FollowUp
from bot.outbox.reply_outbox import ReplyOutbox
from bot.pipeline.compose import compose_reply
from bot.pipeline.process import process_post
from bot.pipeline.services import PipelineServices
from bot.sandbox.piefed import PieFedSandbox
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from bot.store import Accounts, Database, MutedCommunities, OutgoingMessages, OutgoingReplies, PostQueue
from tests.inbox.servers import SENTENCE, TIMING, LemmyServer, PlatformServer, RedditServer

LINK = "https://paper.example/boats"
HOUR = timedelta(hours=1)


class ProcessKilled(BaseException):
    """The process was killed."""


def daemon_config(server: PlatformServer) -> str:
    """A config.toml with an account on the server, which accepts invitations to its community."""
    if isinstance(server, RedditServer):
        account = f"""[reddit.home]
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"
operator = "owner"
username = "{server.bot.name}"
password = "right"
subreddits = ["news"]
"""
    else:
        assert isinstance(server, LemmyServer)
        kind = "piefed" if isinstance(server.sandbox, PieFedSandbox) else "lemmy"
        account = f"""[{kind}.home]
server = "{server.sandbox.url}"
username = "{server.bot.name}"
password = "right"
communities = ["{server.community}"]
"""
    return f'[bot]\nowner = "you@example.org"\n[moderators]\ninvitations = ["news"]\n{account}'


class CommandDaemon:
    """One daemon with the command handler."""

    def __init__(self, server: PlatformServer, crash: CrashTrigger | None = None) -> None:
        self.server, self.crash = server, crash
        clock = server.clock
        self.database = Database(server.location, clock())
        if crash is not None:
            crash.install(self.database)
        self.platform = server.create_adapter()
        messaging = self.platform.messaging()
        assert messaging is not None
        config = parse(daemon_config(server), SecretsContext(Path("config.toml"), {}))
        accounts, self.queue = Accounts(self.database), PostQueue(self.database)
        self.inbox_services = InboxServices.from_config(
            config, self.database, [self.platform], {"home": messaging}, clock
        )
        self.queue.release()
        OutgoingReplies(self.database).restart_settling(clock() + TIMING.settle)
        OutgoingMessages(self.database).restart_settling(clock() + TIMING.settle)
        self.services = PipelineServices(
            queue=self.queue,
            muted_communities=MutedCommunities(self.database),
            fetch=lambda url: Page(url, b"<p>"),
            digest=_digest,
            rules_for=self.inbox_services.rule_resolver.rules_for,
            dialect_of=lambda account: self.platform.dialect,
            source_url="https://precis.example",
            clock=clock,
            retries=(),
            opted_out_or_paused=self.inbox_services.rule_resolver.opted_out_or_paused,
            footer_links=self.inbox_services.footer_links,
        )
        self.outbox = ReplyOutbox(
            self.platform,
            replies=OutgoingReplies(self.database),
            queue=self.queue,
            accounts=accounts,
            muted_communities=MutedCommunities(self.database),
            created_at=clock() - timedelta(days=30),
            check_post=self.inbox_services.check_post,
            clock=clock,
            timing=TIMING,
            messaging=messaging,
        )
        factory = InboxFactory(self.database, InboxSettings(), accounts, clock, TIMING)
        handler = self.inbox_services.create_handler(self.services)
        self.inbox = factory.create(self.platform, messaging, handler, {server.community}, timedelta(0))
        rules_for = self.inbox_services.rule_resolver.rules_for
        self.follow_up = FollowUp(
            self.platform,
            self.inbox_services.sent_replies,
            rules_for,
            lambda post, rules: compose_reply(post, rules, self.services),
            clock,
        )
        self.messaging = messaging
        self.weekly_reports = self.inbox_services.create_weekly_reports(self.services)
        self.page_reader = self.inbox_services.create_page_reader(self.services, HOUR)

    def close(self) -> None:
        self.platform.close()
        self.database.close()

    def run_all_jobs(self, minutes: float = 0) -> None:
        """Run each job once, after some time has passed."""
        self.server.clock.now += timedelta(minutes=minutes)
        source = Source("home", self.server.community)
        since = self.server.clock() - timedelta(days=1)
        result = self.platform.poll(source, self.queue.cursor(source, self.server.clock()), since)
        self.queue.discover(source, result, self.server.clock())
        self.inbox.run(lambda: False)
        for post in self.queue.claim(self.server.clock(), 10, timedelta(minutes=5)):
            process_post(post, self.services)
        while self.outbox.process_next():
            pass
        while self.follow_up.process_next():
            pass
        self.read_pages()
        self.weekly_reports.queue_due(lambda: False)
        self.inbox.run(lambda: False)

    def read_pages(self, minutes: float = 0) -> None:
        self.server.clock.now += timedelta(minutes=minutes)
        for account, community in self.inbox_services.communities_with_pages():
            self.page_reader.read_if_due(account, community)


class CrashTrigger:
    """Kills the daemon at one of its transactions, before or after the commit."""

    def __init__(self, at: int, *, before: bool) -> None:
        self._remaining = at
        self._before = before
        self.fired = False

    def install(self, database: Database) -> None:
        write_transaction, write_queries = database.write_transaction, database.write_queries

        @contextmanager
        def crashing_transaction() -> Iterator[Any]:
            with self._crash_after(write_transaction()) as connection:
                yield connection

        @contextmanager
        def crashing_queries(community: str | None = None) -> Iterator[Any]:
            with self._crash_after(write_queries(community)) as queries:
                yield queries

        database.write_transaction = crashing_transaction  # type: ignore[method-assign]
        database.write_queries = crashing_queries  # type: ignore[method-assign]

    @contextmanager
    def _crash_after(self, transaction: AbstractContextManager[Any]) -> Iterator[Any]:
        with transaction as opened:
            yield opened
            if self._before:
                self._count_transaction()
        if not self._before:
            self._count_transaction()

    def _count_transaction(self) -> None:
        self._remaining -= 1
        if self._remaining == 0:
            self.fired = True
            raise ProcessKilled


def run_with_restarts(
    server: PlatformServer, minutes: tuple[float, ...], crash: CrashTrigger | None = None
) -> CommandDaemon:
    """Run all jobs after each pause, and restart the daemon when it is killed. The caller must close it."""
    daemon: CommandDaemon | None = None
    for pause in minutes:
        server.clock.now += timedelta(minutes=pause)
        while True:
            try:
                if daemon is None:
                    daemon = CommandDaemon(server, crash)
                daemon.run_all_jobs()
                break
            except ProcessKilled:
                if daemon is not None:
                    daemon.close()
                daemon, crash = None, None
                server.clock.now += timedelta(minutes=5)  # longer than the settle time
    assert daemon is not None
    return daemon


def _digest(page: Page, length: Any, method: str, **options: bool) -> Digest:
    del page, method
    words = min(length.words, 90)
    summary = Summary((SENTENCE,), article_words=900, summary_words=words, method="precis")
    return Digest(Article("Boats", "Text.", "en", 0.9, word_count=900), summary, reading_minutes=4)


def second_bot(server: PlatformServer) -> PlatformServer:
    """The same server for a second bot, whose account has no bot flag."""
    other = copy.copy(server)
    other.folder = server.folder / "second_bot"
    other.folder.mkdir()
    other.location = other.folder / "precis.db"
    other._token = {}
    assert isinstance(other, RedditServer | LemmyServer)
    other.bot = add_person(server, "otherbot")
    other.bot.password = "right"
    return other


def add_fresh_post(server: PlatformServer, author: Any = None, link: str = LINK) -> Any:
    """Add a post that is new enough for a reply without a request; by Alice, unless `author` is given."""
    if isinstance(server, RedditServer):
        return server.sandbox.state.add_submission(server.news, author or server.alice, "A title", link)
    assert isinstance(server, LemmyServer)
    return server.sandbox.state.add_post(server.news, author or server.alice, "A title", link)


def add_person(server: PlatformServer, name: str, *, moderator: bool = False) -> Any:
    if isinstance(server, RedditServer):
        account: Any = server.sandbox.state.add_redditor(name)
    else:
        assert isinstance(server, LemmyServer)
        account = server.sandbox.state.add_person(name)
    if moderator:
        server.news.moderators.append(account)
    return account


def send_private_message(server: PlatformServer, author: Any, text: str) -> None:
    """Send a private message to the bot."""
    if isinstance(server, RedditServer):
        server.sandbox.state.add_private_message(author, "hello", text, to=server.bot)
    else:
        assert isinstance(server, LemmyServer)
        server.sandbox.state.add_private_message(author, server.bot, text)


def comment_below_reply(server: PlatformServer, author: Any, text: str) -> None:
    """Add a comment below the bot's newest comment."""
    assert isinstance(server, RedditServer | LemmyServer)
    state = server.sandbox.state
    own = [each for each in state.all_comments() if _author(each) is server.bot]
    parent: Any = own[-1]
    post = parent.submission if isinstance(server, RedditServer) else parent.post
    state.add_comment(post, author, text, parent)


def _author(comment: Any) -> Any:
    return getattr(comment, "author", None) or getattr(comment, "creator", None)


def _text(message: Any) -> str:
    return str(getattr(message, "content", None) or message.body)


def community_name(server: PlatformServer) -> str:
    """The community as users write it in a command."""
    return "r/news" if isinstance(server, RedditServer) else f"!{server.community}"


def messages_between(server: PlatformServer, sender: Any, recipient: Any) -> list[str]:
    """Private messages of one account to another, and its comments below the other's comments."""
    assert isinstance(server, RedditServer | LemmyServer)
    state: Any = server.sandbox.state
    field = "to" if isinstance(server, RedditServer) else "recipient"
    messages = (each for each in state.all_private_messages() if getattr(each, field) is recipient)
    theirs = {str(each.id) for each in state.all_comments() if _author(each) is recipient}
    view = copy.copy(server)
    view.bot = sender
    below = [each.text for each in view.bot_comments() if each.parent_id in theirs]
    return below + [_text(each) for each in messages if _author(each) is sender]


def bot_mention(server: PlatformServer) -> str:
    """A mention of the bot."""
    if isinstance(server, RedditServer):
        return f"u/{server.bot.name}"
    assert isinstance(server, LemmyServer)
    return f"@{server.bot.name}@{server.sandbox.state.host}"


def visible_comments(server: PlatformServer) -> list[str]:
    """The bot's comments that are not deleted."""
    return [each.text for each in server.bot_comments() if not each.deleted]
