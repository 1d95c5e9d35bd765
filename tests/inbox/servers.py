"""One server of each kind with people on it, and the parts of a daemon that answers them.

The servers are the sandbox's over real HTTP, with real adapters and a real database; only the pages
and what the worker reads in them are made up.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.config.settings import InboxSettings
from bot.core.errors import FetchError
from bot.core.messages import Answer, Message
from bot.core.models import Article, Dialect, Digest, LengthLimits, NotArticle, Page, Source, Summary
from bot.core.skip_reasons import SkipReason
from bot.inbox.inbox import Inbox
from bot.inbox.inbox_factory import InboxFactory
from bot.inbox.message_handler import MessageHandler
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.pipeline.process import PipelineServices, process_post
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
from bot.store import Accounts, Database, MutedCommunities, OutgoingMessages, OutgoingReplies, PostQueue
from tests.platforms.clock import ManualClock

TIMING = SendTiming(
    settle=timedelta(seconds=150), read_gap=timedelta(seconds=30), backoff=timedelta(seconds=60)
)
SENTENCE = "The mayor counted 45 boats."


class RecordingHandler:
    """A desk that knows a few words, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.fails: list[Exception] = []

    def understands(self, message: Message) -> bool:
        return "delete" in message.text

    def handle(self, message: Message) -> Answer | None:
        if self.fails:
            raise self.fails.pop(0)
        self.heard.append(message)
        word = message.text.split()[-1]
        if word == "show":
            return Answer("This holds.")
        return Answer("Done.", private=word == "quietly") if word in ("delete", "quietly") else None


@dataclass(frozen=True, slots=True)
class Said:
    """A comment of the bot as the server has it."""

    text: str
    below: str | None
    gone: bool


class PlatformServer(ABC):
    """What a platform's people can do, whatever it is."""

    account = "home"
    faults: FaultInjector

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.folder = folder
        self.clock = clock
        self._token: dict[str, str | None] = {}

    def load(self, account: str) -> str | None:
        return self._token.get(account)

    def save(self, account: str, token: str | None) -> None:
        self._token[account] = token

    @abstractmethod
    def adapter(self) -> Platform: ...
    @abstractmethod
    def post(self, link: str | None, *, watched: bool = True, **details: Any) -> Any: ...
    @abstractmethod
    def say(self, post: Any, text: str, below: Any = None) -> Any:
        """A comment of Alice; `{bot}` in it is the bot's name."""

    @abstractmethod
    def write(self, text: str) -> None:
        """A private message of Alice to the bot."""

    @abstractmethod
    def bot_says(self, post: Any, text: str) -> Any: ...
    @abstractmethod
    def said(self) -> list[Said]:
        """The bot's comments, also those not shown yet."""

    @abstractmethod
    def letters(self) -> list[str]:
        """The bot's private messages to Alice, also those not shown yet."""

    @abstractmethod
    def make_bot_of_alice(self) -> None: ...
    @abstractmethod
    def forbid(self, post: Any) -> None:
        """Lock the post."""

    @abstractmethod
    def ban_bot(self) -> None: ...
    @abstractmethod
    def calls(self) -> int:
        """How many requests have reached the server."""

    @property
    @abstractmethod
    def community(self) -> str:
        """The community that is watched."""

    @property
    @abstractmethod
    def write_letter(self) -> str:
        """The call that sends a private message."""

    @property
    @abstractmethod
    def write_comment(self) -> str: ...


class LemmyServer(PlatformServer):
    write_letter = "POST /private_message"
    write_comment = "POST /comment"

    def __init__(self, folder: Path, clock: ManualClock, server: LemmySandbox | PieFedSandbox) -> None:
        super().__init__(folder, clock)
        self.server = server
        world = server.state
        self.faults = server.faults
        self.alice = world.add_person("alice")
        self.bot = world.add_person("precis", password="right", bot_account=True)
        self.bot.published -= timedelta(days=30)
        self.news, self.far = world.add_community("news"), world.add_community("elsewhere")

    @property
    def community(self) -> str:
        return f"news@{self.server.state.host}"

    def adapter(self) -> Platform:
        make = PieFed if isinstance(self.server, PieFedSandbox) else Lemmy
        return make(
            account=self.account,
            base_url=self.server.url,
            username=self.bot.name,
            password="right",
            token_store=self,
            user_agent="precis-test/1",
            clock=self.clock,
            timeout=timedelta(seconds=10),
        )

    def post(self, link: str | None, *, watched: bool = True, **details: Any) -> lemmy.Post:
        place = self.news if watched else self.far
        when = self.clock.now - timedelta(days=3)  # too old to be answered unasked
        return self.server.state.add_post(place, self.alice, "A title", link, published=when, **details)

    def say(self, post: lemmy.Post, text: str, below: lemmy.Comment | None = None) -> lemmy.Comment:
        named = text.format(bot=f"@precis@{self.server.state.host}")
        return self.server.state.add_comment(post, self.alice, named, below)

    def write(self, text: str) -> None:
        self.server.state.add_private_message(self.alice, self.bot, text)

    def bot_says(self, post: lemmy.Post, text: str) -> lemmy.Comment:
        return self.server.state.add_comment(post, self.bot, text)

    def said(self) -> list[Said]:
        own = [each for each in self.server.state.all_comments() if each.creator is self.bot]
        return [Said(each.content, _parent(each), each.deleted) for each in own]

    def letters(self) -> list[str]:
        return [each.content for each in self.server.state.all_private_messages() if each.creator is self.bot]

    def make_bot_of_alice(self) -> None:
        self.alice.bot_account = True

    def forbid(self, post: lemmy.Post) -> None:
        post.locked = True

    def ban_bot(self) -> None:
        self.news.banned.add(self.bot.id)

    def calls(self) -> int:
        return len(self.server.requests)


