"""What config.toml may say: one model for each table, one description for each setting.

The docs table, the error texts and the tests of config.example.toml are made from these classes.
All are frozen; code that needs other values (the sandbox polls faster than any operator may) makes
them with `model_copy(update=...)`, which checks no bounds.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from bot.config.values import (
    CommunityName,
    Contact,
    Duration,
    FilePath,
    ServerAddress,
    UserName,
    WebAddress,
    community_name,
    host_of,
)
from bot.models import Source
from bot.rules import CommunityRules

PROJECT_PAGE = "https://github.com/precis-bot/precis"


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


class Section(BaseModel):
    """One table of config.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bot(Section):
    """Who runs the bot, and where it keeps what it knows."""

    owner: Contact = Field(
        description="Where people reach you: a mail address or a page. It is sent with every request.",
        examples=["you@example.org"],
    )
    source_url: WebAddress = Field(
        PROJECT_PAGE, description='Where "I\'m open source!" under each reply leads to.'
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


class Send(Section):
    """How Precis makes sure that no post gets two replies."""

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


class Keep(Section):
    """How long Precis remembers."""

    # A post may be answered for at most 7 days (max_age_hours): its row has to outlive that.
    posts: Duration = Field(
        timedelta(days=90),
        ge=timedelta(days=8),
        le=timedelta(days=3650),
        description="Finished posts are forgotten after this time.",
    )


AccountName = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Account(Section):
    """One account on one platform; each platform has its own kind.

    A field of the type `SecretStr` may come from elsewhere: see `bot.config.secrets`.
    """

    @abstractmethod
    def watched(self) -> tuple[str | None, ...]:
        """The communities to poll; None stands for all that the account sees."""

    def connection(self) -> dict[str, object]:
        """What the platform's adapter is made with, by the names of its parameters."""
        raise NotImplementedError

    @classmethod
    def conflicts(cls, given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        """What is wrong between the settings of a table: (setting, clause) pairs."""
        del given
        return iter(())


class LemmyAccount(Account):
    """A bot account on a Lemmy server, and what it watches."""

    server: ServerAddress = Field(
        description="The server of the account.", examples=["https://lemmy.example"]
    )
    username: UserName = Field(
        description="The name of the account, without its server.",
        examples=["precis"],
    )
    password: SecretStr = Field(min_length=1, description="Its password; better kept in a file of its own.")
    password_file: FilePath | None = Field(
        None, description="A file that holds the password and nothing else.", examples=["lemmy-main.password"]
    )
    communities: tuple[CommunityName, ...] = Field(
        (), description="What is watched, as name@server.", examples=[["news@lemmy.example"]]
    )
    everything: bool = Field(
        False, description="Whether all posts are watched that the server shows, in place of communities."
    )

    @field_validator("communities")
    @classmethod
    def _complete(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        server = info.data.get("server")
        home = host_of(server) if server else None
        return tuple(dict.fromkeys(community_name(name, home) for name in names))

    @property
    def host(self) -> str:
        """The server's host, with its port where one is named."""
        return host_of(self.server)

    def connection(self) -> dict[str, object]:
        return {
            "base_url": self.server,
            "username": self.username,
            "password": self.password.get_secret_value(),
        }

    def watched(self) -> tuple[str | None, ...]:
        return (None,) if self.everything else self.communities

    @classmethod
    def conflicts(cls, given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        if given.get("everything") is True and given.get("communities"):
            yield "everything", "cannot be true beside communities; take one of the two out"
        if given.get("everything", False) is False and given.get("communities", []) == []:
            example = 'communities = ["news@lemmy.example"]'
            yield "communities", f"names nothing to watch; write for example {example}"


class PieFedAccount(LemmyAccount):
    """A bot account on a PieFed server, and what it watches."""


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
    piefed: dict[AccountName, PieFedAccount] = Field({}, description="Accounts on PieFed servers.")


class Config(Accounts):
    """All of config.toml."""

    bot: Bot
    poll: Poll = Poll()
    send: Send = Send()
    fetch: Fetch = Fetch()
    workers: Workers = Workers()
    log: Log = Log()
    keep: Keep = Keep()
    rules: Rules = Rules()

    def accounts(self) -> Iterator[tuple[str, str, Account]]:
        """Platform, name and settings of each account."""
        for platform in Accounts.model_fields:
            for name, account in cast("dict[str, Account]", getattr(self, platform)).items():
                yield platform, name, account

    def sources(self) -> tuple[Source, ...]:
        """All that is polled, in the order of the file."""
        return tuple(
            Source(name, community) for _, name, account in self.accounts() for community in account.watched()
        )

    def rules_for(self, community: str) -> CommunityRules:
        """What holds in a community (`name@host`): its own table over `[rules]` over the defaults."""
        held = {name: getattr(self.rules, name) for name in CommunityRules.model_fields}
        return CommunityRules.model_construct(**held | self._own_rules(community))

    def _own_rules(self, community: str) -> dict[str, Any]:
        for written, rules in self.rules.communities.items():
            if community_name(written, None) == community.lower():
                return {name: getattr(rules, name) for name in rules.model_fields_set}
        return {}
