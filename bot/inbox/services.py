"""What the daemon has for people who speak to it, made from a config: rule book, desk, readers of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.config import Config
from bot.config.accounts import LemmyAccount, RedditAccount
from bot.core.errors import FetchBusy, FetchError, FetchStopped, NotNow, WorkerError, WorkerStopped
from bot.core.models import Failed, Post, Reply, Skipped
from bot.core.skip_reasons import SkipReason
from bot.inbox.commands.context import Office, Persona
from bot.inbox.commands.handler import Desk
from bot.inbox.settings_pages import PageReader
from bot.outbox.reply_outbox import gone_or_locked
from bot.pipeline import deferral, policy
from bot.pipeline.effective_rules import RuleBook, make_book
from bot.pipeline.footer_links import footer_links
from bot.pipeline.process import TURN, Services, compose
from bot.platforms.base import Correspondence, Platform
from bot.render import Links
from bot.store import Database, Letters, Pages, Replies, Voices


@dataclass(frozen=True, slots=True)
class People:
    """Everything that answers people, and everything that they decide."""

    config: Config
    book: RuleBook
    replies: Replies
    voices: Voices
    pages: Pages
    letters: Letters
    platforms: Mapping[str, Platform]
    personas: Mapping[str, Persona]
    """Of the accounts that can be spoken to."""
    clock: Callable[[], datetime]

    @classmethod
    def of(
        cls,
        config: Config,
        database: Database,
        platforms: list[Platform],
        speakers: Mapping[str, Correspondence | None],
        clock: Callable[[], datetime],
    ) -> People:
        named = {platform.account: platform for platform in platforms}
        book, voices = make_book(config, database), Voices(database)
        pages, letters = Pages(database), Letters(database)
        personas = {
            name: Persona(speaker, *_called(account), forward_to=account.forward_to)
            for _, name, account in config.accounts()
            if (speaker := speakers.get(name)) is not None
        }
        return cls(config, book, Replies(database), voices, pages, letters, named, personas, clock)

    def desk(self, services: Services) -> Desk:
        return Desk(self.office(services))

    def office(self, services: Services) -> Office:
        """`services` read the links that people want to try."""
        return Office(
            book=self.book,
            replies=self.replies,
            voices=self.voices,
            pages=self.pages,
            persona=self.personas.__getitem__,
            preview=lambda account, community, link: self._preview(account, community, link, services),
            invited=self.config.moderators.invitations.__contains__,
            tell=lambda letter: self.letters.write(letter, self.clock()),
            clock=self.clock,
        )

    def page_reader(self, services: Services, every: timedelta) -> PageReader:
        """Looks at each page once in `every`."""
        return PageReader(self.office(services), every)

    def places(self) -> Iterator[tuple[str, str]]:
        """(account, community) whose pages are read: what is watched by name, and where posts came from."""
        speaking = self.personas
        for source in self.config.sources():
            if source.community is not None and source.account in speaking:
                yield source.account, source.community
        everything = [source.account for source in self.config.sources() if source.community is None]
        since = self.clock() - timedelta(days=1)
        yield from self.replies.recent_communities([a for a in everything if a in speaking], since)

    def max_age(self, community: str | None) -> timedelta:
        """How far back posts may be answered in a community, or in any."""
        if community is not None:
            return self.book.rules_for(community).max_age
        written = (*self.config.rules.communities, *self.book.orders.communities())
        return max(self.config.rules.max_age, *(self.book.rules_for(each).max_age for each in ("", *written)))

    def unwelcome(self, post: Post) -> Skipped | None:
        return self.book.unwelcome(post, self.platforms[post.account].dialect)

    def still_wanted(self, post: Post) -> Skipped | Failed | None:
        """What may stop or hold back a finished reply at the last moment, given the post as it is now."""
        stopped = gone_or_locked(post) or self.unwelcome(post)
        if stopped is not None:
            return stopped
        sent = self.replies.find(post.account, post=post.id)
        if sent is not None and sent.unwanted:
            return Skipped(SkipReason.WITHDRAWN)
        rules = self.book.rules_for(post.community)
        if not rules.enabled:
            return Skipped(SkipReason.COMMUNITY_OFF)
        return deferral.in_quiet_hours(rules, self.clock())

    def links(self, post: Post) -> Links | None:
        """Where the footer's links lead to; None where nobody has said what the bot is called."""
        account = next((account for _, name, account in self.config.accounts() if name == post.account), None)
        return footer_links(account, post.permalink)

    def _preview(self, account: str, community: str, link: str, services: Services) -> Reply | Skipped:
        rules = self.book.rules_for(community).model_copy(
            update={"allow_title_words": (), "allow_flairs": ()}  # the link has neither
        )
        post = Post(account, "preview", community, "", link, "", "", self.clock())
        try:
            stopped = policy.before_fetch(post, rules, self.clock(), 0, requested=True)
            return stopped or compose(post, rules, services)
        except FetchBusy as error:
            raise NotNow(self.clock() + max(error.retry_after or TURN, TURN), error.detail) from error
        except (FetchStopped, WorkerStopped) as error:
            raise NotNow(self.clock(), str(error)) from error
        except FetchError as error:
            return Skipped(error.reason, error.detail)
        except WorkerError as error:
            return Skipped(SkipReason.CRASHED, str(error))


def _called(account: object) -> tuple[frozenset[str], str | None]:
    """The bot's names on an account, and the host that completes bare names of communities."""
    match account:
        case RedditAccount(username=str(name)):
            return frozenset({name.lower()}), None
        case LemmyAccount():
            return frozenset({f"{account.username}@{account.host}".lower()}), account.host
    return frozenset(), None
