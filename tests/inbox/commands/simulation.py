"""A town of `tests.inbox` with moderators in it, and a daemon that does as it is told there.

Real: the servers' HTTP, the adapters (PRAW), the database, the config, mailbox, desk, outbox, aftercare.
Made up: the pages, and what is read in them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
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
from bot.pipeline.process import PipelineServices, compose_reply, process_post
from bot.sandbox.piefed import PieFedSandbox
from bot.store import Accounts, Database, MutedCommunities, OutgoingMessages, OutgoingReplies, PostQueue
from tests.inbox.servers import SENTENCE, TIMING, LemmyServer, PlatformServer, RedditServer

LINK = "https://paper.example/boats"
HOUR = timedelta(hours=1)


class Died(BaseException):
    """The process was killed."""


def _config(town: PlatformServer) -> str:
    if isinstance(town, RedditServer):
        account = f"""[reddit.home]
client_id = "id"
client_secret = "secret"
operator = "owner"
username = "{town.bot.name}"
password = "right"
subreddits = ["news"]
"""
    else:
        assert isinstance(town, LemmyServer)
        kind = "piefed" if isinstance(town.server, PieFedSandbox) else "lemmy"
        account = f"""[{kind}.home]
server = "{town.server.url}"
username = "{town.bot.name}"
password = "right"
communities = ["{town.community}"]
"""
    return f'[bot]\nowner = "you@example.org"\n[moderators]\ninvitations = ["news"]\n{account}'


class Household:
    """One daemon; `reborn` is what a restart makes of it."""

    def __init__(self, town: PlatformServer, fuse: Fuse | None = None) -> None:
        self.town, self.fuse = town, fuse
        clock = town.clock
        self.database = Database(town.folder / "precis.db", clock())
        if fuse is not None:
            fuse.put_into(self.database)
        self.platform = town.adapter()
        speaker = self.platform.messaging()
        assert speaker is not None
        config = parse(_config(town), SecretsContext(Path("config.toml"), {}))
        accounts, self.queue = Accounts(self.database), PostQueue(self.database)
        self.people = InboxServices.from_config(
            config, self.database, [self.platform], {"home": speaker}, clock
        )
        self.queue.release()
        OutgoingReplies(self.database).restart_settling(clock() + TIMING.settle)
        OutgoingMessages(self.database).restart_settling(clock() + TIMING.settle)
        self.services = PipelineServices(
            queue=self.queue,
            muted_communities=MutedCommunities(self.database),
            fetch=lambda url: Page(url, b"<p>"),
            digest=_digest,
            rules_for=self.people.rule_resolver.rules_for,
            dialect_of=lambda account: self.platform.dialect,
            source_url="https://precis.example",
            clock=clock,
            retries=(),
            opted_out_or_paused=self.people.opted_out_or_paused,
            footer_links=self.people.footer_links,
        )
        self.outbox = ReplyOutbox(
            self.platform,
            replies=OutgoingReplies(self.database),
            queue=self.queue,
            accounts=accounts,
            muted_communities=MutedCommunities(self.database),
            created_at=clock() - timedelta(days=30),
            check_post=self.people.check_post,
            clock=clock,
            timing=TIMING,
            messaging=speaker,
        )
        making = InboxFactory(self.database, InboxSettings(), accounts, clock, TIMING)
        desk = self.people.create_handler(self.services)
        self.mailbox = making.create(self.platform, speaker, desk, {town.community}, timedelta(0))
        rules_for = self.people.rule_resolver.rules_for
        self.care = FollowUp(
            self.platform,
            self.people.sent_replies,
            rules_for,
            lambda post, rules: compose_reply(post, rules, self.services),
            clock,
        )
        self.reader = self.people.create_page_reader(self.services, HOUR)

    def close(self) -> None:
        self.platform.close()
        self.database.close()

    def pass_by(self, minutes: float = 0) -> None:
        """One turn of everything, after some time."""
        self.town.clock.now += timedelta(minutes=minutes)
        source = Source("home", self.town.community)
        since = self.town.clock() - timedelta(days=1)
        batch = self.platform.poll(source, self.queue.cursor(source), since)
        self.queue.discover(source, batch, self.town.clock())
        self.mailbox.run(lambda: False)
        for task in self.queue.claim(self.town.clock(), 10, timedelta(minutes=5)):
            process_post(task, self.services)
        while self.outbox.process_next():
            pass
        while self.care.process_next():
            pass
        self.read_pages()
        self.mailbox.run(lambda: False)

    def read_pages(self, minutes: float = 0) -> None:
        self.town.clock.now += timedelta(minutes=minutes)
        for account, community in self.people.communities_with_pages():
            self.reader.read_if_due(account, community)


class Fuse:
    """Kills the daemon at one of its transactions, before it is committed or after."""

    def __init__(self, at: int, *, before: bool) -> None:
        self._left = at
        self._before = before
        self.burnt = False

    def put_into(self, database: Database) -> None:
        writing = database.write_transaction

        @contextmanager
        def deadly() -> Iterator[Any]:
            with writing() as connection:
                yield connection
                if self._before:
                    self._burn()
            if not self._before:
                self._burn()

        database.write_transaction = deadly  # type: ignore[method-assign]

    def _burn(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.burnt = True
            raise Died


def live(town: PlatformServer, minutes: tuple[float, ...], fuse: Fuse | None = None) -> Household:
    """Turns of a daemon, that is started again whenever it was killed; it is open in the end."""
    household: Household | None = None
    for pause in minutes:
        town.clock.now += timedelta(minutes=pause)
        while True:
            try:
                if household is None:
                    household = Household(town, fuse)
                household.pass_by()
                break
            except Died:
                if household is not None:
                    household.close()
                household, fuse = None, None
                town.clock.now += timedelta(minutes=5)  # long enough for what is unclear to settle
    assert household is not None
    return household


def _digest(page: Page, length: Any, method: str) -> Digest:
    del page, method
    words = min(length.words, 90)
    summary = Summary((SENTENCE,), article_words=900, summary_words=words, method="precis")
    return Digest(Article("Boats", "Text.", "en", 0.9, word_count=900), summary, reading_minutes=4)


def neighbour(town: PlatformServer) -> PlatformServer:
    """The same place as another bot sees it, which is not marked as one."""
    other = copy.copy(town)
    other.folder = town.folder / "neighbour"
    other.folder.mkdir()
    other._token = {}
    assert isinstance(other, RedditServer | LemmyServer)
    other.bot = person(town, "otherbot")
    other.bot.password = "right"
    return other


def fresh_post(town: PlatformServer, author: Any = None, link: str = LINK) -> Any:
    """A post that is new enough to be answered unasked; of Alice, unless it is of somebody else."""
    if isinstance(town, RedditServer):
        return town.server.state.add_submission(town.news, author or town.alice, "A title", link)
    assert isinstance(town, LemmyServer)
    return town.server.state.add_post(town.news, author or town.alice, "A title", link)


def person(town: PlatformServer, name: str, *, moderator: bool = False) -> Any:
    if isinstance(town, RedditServer):
        made: Any = town.server.state.add_redditor(name)
    else:
        assert isinstance(town, LemmyServer)
        made = town.server.state.add_person(name)
    if moderator:
        town.news.moderators.append(made)
    return made


def write(town: PlatformServer, author: Any, text: str) -> None:
    """A private message to the bot."""
    if isinstance(town, RedditServer):
        town.server.state.add_private_message(author, "hello", text, to=town.bot)
    else:
        assert isinstance(town, LemmyServer)
        town.server.state.add_private_message(author, town.bot, text)


def say_below(town: PlatformServer, author: Any, text: str) -> None:
    """A comment below the bot's newest one."""
    assert isinstance(town, RedditServer | LemmyServer)
    world = town.server.state
    own = [each for each in world.all_comments() if _author(each) is town.bot]
    parent: Any = own[-1]
    post = parent.submission if isinstance(town, RedditServer) else parent.post
    world.add_comment(post, author, text, parent)


