"""The settings of config.toml: one model for each table, one description for each setting.

The reference page, the error messages and the tests of config.example.toml use these classes.
All are frozen. Code that needs other values (the sandbox polls faster than config.toml allows) creates
them with `model_copy(update=...)`, which does not check limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self, cast

from pydantic import ConfigDict, Field, SecretStr, model_validator

from bot.config.accounts import Account, AccountName, Accounts
from bot.config.base import Section
from bot.config.notify_settings import Events, Heartbeat, NotifyTarget
from bot.config.setting_types import (
    CommunityName,
    Contact,
    Database,
    Duration,
    FilePath,
    IpAddress,
    NumberSettings,
    ProfileName,
    ProxyAddress,
    SettingName,
    SubredditName,
    WebAddress,
    normalize_community,
)
from bot.core.database_location import PostgresUrl
from bot.core.models import Dialect, Source
from bot.core.project import PROJECT_URL
from bot.rules import CommunityRules
from bot.rules.profiles import BUILT_IN_PROFILES, Profile, Profiles
from bot.rules.reply_templates import (
    DEFAULT_FOOTER,
    DEFAULT_REPLY,
    FooterTemplate,
    ReplyTemplate,
    ReplyTemplates,
)


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


class Bot(Section):
    """Who runs the bot, and where its database is."""

    owner: Contact = Field(
        description="How people can reach you: an email address or a web page. It is sent with every "
        "request.",
        examples=["you@example.org"],
    )
    source_url: WebAddress = Field(
        PROJECT_URL, description='The target of the link "I\'m open source!" under each reply.'
    )
    database: Database = Field(
        Path("precis.db"),
        validate_default=True,
        description="The database: a file, relative to the folder of config.toml, or the URL of a PostgreSQL "
        "database, `postgresql://USER@HOST/NAME` (docs/how-to/postgresql.md).",
    )
    database_password: SecretStr | None = Field(
        None, description="The password of the user in the URL of a PostgreSQL database."
    )
    database_password_file: FilePath | None = Field(
        None,
        description="A file that contains the password and nothing else.",
        examples=["database.password"],
    )
    state_folder: FilePath = Field(
        Path(),
        validate_default=True,
        description="With PostgreSQL: the folder for what is not in the database, such as the lock of the "
        "daemon on this machine. With a file, these are beside it.",
        examples=["/var/lib/precis"],
    )

    @model_validator(mode="after")
    def _add_password(self) -> Self:
        """Put the password into the location of the database, which does not show it."""
        password = self.database_password
        if isinstance(self.database, Path) or password is None:
            return self
        located = PostgresUrl(self.database.address, password.get_secret_value())
        return self.model_copy(update={"database": located})

    @property
    def state_files(self) -> Path:
        """The path before the endings of files that belong to the database on this machine."""
        return self.database if isinstance(self.database, Path) else self.state_folder / "precis"


class Poll(Section):
    """How often Precis checks for new posts."""

    interval: Duration = Field(
        _seconds(60), ge=_seconds(5), le=_seconds(86400), description="Time between two checks of a source."
    )
    quiet_interval: Duration = Field(
        _seconds(90),
        ge=_seconds(5),
        le=_seconds(86400),
        description="Time between two checks while an account has found nothing new for ten minutes; at "
        "least interval.",
    )


class Send(Section):
    """How Precis prevents two replies to one post, and when it deletes replies."""

    settle: Duration = Field(
        _seconds(150),
        ge=_seconds(120),
        le=_seconds(3600),
        description="How long Precis waits after an unclear answer before it reads its own comments.",
    )
    read_gap: Duration = Field(
        _seconds(30),
        ge=_seconds(5),
        le=_seconds(600),
        description="Time between the two reads. If neither finds the reply, it is sent again.",
    )
    follow_deletions: bool = Field(
        False,
        description="Whether to delete a reply if its post is deleted or removed within three days.",
    )


class InboxSettings(Section):
    """Messages to the bot: mentions, answers to its replies, private messages."""

    read: bool = Field(True, description="Whether Precis reads its inbox.")
    interval: Duration = Field(
        _seconds(480),
        ge=_seconds(60),
        le=_seconds(3600),
        description="Maximum time between two checks. While people write, Precis checks every minute.",
    )
    elsewhere: bool = Field(
        False,
        description="Whether a mention in a community that Precis does not watch is answered there. "
        "If false, by private message.",
    )
    per_person: int = Field(
        10,
        ge=1,
        le=1000,
        description="Maximum number of messages of one person that are handled in 24 hours, on all "
        "accounts together. Of commands such as `pause` and `delete`, five times as many are.",
    )


class Fetch(Section):
    """How Precis fetches linked pages."""

    robots: bool = Field(True, description="Whether to obey the robots.txt of each site.")
    timeout: Duration = Field(
        _seconds(20), ge=_seconds(2), le=_seconds(120), description="Maximum time to fetch a page."
    )
    pdf: bool = Field(
        True,
        description="Whether linked PDF files are read, up to 10 MB each. "
        "Plain text and Markdown are always read.",
    )
    host_delay: Duration = Field(
        _seconds(2),
        ge=_seconds(0),
        le=_seconds(600),
        description="Minimum time between two requests to a site.",
    )
    at_once: int = Field(
        8, ge=1, le=64, description="Maximum number of pages that are fetched at the same time."
    )
    proxy: ProxyAddress | None = Field(
        None,
        description="The HTTP or SOCKS5 proxy through which pages are fetched "
        "(docs/how-to/operate.md). The connections to your Lemmy, PieFed or Reddit server do not use it.",
        examples=["socks5://precis@192.0.2.1:1080"],
    )
    proxy_password: SecretStr | None = Field(None, description="The password of the user in `proxy`.")
    proxy_password_file: FilePath | None = Field(
        None, description="A file that contains the password and nothing else.", examples=["proxy.password"]
    )
    proxy_resolves: bool = Field(
        False,
        description="Whether the proxy looks up the names of hosts, for networks where this machine cannot. "
        "Then Precis cannot check their addresses: the proxy must refuse private ones.",
    )


class Workers(Section):
    """The processes that read pages. Each has limits, so that a hostile page cannot stop the bot."""

    processes: int = Field(2, ge=1, le=64, description="Number of processes.")
    timeout: Duration = Field(
        _seconds(20), ge=_seconds(1), le=_seconds(300), description="Maximum time for one page."
    )
    memory_mb: int = Field(1024, ge=256, le=65536, description="Maximum memory of one process, in MB.")
    recycle: int = Field(50, ge=1, le=10000, description="A process is replaced after this number of pages.")
    confinement: Literal["require", "prefer"] = Field(
        "prefer",
        description="Whether Precis refuses to start if the kernel cannot confine these processes completely "
        '(docs/reference/confinement.md). If "prefer", it logs a warning.',
    )


class Log(Section):
    """What Precis logs."""

    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The lowest level that is written."
    )
    format: Literal["auto", "console", "json"] = Field(
        "auto", description='Text with colours, or JSON; "auto" writes text on a terminal and JSON elsewhere.'
    )
    report_to: WebAddress | None = Field(
        None,
        description="An address that receives a POST with JSON for each unexpected error.",
        examples=["https://hooks.example/precis"],
    )


class Keep(Section):
    """How long Precis keeps data."""

    # A post can get a reply for at most 7 days (max_age_hours). Its data must be kept for longer.
    posts: Duration = Field(
        timedelta(days=90),
        ge=timedelta(days=8),
        le=timedelta(days=3650),
        description="The title, link and error of finished posts are deleted after this time.",
    )


class Cluster(Section):
    """This machine's part in a cluster of several machines on one PostgreSQL database."""

    node: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="The name of this machine in the cluster. If unset, its host name.",
        examples=["reader-1"],
    )
    roles: tuple[Literal["account", "read"], ...] = Field(
        ("account", "read"),
        min_length=1,
        description="What this machine does: `account` reads and writes for the accounts, `read` fetches and "
        "summarises pages. A machine that only reads needs no passwords.",
        examples=[["read"]],
    )
    egress: str = Field(
        "default",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="The name of the IP address that servers see. They limit requests by address, so "
        "machines with the same name share these limits. Set another name for a machine with its own "
        "address.",
        examples=["berlin"],
    )


