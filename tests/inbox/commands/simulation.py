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
from bot.config.secrets import Context
from bot.config.settings import Inbox
from bot.core.models import Article, Digest, Page, Source, Summary
from bot.inbox.inbox_factory import Making
from bot.inbox.services import People
from bot.outbox.follow_up import Aftercare
from bot.outbox.reply_outbox import Outbox
from bot.pipeline.process import Services, compose, process
from bot.sandbox.piefed import PieFedSandbox
from bot.store import Accounts, Database, Drafts, Letters, Mutes, Queue
from tests.inbox.servers import SENTENCE, TIMING, LemmyTown, RedditTown, Town

LINK = "https://paper.example/boats"
HOUR = timedelta(hours=1)


class Died(BaseException):
    """The process was killed."""


def _config(town: Town) -> str:
    if isinstance(town, RedditTown):
        account = f"""[reddit.home]
client_id = "id"
client_secret = "secret"
operator = "owner"
username = "{town.bot.name}"
password = "right"
subreddits = ["news"]
"""
    else:
        assert isinstance(town, LemmyTown)
        kind = "piefed" if isinstance(town.server, PieFedSandbox) else "lemmy"
        account = f"""[{kind}.home]
server = "{town.server.url}"
username = "{town.bot.name}"
password = "right"
communities = ["{town.here}"]
"""
    return f'[bot]\nowner = "you@example.org"\n[moderators]\ninvitations = ["news"]\n{account}'


class Household:
    """One daemon; `reborn` is what a restart makes of it."""

    def __init__(self, town: Town, fuse: Fuse | None = None) -> None:
        self.town, self.fuse = town, fuse
        clock = town.clock
        self.database = Database(town.folder / "precis.db", clock())
        if fuse is not None:
            fuse.put_into(self.database)
        self.platform = town.adapter()
        speaker = self.platform.correspondence()
        assert speaker is not None
        config = parse(_config(town), Context(Path("config.toml"), {}))
        accounts, self.queue = Accounts(self.database), Queue(self.database)
        self.people = People.of(config, self.database, [self.platform], {"home": speaker}, clock)
        self.queue.give_back()
        Drafts(self.database).unsettled(clock() + TIMING.settle)
        Letters(self.database).unsettled(clock() + TIMING.settle)
        self.services = Services(
            queue=self.queue,
            mutes=Mutes(self.database),
            fetch=lambda url: Page(url, b"<p>"),
            digest=_digest,
            rules_for=self.people.book.rules_for,
            dialect_of=lambda account: self.platform.dialect,
            source_url="https://precis.example",
            clock=clock,
            retries=(),
            unwelcome=self.people.unwelcome,
            links=self.people.links,
        )
        self.outbox = Outbox(
            self.platform,
            drafts=Drafts(self.database),
            queue=self.queue,
            accounts=accounts,
            mutes=Mutes(self.database),
            created_at=clock() - timedelta(days=30),
            still_wanted=self.people.still_wanted,
            clock=clock,
            timing=TIMING,
            correspondence=speaker,
        )
        making = Making(self.database, Inbox(), accounts, clock, TIMING)
        desk = self.people.desk(self.services)
        self.mailbox = making.mailbox(self.platform, speaker, desk, {town.here}, timedelta(0))
        rules_for = self.people.book.rules_for
        self.care = Aftercare(
            self.platform,
            self.people.replies,
            rules_for,
            lambda post, rules: compose(post, rules, self.services),
            clock,
        )
        self.reader = self.people.page_reader(self.services, HOUR)

    def close(self) -> None:
        self.platform.close()
        self.database.close()

    def pass_by(self, minutes: float = 0) -> None:
        """One turn of everything, after some time."""
        self.town.clock.now += timedelta(minutes=minutes)
        source = Source("home", self.town.here)
        since = self.town.clock() - timedelta(days=1)
        batch = self.platform.poll(source, self.queue.cursor(source), since)
        self.queue.discover(source, batch, self.town.clock())
        self.mailbox.run(lambda: False)
        for task in self.queue.claim(self.town.clock(), 10, timedelta(minutes=5)):
            process(task, self.services)
        while self.outbox.step():
            pass
        while self.care.step():
            pass
        self.read_pages()
        self.mailbox.run(lambda: False)

    def read_pages(self, minutes: float = 0) -> None:
        self.town.clock.now += timedelta(minutes=minutes)
        for account, community in self.people.places():
            self.reader.read(account, community)