def _parent(comment: lemmy.Comment) -> str | None:
    ancestors = comment.path.split(".")[1:-1]
    return ancestors[-1] if ancestors else None


class RedditServer(PlatformServer):
    community = "news"
    write_letter = "POST /api/compose"
    write_comment = "POST /api/comment"

    def __init__(self, folder: Path, clock: ManualClock, server: RedditSandbox) -> None:
        super().__init__(folder, clock)
        self.server = server
        self.faults = server.faults
        world = server.state
        self.alice = world.add_redditor("alice")
        self.bot = world.add_redditor("precis", password="right")
        self.news, self.far = world.add_subreddit("news"), world.add_subreddit("elsewhere")

    def adapter(self) -> Platform:
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
            base_url=self.server.url,
        )

    def post(self, link: str | None, *, watched: bool = True, **details: Any) -> reddit.Submission:
        place = self.news if watched else self.far
        when = self.clock.now - timedelta(days=3)
        return self.server.state.add_submission(place, self.alice, "A title", link, published=when, **details)

    def say(self, post: reddit.Submission, text: str, below: reddit.Comment | None = None) -> reddit.Comment:
        return self.server.state.add_comment(post, self.alice, text.format(bot="u/precis"), below)

    def write(self, text: str) -> None:
        self.server.state.add_private_message(self.alice, "hello", text, to=self.bot)

    def bot_says(self, post: reddit.Submission, text: str) -> reddit.Comment:
        return self.server.state.add_comment(post, self.bot, text)

    def said(self) -> list[Said]:
        own = [each for each in self.server.state.all_comments() if each.author is self.bot]
        return [Said(each.body, each.parent.id if each.parent else None, each.deleted) for each in own]

    def letters(self) -> list[str]:
        return [each.body for each in self.server.state.all_private_messages() if each.author is self.bot]

    def make_bot_of_alice(self) -> None:
        self.alice.name = "alice_bot"
        self.server.state.redditors["alice_bot"] = self.alice

    def forbid(self, post: reddit.Submission) -> None:
        post.locked = True

    def ban_bot(self) -> None:
        self.news.banned.append(self.bot)

    def calls(self) -> int:
        return len(self.server.requests)


@dataclass
class Daemon:
    """The parts of a daemon that have to do with people; `reborn` is what a restart makes of it."""

    town: PlatformServer
    desk: MessageHandler = field(default_factory=RecordingHandler)
    settings: InboxSettings = field(default_factory=InboxSettings)
    rules: CommunityRules = field(default_factory=CommunityRules)
    pages: dict[str, NotArticle | FetchError] = field(default_factory=dict)
    """Links that lead to no article."""
    fetched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        town, clock = self.town, self.town.clock
        self.database = Database(town.folder / "precis.db", clock())
        self.platform = town.adapter()
        speaker = self.platform.messaging()
        assert speaker is not None
        self.speaker = speaker
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
            check_post=gone_or_locked,
            clock=clock,
            timing=TIMING,
            messaging=speaker,
        )
        self.mailbox: Inbox = InboxFactory(self.database, self.settings, accounts, clock, TIMING).create(
            self.platform, speaker, self.desk, {town.community}, None
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

    def reborn(self) -> Daemon:
        """Another process on the same database."""
        self.close()
        return Daemon(self.town, self.desk, self.settings, self.rules, self.pages, self.fetched)

    def close(self) -> None:
        self.platform.close()
        self.database.close()

    def poll(self) -> None:
        source = Source(self.town.account, self.town.community)
        since = self.town.clock() - timedelta(days=1)
        batch = self.platform.poll(source, self.queue.cursor(source), since)
        self.queue.discover(source, batch, self.town.clock())

    def mail(self) -> int:
        return self.mailbox.run(lambda: False)

    def work(self) -> None:
        for task in self.queue.claim(self.town.clock(), 10, timedelta(minutes=5)):
            process_post(task, self.services)

    def send(self) -> None:
        while self.outbox.process_next():
            pass

    def pass_by(self, minutes: float = 0) -> None:
        """One turn of everything, after some time."""
        self.town.clock.now += timedelta(minutes=minutes)
        self.mail()
        self.work()
        self.send()
        self.mail()

    def _fetch(self, url: str) -> Page:
        self.fetched.append(url)
        found = self.pages.get(url)
        if isinstance(found, FetchError):
            raise found
        return Page(url, b"<p>")

    def _digest(self, page: Page, length: LengthLimits, method: str) -> Digest | NotArticle:
        del length, method
        found = self.pages.get(page.url)
        if isinstance(found, NotArticle):
            return found
        summary = Summary((SENTENCE,), article_words=900, summary_words=90, method="precis")
        return Digest(Article("Boats", "Text.", "en", 0.9, word_count=900), summary)


def too_short() -> NotArticle:
    return NotArticle(SkipReason.TOO_SHORT)