class Web(Section):
    """The status pages for the operator, and the form for moderators."""

    enabled: bool = Field(False, description="Whether the daemon serves the status pages.")
    address: IpAddress = Field(
        "127.0.0.1", description="The IP address to listen on. If others can reach it, a token is required."
    )
    port: int = Field(8642, ge=1, le=65535, description="The port.")
    token: SecretStr | None = Field(
        None,
        min_length=16,
        description="The token that the pages ask for, and without which nothing can be changed there. Use a "
        "long random text.",
    )
    token_file: FilePath | None = Field(
        None, description="A file that contains the token and nothing else.", examples=["web.token"]
    )
    settings_form: bool = Field(
        False,
        description="Whether `/moderators` is a page where moderators choose settings and get the text to "
        "send. It needs no token and changes nothing.",
    )
    settings_form_preview: bool = Field(
        False,
        description="Whether visitors of that page can preview the reply to a link, which Precis then "
        "fetches: `per_person` of `[inbox]` links of one address in 24 hours.",
    )

    @property
    def exposed(self) -> bool:
        """Whether other machines can reach the pages."""
        return not ip_address(self.address).is_loopback


class Moderators(Section):
    """What moderators may change for their community (docs/how-to/moderators.md)."""

    mode: Literal["open", "invited", "closed"] = Field(
        "open",
        description="Whose moderators may change settings: of every watched community, of those in "
        "`communities`, or of none.",
    )
    communities: tuple[CommunityName, ...] = Field(
        (),
        description='The communities for mode = "invited".',
        examples=[["news@lemmy.example"]],
    )
    fixed: tuple[SettingName, ...] = Field(
        (), description="Settings of `[rules]` that only you may change.", examples=[["method"]]
    )
    lowest: NumberSettings = Field(
        {}, description="The lowest values that moderators may set for numbers.", examples=[{"min_saved": 50}]
    )
    highest: NumberSettings = Field(
        {}, description="The highest values that moderators may set for numbers.", examples=[{"words": 200}]
    )
    profiles: dict[ProfileName, CommunityRules] = Field(
        {},
        description="Your own profiles: settings that moderators get with one line, `profile: NAME`. "
        "`quiet`, `news` and `strict` exist; yours may replace them.",
        examples=[{"evening": {"quiet_hours": "08:00-17:00"}}],
    )
    invitations: tuple[SubredditName, ...] = Field(
        (),
        description="Subreddits from which the bot accepts an invitation to become a moderator.",
        examples=[["news"]],
    )

    def all_profiles(self) -> Profiles:
        """The built-in profiles and the operator's own."""
        own = {
            name: Profile(rules.model_dump(mode="json", exclude_unset=True))
            for name, rules in self.profiles.items()
        }
        return {**BUILT_IN_PROFILES, **own}

    def allows(self, community: str) -> bool:
        """Whether the moderators of a community (lower case) may change settings."""
        return self.mode == "open" or (self.mode == "invited" and community in self.communities)


