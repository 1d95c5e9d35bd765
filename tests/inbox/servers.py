"""A test server for each platform, and the parts of a daemon that answer messages.

The servers are the sandbox's, over real HTTP, with real adapters and a real database. Only the pages
and their digests are fakes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.config.settings import InboxSettings
from bot.core.database_location import DatabaseLocation
from bot.core.errors import FetchError
from bot.core.messages import Answer, Message, Priority
from bot.core.models import (
    Article,
    Dialect,
    Digest,
    Failed,
    LengthLimits,
    NotArticle,
    Outdated,
    Page,
    Post,
    Skipped,
    Source,
    Summary,
)
from bot.core.skip_reasons import SkipReason
from bot.inbox.inbox import Inbox
from bot.inbox.inbox_factory import InboxFactory
from bot.inbox.message_handler import MessageHandler
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.pipeline.process import process_post
from bot.pipeline.send_policy import check_reply
from bot.pipeline.services import PipelineServices
from bot.platforms.base import Platform
from bot.platforms.lemmy import Lemmy
from bot.platforms.piefed import PieFed
from bot.platforms.reddit import Reddit
from bot.rules import CommunityRules
from bot.sandbox import lemmy, reddit
from bot.sandbox.faults import FaultInjector
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.piefed import PieFedSandbox
from bot.sandbox.reddit import RedditSandbox
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from bot.store import (
    Accounts,
    Database,
    MutedCommunities,
    OutgoingMessages,
    OutgoingReplies,
    OutgoingReply,
    PostQueue,
)
from tests.platforms.clock import ManualClock
from tests.postgresql import empty_tables

TIMING = SendTiming(
    settle=timedelta(seconds=150), read_gap=timedelta(seconds=30), backoff=timedelta(seconds=60)
)
SENTENCE = "The mayor counted 45 boats."


class RecordingHandler:
    """Knows three commands, and records the messages."""

    def __init__(self) -> None:
        self.handled: list[Message] = []
        self.errors: list[Exception] = []

    def understands(self, message: Message) -> bool:
        return "delete" in message.text

    def priority(self, message: Message) -> Priority:
        return Priority.MODERATOR if message.text == "pause" else Priority.OTHER

    def handle(self, message: Message) -> Answer | None:
        if self.errors:
            raise self.errors.pop(0)
        self.handled.append(message)
        word = message.text.split()[-1]
        if word == "show":
            return Answer("Current settings.")
        return Answer("Done.", private=word == "quietly") if word in ("delete", "quietly") else None

    def explain_failure(self, message: Message, error: Exception) -> None:
        del message, error


@dataclass(frozen=True, slots=True)
class BotComment:
    """A comment of the bot, from the state of the server."""

    text: str
    parent_id: str | None
    deleted: bool


class PlatformServer(ABC):
    """The actions of users on a platform."""

    account = "home"
    faults: FaultInjector

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.folder = folder
        self.location: DatabaseLocation = folder / "precis.db"
        """Of the daemon's database."""
        self.clock = clock
        self._token: dict[str, str | None] = {}

    def load(self, account: str) -> str | None:
        return self._token.get(account)

    def save(self, account: str, token: str | None) -> None:
        self._token[account] = token

    def lose_database(self) -> None:
        if isinstance(self.location, Path):
            for file in self.folder.glob("precis.db*"):
                file.unlink()
        else:
            empty_tables(self.location, self.clock())

    @abstractmethod
    def create_adapter(self) -> Platform: ...
    @abstractmethod
    def add_post(self, link: str | None, *, watched: bool = True, **details: Any) -> Any: ...
    @abstractmethod
    def add_comment(self, post: Any, text: str, parent: Any = None) -> Any:
        """Add a comment of Alice; `{bot}` is replaced by the bot's name."""

    @abstractmethod
    def send_private_message(self, text: str) -> None:
        """Send a private message from Alice to the bot."""

    @abstractmethod
    def add_bot_comment(self, post: Any, text: str) -> Any: ...
    @abstractmethod
    def bot_comments(self) -> list[BotComment]:
        """The bot's comments, including those that are not visible yet."""

    @abstractmethod
    def bot_messages(self) -> list[str]:
        """The bot's private messages to Alice, including those that are not visible yet."""

    @abstractmethod
    def mark_alice_as_bot(self) -> None: ...
    @abstractmethod
    def lock_post(self, post: Any) -> None: ...

    @abstractmethod
    def ban_bot(self) -> None: ...
    @abstractmethod
    def request_count(self) -> int:
        """The number of requests to the server."""

    @property
    @abstractmethod
    def community(self) -> str:
        """The community that the bot watches."""

    @property
    @abstractmethod
    def send_message_call(self) -> str:
        """The API call that sends a private message."""

    @property
    @abstractmethod
    def comment_call(self) -> str: ...