class Fuse:
    """Kills the daemon at one of its transactions, before it is committed or after."""

    def __init__(self, at: int, *, before: bool) -> None:
        self._left = at
        self._before = before
        self.burnt = False

    def put_into(self, database: Database) -> None:
        writing = database.writing

        @contextmanager
        def deadly() -> Iterator[Any]:
            with writing() as connection:
                yield connection
                if self._before:
                    self._burn()
            if not self._before:
                self._burn()

        database.writing = deadly  # type: ignore[method-assign]

    def _burn(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.burnt = True
            raise Died


def live(town: Town, minutes: tuple[float, ...], fuse: Fuse | None = None) -> Household:
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
    return Digest(Article("Boats", "Text.", "en", 0.9, words=900), summary, minutes=4)


def neighbour(town: Town) -> Town:
    """The same place as another bot sees it, which is not marked as one."""
    other = copy.copy(town)
    other.folder = town.folder / "neighbour"
    other.folder.mkdir()
    other._token = {}
    assert isinstance(other, RedditTown | LemmyTown)
    other.bot = person(town, "otherbot")
    other.bot.password = "right"
    return other


def fresh_post(town: Town, author: Any = None, link: str = LINK) -> Any:
    """A post that is new enough to be answered unasked; of Alice, unless it is of somebody else."""
    if isinstance(town, RedditTown):
        return town.server.world.add_submission(town.news, author or town.alice, "A title", link)
    assert isinstance(town, LemmyTown)
    return town.server.world.add_post(town.news, author or town.alice, "A title", link)


def person(town: Town, name: str, *, moderator: bool = False) -> Any:
    if isinstance(town, RedditTown):
        made: Any = town.server.world.add_redditor(name)
    else:
        assert isinstance(town, LemmyTown)
        made = town.server.world.add_person(name)
    if moderator:
        town.news.moderators.append(made)
    return made


def write(town: Town, author: Any, text: str) -> None:
    """A private message to the bot."""
    if isinstance(town, RedditTown):
        town.server.world.add_letter(author, "hello", text, to=town.bot)
    else:
        assert isinstance(town, LemmyTown)
        town.server.world.add_letter(author, town.bot, text)


def say_below(town: Town, author: Any, text: str) -> None:
    """A comment below the bot's newest one."""
    assert isinstance(town, RedditTown | LemmyTown)
    world = town.server.world
    own = [each for each in world.all_comments() if _author(each) is town.bot]
    parent: Any = own[-1]
    post = parent.submission if isinstance(town, RedditTown) else parent.post
    world.add_comment(post, author, text, parent)


def _author(comment: Any) -> Any:
    return getattr(comment, "author", None) or getattr(comment, "creator", None)


def _text(letter: Any) -> str:
    return str(getattr(letter, "content", None) or letter.body)


def name_of(town: Town) -> str:
    """The community as people write it."""
    return "r/news" if isinstance(town, RedditTown) else f"!{town.here}"


def between(town: Town, one: Any, other: Any) -> list[str]:
    """What one account has written to another, in private or below what that has written."""
    assert isinstance(town, RedditTown | LemmyTown)
    world: Any = town.server.world
    recipient = "to" if isinstance(town, RedditTown) else "recipient"
    letters = (each for each in world.all_letters() if getattr(each, recipient) is other)
    theirs = {str(each.id) for each in world.all_comments() if _author(each) is other}
    seen = copy.copy(town)
    seen.bot = one
    below = [each.text for each in seen.said() if each.below in theirs]
    return below + [_text(each) for each in letters if _author(each) is one]


def called(town: Town) -> str:
    """The bot as people name it."""
    if isinstance(town, RedditTown):
        return f"u/{town.bot.name}"
    assert isinstance(town, LemmyTown)
    return f"@{town.bot.name}@{town.server.world.host}"


def standing(town: Town) -> list[str]:
    """The bot's comments that stand there."""
    return [each.text for each in town.said() if not each.gone]