def _author(comment: Any) -> Any:
    return getattr(comment, "author", None) or getattr(comment, "creator", None)


def _text(letter: Any) -> str:
    return str(getattr(letter, "content", None) or letter.body)


def name_of(town: PlatformServer) -> str:
    """The community as people write it."""
    return "r/news" if isinstance(town, RedditServer) else f"!{town.community}"


def between(town: PlatformServer, one: Any, other: Any) -> list[str]:
    """What one account has written to another, in private or below what that has written."""
    assert isinstance(town, RedditServer | LemmyServer)
    world: Any = town.server.state
    recipient = "to" if isinstance(town, RedditServer) else "recipient"
    letters = (each for each in world.all_private_messages() if getattr(each, recipient) is other)
    theirs = {str(each.id) for each in world.all_comments() if _author(each) is other}
    seen = copy.copy(town)
    seen.bot = one
    below = [each.text for each in seen.said() if each.below in theirs]
    return below + [_text(each) for each in letters if _author(each) is one]


def called(town: PlatformServer) -> str:
    """The bot as people name it."""
    if isinstance(town, RedditServer):
        return f"u/{town.bot.name}"
    assert isinstance(town, LemmyServer)
    return f"@{town.bot.name}@{town.server.state.host}"


def standing(town: PlatformServer) -> list[str]:
    """The bot's comments that stand there."""
    return [each.text for each in town.said() if not each.gone]
