"""What config.toml may say: one model for each table, one description for each setting.

The docs table, the error texts and the tests of config.example.toml are made from these classes.
All are frozen; code that needs other values (the sandbox polls faster than any operator may) makes
them with `model_copy(update=...)`, which checks no bounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, cast

from pydantic import ConfigDict, Field, SecretStr

from bot.config.accounts import Account, AccountName, LemmyAccount, PieFedAccount, RedditAccount
from bot.config.base import Section
from bot.config.setting_types import (
    CommunityName,
    Contact,
    Duration,
    FilePath,
    IpAddress,
    NumberSettings,
    SettingName,
    SubredditName,
    WebAddress,
    normalize_community,
)
from bot.core.models import Source
from bot.rules import CommunityRules

PROJECT_URL = "https://github.com/precis-bot/precis"


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


class Bot(Section):
    """Who runs the bot, and where it keeps what it knows."""

    owner: Contact = Field(
        description="Where people reach you: a mail address or a page. It is sent with every request.",
        examples=["you@example.org"],
    )
    source_url: WebAddress = Field(
        PROJECT_URL, description='Where "I\'m open source!" under each reply leads to.'
    )
    database: FilePath = Field(
        Path("precis.db"),
        validate_default=True,
        description="The database file, seen from the folder of this file.",
    )


class Poll(Section):
    """How often Precis looks for new posts."""

    interval: Duration = Field(
        _seconds(60), ge=_seconds(5), le=_seconds(86400), description="Time between two looks at a source."
    )
    quiet_interval: Duration = Field(
        _seconds(90),
        ge=_seconds(5),
        le=_seconds(86400),
        description="The same while an account finds nothing new for ten minutes; at least interval.",
    )


class Send(Section):
    """How Precis makes sure that no post gets two replies, and what becomes of replies."""

    settle: Duration = Field(
        _seconds(150),
        ge=_seconds(120),
        le=_seconds(3600),
        description="How long an unclear answer may rest before the bot's own comments are read back.",
    )
    read_gap: Duration = Field(
        _seconds(30),
        ge=_seconds(5),
        le=_seconds(600),
        description="Time between the two empty read-backs that allow another try.",
    )
    follow_deletions: bool = Field(
        False,
        description="Whether a reply is deleted when its post was deleted or removed within three days.",
    )


class InboxSettings(Section):
    """How people may speak to Precis: mentions, answers to its replies, private messages."""

    read: bool = Field(True, description="Whether Precis reads its inbox at all.")
    interval: Duration = Field(
        _seconds(480),
        ge=_seconds(60),
        le=_seconds(3600),
        description="Longest time between two looks; while people write, it looks every minute.",
    )
    elsewhere: bool = Field(
        False,
        description="Whether a mention is answered under the post also where Precis does not watch; "
        "if not, in private.",
    )
    per_person: int = Field(
        10, ge=1, le=1000, description="At most so many answers to one person in 24 hours."
    )


class Fetch(Section):
    """How Precis opens the linked pages."""

    robots: bool = Field(True, description="Whether the robots.txt of a site is obeyed.")
    timeout: Duration = Field(
        _seconds(20), ge=_seconds(2), le=_seconds(120), description="A page has to be here within this time."
    )
    host_delay: Duration = Field(
        _seconds(2),
        ge=_seconds(0),
        le=_seconds(600),
        description="Least time between two visits to a site.",
    )
    at_once: int = Field(8, ge=1, le=64, description="At most so many pages are fetched at the same time.")


class Workers(Section):
    """The processes that read pages; each has limits, so that a hostile page cannot stop the bot."""

    processes: int = Field(2, ge=1, le=64, description="How many work side by side.")
    timeout: Duration = Field(
        _seconds(20), ge=_seconds(1), le=_seconds(300), description="Longest time for one page."
    )
    memory_mb: int = Field(1024, ge=256, le=65536, description="Most memory for one process, in MB.")
    recycle: int = Field(50, ge=1, le=10000, description="A process is replaced after so many pages.")


class Log(Section):
    """What Precis says of its work."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least important lines that are still written."
    )
    format: Literal["auto", "console", "json"] = Field(
        "auto", description='Colours for people or JSON for machines; "auto" sees whether it is a terminal.'
    )
    report_to: WebAddress | None = Field(
        None,
        description="An address that gets a POST with JSON for each unforeseen error.",
        examples=["https://hooks.example/precis"],
    )


class Keep(Section):
    """How long Precis remembers."""

    # A post may be answered for at most 7 days (max_age_hours): its row has to outlive that.
    posts: Duration = Field(
        timedelta(days=90),
        ge=timedelta(days=8),
        le=timedelta(days=3650),
        description="Finished posts are forgotten after this time.",
    )