class LemmyServer(PlatformServer):
    send_message_call = "POST /private_message"
    comment_call = "POST /comment"

    def __init__(self, folder: Path, clock: ManualClock, sandbox: LemmySandbox | PieFedSandbox) -> None:
        super().__init__(folder, clock)
        self.sandbox = sandbox
        state = sandbox.state
        self.faults = sandbox.faults
        self.alice = state.add_person("alice")
        self.bot = state.add_person("precis", password="right", bot_account=True)
        self.bot.published -= timedelta(days=30)
        self.news, self.other_community = state.add_community("news"), state.add_community("elsewhere")

    @property
    def community(self) -> str:
        return f"news@{self.sandbox.state.host}"

    def create_adapter(self) -> Platform:
        adapter = PieFed if isinstance(self.sandbox, PieFedSandbox) else Lemmy
        return adapter(
            account=self.account,
            base_url=self.sandbox.url,
            username=self.bot.name,
            password="right",
            token_store=self,
            user_agent="precis-test/1",
            clock=self.clock,
            timeout=timedelta(seconds=10),
        )

    def add_post(self, link: str | None, *, watched: bool = True, **details: Any) -> lemmy.Post:
        community = self.news if watched else self.other_community
        published = self.clock.now - timedelta(days=3)  # too old for a reply without a request
        return self.sandbox.state.add_post(
            community, self.alice, "A title", link, published=published, **details
        )

    def add_comment(self, post: lemmy.Post, text: str, parent: lemmy.Comment | None = None) -> lemmy.Comment:
        with_name = text.format(bot=f"@precis@{self.sandbox.state.host}")
        return self.sandbox.state.add_comment(post, self.alice, with_name, parent)

    def send_private_message(self, text: str) -> None:
        self.sandbox.state.add_private_message(self.alice, self.bot, text)

    def add_bot_comment(self, post: lemmy.Post, text: str) -> lemmy.Comment:
        return self.sandbox.state.add_comment(post, self.bot, text)

    def bot_comments(self) -> list[BotComment]:
        own = [each for each in self.sandbox.state.all_comments() if each.creator is self.bot]
        return [BotComment(each.content, _parent(each), each.deleted) for each in own]

    def bot_messages(self) -> list[str]:
        return [
            each.content for each in self.sandbox.state.all_private_messages() if each.creator is self.bot
        ]

    def mark_alice_as_bot(self) -> None:
        self.alice.bot_account = True

    def lock_post(self, post: lemmy.Post) -> None:
        post.locked = True

    def ban_bot(self) -> None:
        self.news.banned.add(self.bot.id)

    def request_count(self) -> int:
        return len(self.sandbox.requests)


def _parent(comment: lemmy.Comment) -> str | None:
    ancestors = comment.path.split(".")[1:-1]
    return ancestors[-1] if ancestors else None


class RedditServer(PlatformServer):
    community = "news"
    send_message_call = "POST /api/compose"
    comment_call = "POST /api/comment"

    def __init__(self, folder: Path, clock: ManualClock, sandbox: RedditSandbox) -> None:
        super().__init__(folder, clock)
        self.sandbox = sandbox
        self.faults = sandbox.faults
        state = sandbox.state
        self.alice = state.add_redditor("alice")
        self.bot = state.add_redditor("precis", password="right")
        self.news, self.other_community = state.add_subreddit("news"), state.add_subreddit("elsewhere")

    def create_adapter(self) -> Platform:
        return Reddit(
            account=self.account,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            operator="owner",
            username=self.bot.name,
            password="right",
            subreddits=("news",),
            token_store=self,
            user_agent="",
            clock=self.clock,
            timeout=timedelta(seconds=10),
            base_url=self.sandbox.url,
        )

    def add_post(self, link: str | None, *, watched: bool = True, **details: Any) -> reddit.Submission:
        community = self.news if watched else self.other_community
        published = self.clock.now - timedelta(days=3)
        return self.sandbox.state.add_submission(
            community, self.alice, "A title", link, published=published, **details
        )

    def add_comment(
        self, post: reddit.Submission, text: str, parent: reddit.Comment | None = None
    ) -> reddit.Comment:
        return self.sandbox.state.add_comment(post, self.alice, text.format(bot="u/precis"), parent)

    def send_private_message(self, text: str) -> None:
        self.sandbox.state.add_private_message(self.alice, "hello", text, to=self.bot)

    def add_bot_comment(self, post: reddit.Submission, text: str) -> reddit.Comment:
        return self.sandbox.state.add_comment(post, self.bot, text)

    def bot_comments(self) -> list[BotComment]:
        own = [each for each in self.sandbox.state.all_comments() if each.author is self.bot]
        return [BotComment(each.body, each.parent.id if each.parent else None, each.deleted) for each in own]

    def bot_messages(self) -> list[str]:
        return [each.body for each in self.sandbox.state.all_private_messages() if each.author is self.bot]

    def mark_alice_as_bot(self) -> None:
        self.alice.name = "alice_bot"
        self.sandbox.state.redditors["alice_bot"] = self.alice

    def lock_post(self, post: reddit.Submission) -> None:
        post.locked = True

    def ban_bot(self) -> None:
        self.news.banned.append(self.bot)

    def request_count(self) -> int:
        return len(self.sandbox.requests)