class Rules(CommunityRules):
    """The settings for all communities. A table for one community contains what differs there."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, CommunityRules] = Field(init=False)

    @property
    def communities(self) -> Mapping[str, CommunityRules]:
        """The tables by community name as written. Each has only its own settings; see `Config.rules_for`."""
        return self.__pydantic_extra__


class Templates(Section):
    """The text of replies, as templates (docs/how-to/templates.md)."""

    reply: ReplyTemplate = Field(DEFAULT_REPLY, description="The whole reply.")
    footer: FooterTemplate = Field(DEFAULT_FOOTER, description="The footer of the reply.")
    lemmy_reply: ReplyTemplate = Field("", description="The whole reply on Lemmy; if empty, `reply`.")
    lemmy_footer: FooterTemplate = Field("", description="The footer on Lemmy; if empty, `footer`.")
    piefed_reply: ReplyTemplate = Field("", description="The whole reply on PieFed; if empty, `reply`.")
    piefed_footer: FooterTemplate = Field("", description="The footer on PieFed; if empty, `footer`.")
    reddit_reply: ReplyTemplate = Field("", description="The whole reply on Reddit; if empty, `reply`.")
    reddit_footer: FooterTemplate = Field("", description="The footer on Reddit; if empty, `footer`.")

    def of(self, dialect: Dialect) -> ReplyTemplates:
        """The templates for a platform."""
        reply, footer = getattr(self, f"{dialect}_reply"), getattr(self, f"{dialect}_footer")
        return ReplyTemplates(reply or self.reply or DEFAULT_REPLY, footer or self.footer)


class Config(Accounts):
    """All of config.toml."""

    # Not `Poll()`, which would build a validator of each table, apart from that of the file, for constants.
    bot: Bot
    poll: Poll = Poll.model_construct()
    send: Send = Send.model_construct()
    inbox: InboxSettings = InboxSettings.model_construct()
    fetch: Fetch = Fetch.model_construct()
    workers: Workers = Workers.model_construct()
    log: Log = Log.model_construct()
    notify: dict[AccountName, NotifyTarget] = Field({}, description="Where notices about problems are sent.")
    heartbeat: Heartbeat = Heartbeat.model_construct()
    events: Events = Events.model_construct()
    keep: Keep = Keep.model_construct()
    cluster: Cluster = Cluster.model_construct()
    web: Web = Web.model_construct()
    rules: Rules = Rules.model_construct()
    moderators: Moderators = Moderators.model_construct()
    templates: Templates = Templates.model_construct()

    def accounts(self) -> Iterator[tuple[str, str, Account]]:
        """Platform, name and settings of each account."""
        others = type(self).model_fields.keys() - Config.model_fields.keys()  # of installed packages
        for platform in (*Accounts.model_fields, *sorted(others)):
            for name, account in cast("dict[str, Account]", getattr(self, platform)).items():
                yield platform, name, account

    def secrets(self) -> tuple[str, ...]:
        """All secret values of all tables. They must not appear in a log."""
        tables = (
            *(self.bot, self.fetch, self.web, self.heartbeat, self.events, *self.notify.values()),
            *(account for _, _, account in self.accounts()),
        )
        values = (getattr(table, name) for table in tables for name in type(table).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr))

    def sources(self) -> tuple[Source, ...]:
        """All sources to poll, in the order of the file."""
        return tuple(
            Source(name, community)
            for _, name, account in self.accounts()
            for community in account.watched_communities()
        )

    def rules_for(self, community: str) -> CommunityRules:
        """The settings of a community (`name@host`, or the bare name of a subreddit).

        Its own table wins over `[rules]`, and that over the defaults.
        """
        values = {name: getattr(self.rules, name) for name in CommunityRules.model_fields}
        return CommunityRules.model_construct(**values | self._own_rules(community))

    def explicit_rules(self, community: str) -> dict[str, Any]:
        """Only the settings that the file sets for a community, by name."""
        general = self.rules.model_fields_set & CommunityRules.model_fields.keys()
        return {name: getattr(self.rules, name) for name in general} | self._own_rules(community)

    def _own_rules(self, community: str) -> dict[str, Any]:
        for written, rules in self.rules.communities.items():
            if normalize_community(written, None) == community.lower():
                return {name: getattr(rules, name) for name in rules.model_fields_set}
        return {}