class Web(Section):
    """The pages that show the operator how things stand."""

    enabled: bool = Field(False, description="Whether the daemon serves its pages.")
    address: IpAddress = Field(
        "127.0.0.1", description="Where it listens; an address that others can reach needs a token."
    )
    port: int = Field(8642, ge=1, le=65535, description="The port.")
    token: SecretStr | None = Field(
        None, min_length=16, description="Who knows it may look; a long random text."
    )
    token_file: FilePath | None = Field(
        None, description="A file that holds the token and nothing else.", examples=["web.token"]
    )

    @property
    def exposed(self) -> bool:
        """Whether others than this machine can reach it."""
        return not ip_address(self.address).is_loopback


class Moderators(Section):
    """What the moderators of a community may set themselves (docs/how-to/moderators.md)."""

    mode: Literal["open", "invited", "closed"] = Field(
        "open",
        description="Whose moderators may set something: of every community that is watched, of those in "
        "`communities`, or of none.",
    )
    communities: tuple[CommunityName, ...] = Field(
        (),
        description='The communities that are invited, for mode = "invited".',
        examples=[["news@lemmy.example"]],
    )
    fixed: tuple[SettingName, ...] = Field(
        (), description="Settings of `[rules]` that only you may change.", examples=[["method"]]
    )
    lowest: NumberSettings = Field(
        {}, description="How low they may go with numbers.", examples=[{"min_saved": 50}]
    )
    highest: NumberSettings = Field(
        {}, description="How high they may go with numbers.", examples=[{"words": 200}]
    )
    invitations: tuple[SubredditName, ...] = Field(
        (),
        description="Subreddits whose invitation to become a moderator is accepted.",
        examples=[["news"]],
    )

    def allows(self, community: str) -> bool:
        """Whether the moderators of a community (lower case) may set something."""
        return self.mode == "open" or (self.mode == "invited" and community in self.communities)


class Rules(CommunityRules):
    """What holds in all communities, and in tables of their own what differs in one."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, CommunityRules] = Field(init=False)

    @property
    def communities(self) -> Mapping[str, CommunityRules]:
        """By the names as written; each knows only its own settings, see `Config.rules_for`."""
        return self.__pydantic_extra__


class Accounts(Section):
    """The registry of platforms: one line for each, a table `[platform.NAME]` for each account."""

    lemmy: dict[AccountName, LemmyAccount] = Field({}, description="Accounts on Lemmy servers.")
    reddit: dict[AccountName, RedditAccount] = Field({}, description="Accounts on Reddit.")
    piefed: dict[AccountName, PieFedAccount] = Field({}, description="Accounts on PieFed servers.")


class Config(Accounts):
    """All of config.toml."""

    bot: Bot
    poll: Poll = Poll()
    send: Send = Send()
    inbox: InboxSettings = InboxSettings()
    fetch: Fetch = Fetch()
    workers: Workers = Workers()
    log: Log = Log()
    keep: Keep = Keep()
    web: Web = Web()
    rules: Rules = Rules()
    moderators: Moderators = Moderators()

    def accounts(self) -> Iterator[tuple[str, str, Account]]:
        """Platform, name and settings of each account."""
        for platform in Accounts.model_fields:
            for name, account in cast("dict[str, Account]", getattr(self, platform)).items():
                yield platform, name, account

    def secrets(self) -> tuple[str, ...]:
        """All secret values of all accounts: what no log may show."""
        values = (
            getattr(account, name) for _, _, account in self.accounts() for name in type(account).model_fields
        )
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))

    def sources(self) -> tuple[Source, ...]:
        """All that is polled, in the order of the file."""
        return tuple(
            Source(name, community)
            for _, name, account in self.accounts()
            for community in account.watched_communities()
        )

    def rules_for(self, community: str) -> CommunityRules:
        """What holds in a community (`name@host`, or the bare name of a subreddit): its own table over
        `[rules]` over the defaults."""
        held = {name: getattr(self.rules, name) for name in CommunityRules.model_fields}
        return CommunityRules.model_construct(**held | self._own_rules(community))

    def explicit_rules(self, community: str) -> dict[str, Any]:
        """Only what the file says for a community, by name."""
        general = self.rules.model_fields_set & CommunityRules.model_fields.keys()
        return {name: getattr(self.rules, name) for name in general} | self._own_rules(community)

    def _own_rules(self, community: str) -> dict[str, Any]:
        for written, rules in self.rules.communities.items():
            if normalize_community(written, None) == community.lower():
                return {name: getattr(rules, name) for name in rules.model_fields_set}
        return {}
