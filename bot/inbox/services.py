"""What the daemon needs to answer messages, created from the config: rules, command handler, page reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from bot.config import Config
from bot.core.errors import (
    FetchBusy,
    FetchError,
    FetchOffline,
    FetchStopped,
    RetryLater,
    WorkerError,
    WorkerStopped,
)
from bot.core.models import Dialect, Failed, Outdated, Post, Reply, Skipped
from bot.core.skip_reasons import SkipReason
from bot.inbox.commands.context import BotIdentity, CommandContext
from bot.inbox.commands.handler import CommandHandler
from bot.inbox.settings_pages import SettingsPageReader
from bot.inbox.weekly_reports import WeeklyReports
from bot.outbox.adoption import adopt_at, adopt_comment, adopt_reply
from bot.outbox.reply_outbox import gone_or_locked
from bot.pipeline import policy
from bot.pipeline.compose import compose_reply
from bot.pipeline.footer_links import footer_links
from bot.pipeline.process import HOST_TURN_PAUSE
from bot.pipeline.rule_resolver import RuleResolver, make_rule_resolver, network_of
from bot.pipeline.send_policy import check_reply
from bot.pipeline.services import PipelineServices
from bot.platforms.base import Messaging, NsfwFilter, Platform
from bot.render import FooterLinks
from bot.store import (
    Database,
    Feedback,
    OutgoingMessages,
    OutgoingReply,
    ReceivedMessages,
    ReportSubscriptions,
    SentReplies,
    SettingsPages,
    community_report,
)
from bot.store.reply_obstacles import ReplyObstacles

CONVERSATION = timedelta(days=7)
"""How long a message without a community is about that of the last answer."""


class InboxServices(Struct, frozen=True):
    """The inbox's stores, platforms and rules, and the checks of posts that depend on them."""

    config: Config
    database: Database
    rule_resolver: RuleResolver
    obstacles: ReplyObstacles
    sent_replies: SentReplies
    feedback: Feedback
    settings_pages: SettingsPages
    outgoing_messages: OutgoingMessages
    received_messages: ReceivedMessages
    platforms: Mapping[str, Platform]
    identities: Mapping[str, BotIdentity]
    """Of the accounts that can receive messages."""
    dialects: Mapping[str, Dialect]
    """Of all accounts, also of those without a platform here."""
    clock: Callable[[], datetime]

    @classmethod
    def from_config(
        cls,
        config: Config,
        database: Database,
        platforms: list[Platform],
        messaging: Mapping[str, Messaging | None],
        clock: Callable[[], datetime],
        dialects: Mapping[str, Dialect] | None = None,
        changes_seen_within: timedelta = timedelta(0),
    ) -> InboxServices:
        """`dialects` are needed for accounts that are not among the `platforms`.

        `changes_seen_within` is how much later a change of rules or a pause may apply.
        """
        identities = {
            name: BotIdentity(
                account_messaging, account.bot_names, account.host, forward_to=account.forward_to
            )
            for _, name, account in config.accounts()
            if (account_messaging := messaging.get(name)) is not None
        }
        return cls(
            config,
            database,
            make_rule_resolver(config, database, changes_seen_within),
            ReplyObstacles(database),
            SentReplies(database),
            Feedback(database),
            SettingsPages(database),
            OutgoingMessages(database),
            ReceivedMessages(database),
            {platform.account: platform for platform in platforms},
            identities,
            {platform.account: platform.dialect for platform in platforms} if dialects is None else dialects,
            clock,
        )

    def create_handler(self, services: PipelineServices) -> CommandHandler:
        return CommandHandler(self.create_context(services))

    def create_context(self, services: PipelineServices) -> CommandContext:
        """`services` create the replies for the `try` command."""
        return CommandContext(
            rule_resolver=self.rule_resolver,
            sent_replies=self.sent_replies,
            feedback=self.feedback,
            settings_pages=self.settings_pages,
            report_subscriptions=ReportSubscriptions(self.database),
            community_report=lambda community, since: community_report(self.database, community, since),
            identity_of=self.identities.__getitem__,
            adopt_reply=lambda account, post_id: adopt_reply(
                self.platforms[account], self.sent_replies, post_id, self.clock
            ),
            adopt_comment=lambda account, comment_id: adopt_comment(
                self.platforms[account], self.sent_replies, comment_id, self.clock
            ),
            adopt_at=lambda account, address: adopt_at(
                self.platforms[account], self.sent_replies, address, self.clock
            ),
            resolve_address=lambda account, address: self.platforms[account].resolve_address(address),
            preview=lambda account, community, link: self._preview(account, community, link, services),
            may_accept_invitation=self.config.moderators.invitations.__contains__,
            queue_message=lambda message: self.outgoing_messages.add(message, self.clock()),
            is_watched=self._is_watched,
            watched_communities=self._watched_communities,
            last_community=lambda message: self.received_messages.last_community(
                message.account, message.author, self.clock() - CONVERSATION
            ),
            hides_nsfw=self._hides_nsfw,
            clock=self.clock,
        )

    def create_page_reader(self, services: PipelineServices, interval: timedelta) -> SettingsPageReader:
        """A reader that reads each page at most once in `interval`."""
        return SettingsPageReader(self.create_context(services), interval)

    def create_weekly_reports(self, services: PipelineServices) -> WeeklyReports:
        """The weekly reports of all accounts that can send messages."""
        return WeeklyReports(self.create_context(services), tuple(self.identities))

    def communities_with_pages(self) -> Iterator[tuple[str, str]]:
        """(account, community) for each settings page to read.

        These are the communities in the config and, for accounts that watch all communities, those with
        posts in the last 24 hours.
        """
        for source in self.config.sources():
            if source.community is not None and source.account in self.identities:
                yield source.account, source.community
        watching_all = [
            source.account
            for source in self.config.sources()
            if source.community is None and source.account in self.identities
        ]
        since = self.clock() - timedelta(days=1)
        yield from self.sent_replies.recent_communities(watching_all, since)

    def max_age(self, community: str | None) -> timedelta:
        """The maximum age of a post in a community; None: the highest of all communities."""
        if community is not None:
            return self.rule_resolver.rules_for(community).max_age
        communities = ("", *self.config.rules.communities, *self.rule_resolver.settings_log.communities())
        ages = (self.rule_resolver.rules_for(each).max_age for each in communities)
        return max(self.config.rules.max_age, *ages)

    def check_post(self, post: Post, reply: OutgoingReply) -> Skipped | Failed | Outdated | None:
        """Implements `bot.outbox.reply_outbox.SendPolicy`."""
        skipped = gone_or_locked(post, reply)
        if skipped is not None:
            return skipped
        known = self.obstacles.before_send(post, network_of(self.dialects[post.account]))
        skipped = self.rule_resolver.opted_out_or_paused(post, known.has_opted_out)
        if skipped is not None:
            return skipped
        if known.is_to_be_deleted:
            return Skipped(SkipReason.WITHDRAWN)
        return check_reply(post, reply, self.rule_resolver.rules_for(post.community), self.clock())

    def footer_links(self, post: Post) -> FooterLinks | None:
        """The targets of the footer's links; None if the bot's name on the account is not known."""
        account = next((account for _, name, account in self.config.accounts() if name == post.account), None)
        return footer_links(account, post.permalink)

    def _is_watched(self, account: str, community: str) -> bool:
        watched = {source.community for source in self.config.sources() if source.account == account}
        return None in watched or community in watched

    def _watched_communities(self, account: str) -> tuple[str, ...]:
        """Those in the config; for an account that watches all, those with posts in the last 24 hours."""
        return tuple(name for of_account, name in self.communities_with_pages() if of_account == account)

    def _hides_nsfw(self, account: str) -> bool:
        platform = self.platforms[account]
        return isinstance(platform, NsfwFilter) and platform.hides_nsfw()

    def _preview(
        self, account: str, community: str, link: str, services: PipelineServices
    ) -> Reply | Skipped:
        rules = self.rule_resolver.rules_for(community).model_copy(
            update={"allow_title_words": (), "allow_flairs": ()}  # the link has neither
        )
        post = Post(account, "preview", community, "", link, "", "", self.clock())
        try:
            skipped = policy.before_fetch(post, rules, self.clock(), 0, requested=True)
            return skipped or compose_reply(post, rules, services)
        except (FetchBusy, FetchOffline) as error:
            pause = max(error.retry_after or HOST_TURN_PAUSE, HOST_TURN_PAUSE)
            raise RetryLater(self.clock() + pause, error.detail) from error
        except (FetchStopped, WorkerStopped) as error:
            raise RetryLater(self.clock(), str(error)) from error
        except FetchError as error:
            return Skipped(error.reason, error.detail)
        except WorkerError as error:
            return Skipped(SkipReason.CRASHED, str(error))