@dataclass
class Daemon:
    """The parts of a daemon that handle messages; `restart` returns a new one on the same database."""

    server: PlatformServer
    handler: MessageHandler = field(default_factory=RecordingHandler)
    settings: InboxSettings = field(default_factory=InboxSettings)
    rules: CommunityRules = field(default_factory=CommunityRules)
    page_results: dict[str, NotArticle | FetchError] = field(default_factory=dict)
    """Links that are not an article."""
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        server, clock = self.server, self.server.clock
        self.database = Database(server.location, clock())
        self.platform = server.create_adapter()
        messaging = self.platform.messaging()
        assert messaging is not None
        self.messaging = messaging
        accounts, self.queue = Accounts(self.database), PostQueue(self.database)
        self.queue.release()
        settled = clock() + TIMING.settle
        OutgoingReplies(self.database).restart_settling(settled)
        OutgoingMessages(self.database).restart_settling(settled)
        self.outbox = ReplyOutbox(
            self.platform,
            replies=OutgoingReplies(self.database),
            queue=self.queue,
            accounts=accounts,
            muted_communities=MutedCommunities(self.database),
            created_at=clock() - timedelta(days=30),
            check_post=self._check_post,
            clock=clock,
            timing=TIMING,
            messaging=messaging,
        )
        self.inbox: Inbox = InboxFactory(self.database, self.settings, accounts, clock, TIMING).create(
            self.platform, messaging, self.handler, {server.community}, None
        )
        self.services = PipelineServices(
            queue=self.queue,
            muted_communities=MutedCommunities(self.database),
            fetch=self._fetch,
            digest=self._digest,
            rules_for=lambda community: self.rules,
            dialect_of=lambda account: Dialect.LEMMY,
            source_url="https://precis.example",
            clock=clock,
            retries=(),
        )

    def restart(self) -> Daemon:
        """As after a restart of the process."""
        self.close()
        return Daemon(self.server, self.handler, self.settings, self.rules, self.page_results, self.fetched)

    def close(self) -> None:
        self.platform.close()
        self.database.close()

    def poll(self) -> None:
        source = Source(self.server.account, self.server.community)
        since = self.server.clock() - timedelta(days=1)
        result = self.platform.poll(source, self.queue.cursor(source, self.server.clock()), since)
        self.queue.discover(source, result, self.server.clock())

    def check_inbox(self) -> int:
        return self.inbox.run(lambda: False)

    def process_posts(self) -> None:
        for post in self.queue.claim(self.server.clock(), 10, timedelta(minutes=5)):
            process_post(post, self.services)

    def send_replies(self) -> None:
        while self.outbox.process_next():
            pass

    def run_all_jobs(self, minutes: float = 0) -> None:
        """Run each job once, after some time has passed."""
        self.server.clock.now += timedelta(minutes=minutes)
        self.check_inbox()
        self.process_posts()
        self.send_replies()
        self.check_inbox()

    def _check_post(self, post: Post, reply: OutgoingReply) -> Skipped | Failed | Outdated | None:
        return gone_or_locked(post, reply) or check_reply(post, reply, self.rules, self.server.clock())

    def _fetch(self, url: str) -> Page:
        self.fetched.append(url)
        found = self.page_results.get(url)
        if isinstance(found, FetchError):
            raise found
        return Page(url, b"<p>")

    def _digest(
        self, page: Page, length: LengthLimits, method: str, *, with_key_words: bool
    ) -> Digest | NotArticle:
        del length, method
        found = self.page_results.get(page.url)
        if isinstance(found, NotArticle):
            return found
        summary = Summary((SENTENCE,), article_words=900, summary_words=90, method="precis")
        return Digest(Article("Boats", "Text.", "en", 0.9, word_count=900), summary)


def too_short() -> NotArticle:
    return NotArticle(SkipReason.TOO_SHORT)
