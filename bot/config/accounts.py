"""The account settings of config.toml: one model for each platform, and one field of `Accounts` for it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from bot.config.base import Section
from bot.config.setting_types import (
    CommunityName,
    FilePath,
    RedditorName,
    ServerAddress,
    SubredditName,
    UserHandle,
    UserName,
    host_of,
    normalize_community,
)

ACCOUNT_NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_REDDIT = "https://www.reddit.com"

AccountName = Annotated[str, Field(pattern=ACCOUNT_NAME)]


class Account(Section):
    """One account on one platform. Each platform has a subclass.

    A field of the type `SecretStr` can also come from a file or the environment: see `bot.config.secrets`.
    """

    forward_to: str | None = None

    @property
    @abstractmethod
    def server_url(self) -> str:
        """The address of the platform's server."""

    @property
    @abstractmethod
    def host(self) -> str | None:
        """The host that is part of the names of communities; None if they have none, as on Reddit."""

    @property
    @abstractmethod
    def bot_names(self) -> frozenset[str]:
        """The names of the bot as the authors of messages have them, in lower case. Empty if unknown."""

    @property
    @abstractmethod
    def profile_url(self) -> str | None:
        """The bot's page, where people can write to it; None if its name is not known."""

    def message_link(self, subject: str, text: str) -> str | None:
        """A link to a prepared message to the bot. None if the platform has no such links."""
        del subject, text
        return None

    @abstractmethod
    def watched_communities(self) -> tuple[str | None, ...]:
        """The communities to poll. None means everything that the account sees."""

    def adapter_arguments(self) -> dict[str, object]:
        """The arguments of the platform's adapter, by parameter name."""
        raise NotImplementedError

    def may_set_up(self) -> bool | None:
        """Whether Precis may change the account's settings. None if the platform has no such settings."""
        return None

    @classmethod
    def conflicts(cls, given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        """Conflicts between the settings of a table, as pairs of setting and clause."""
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
    password: SecretStr = Field(min_length=1, description="The password. Prefer password_file.")
    password_file: FilePath | None = Field(
        None,
        description="A file that contains the password and nothing else.",
        examples=["lemmy-main.password"],
    )
    communities: tuple[CommunityName, ...] = Field(
        (), description="The communities to watch, as name@server.", examples=[["news@lemmy.example"]]
    )
    everything: bool = Field(
        False, description="Watch all posts that the server shows, instead of communities."
    )
    subscribe: bool = Field(
        True,
        description="Whether the account subscribes to the communities. One call then lists them all.",
    )
    forward_to: UserHandle | None = Field(
        None,
        description="The person who gets messages that no command understands. If unset, "
        "`precis inbox` lists them.",
        examples=["me@lemmy.example"],
    )
    set_up: bool = Field(
        False,
        description="Whether Precis may fix the account's settings: the bot flag, an empty biography, and "
        "settings that hide posts or its own replies. If false, precis check says what to do.",
    )
    own_vote: bool = Field(
        True,
        description="Whether a reply keeps the upvote that the server adds for its author. On Lemmy, "
        "removing it turns the bot flag off for a moment.",
    )

    @field_validator("communities")
    @classmethod
    def _normalize_names(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        server = info.data.get("server")
        home = host_of(server) if server else None
        return tuple(dict.fromkeys(normalize_community(name, home) for name in names))

    @property
    def server_url(self) -> str:
        return self.server

    @property
    def host(self) -> str:
        """The server's host, with its port if the address has one."""
        return host_of(self.server)

    @property
    def bot_names(self) -> frozenset[str]:
        return frozenset({f"{self.username}@{self.host}".lower()})

    @property
    def profile_url(self) -> str:
        return f"{self.server}/u/{self.username}"

    def adapter_arguments(self) -> dict[str, object]:
        return {
            "base_url": self.server,
            "username": self.username,
            "password": self.password.get_secret_value(),
            "own_vote": self.own_vote,
            "communities": self.communities,
            "subscribe": self.subscribe,
        }

    def may_set_up(self) -> bool | None:
        return self.set_up

    def watched_communities(self) -> tuple[str | None, ...]:
        return (None,) if self.everything else self.communities

    @classmethod
    def conflicts(cls, given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        if given.get("everything") is True and given.get("communities"):
            yield "everything", "cannot be true together with communities; remove one of them"
        if given.get("everything", False) is False and given.get("communities", []) == []:
            example = 'communities = ["news@lemmy.example"]'
            yield "communities", f"is missing or empty; use for example {example}"


class PieFedAccount(LemmyAccount):
    """A bot account on a PieFed server, and what it watches."""


class RedditAccount(Account):
    """A bot account on Reddit with its own app, and what it watches."""

    client_id: str = Field(
        pattern=r"^[A-Za-z0-9_-]+$",
        description="The id of the app, from https://www.reddit.com/prefs/apps.",
        examples=["AbCdEf123456789"],
    )
    client_secret: SecretStr = Field(
        min_length=1, description="The secret of the app. Prefer client_secret_file."
    )
    client_secret_file: FilePath | None = Field(
        None,
        description="A file that contains the secret of the app and nothing else.",
        examples=["reddit-second.client_secret"],
    )
    operator: RedditorName = Field(
        description="Your own name on Reddit, without u/. Reddit requires it in every request.",
        examples=["your_name"],
    )
    username: RedditorName | None = Field(
        None, description="The name of the bot's account, without u/.", examples=["precis_bot"]
    )
    password: SecretStr | None = Field(None, min_length=1, description="The password of the account.")
    password_file: FilePath | None = Field(
        None,
        description="A file that contains the password and nothing else.",
        examples=["reddit-second.password"],
    )
    refresh_token: SecretStr | None = Field(
        None, min_length=1, description="A token for the account, instead of username and password."
    )
    refresh_token_file: FilePath | None = Field(
        None,
        description="A file that contains the refresh token and nothing else.",
        examples=["reddit-second.refresh_token"],
    )
    forward_to: RedditorName | None = Field(
        None,
        description="The person who gets messages that no command understands. If unset, "
        "`precis inbox` lists them.",
        examples=["your_name"],
    )
    subreddits: tuple[SubredditName, ...] = Field(
        min_length=1, description="The subreddits to watch.", examples=[["news", "worldnews"]]
    )

    @field_validator("subreddits")
    @classmethod
    def _remove_duplicates(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names))

    @property
    def server_url(self) -> str:
        return _REDDIT

    @property
    def host(self) -> None:
        return None

    @property
    def bot_names(self) -> frozenset[str]:
        return frozenset({self.username.lower()} if self.username else ())

    @property
    def profile_url(self) -> str | None:
        return f"{_REDDIT}/user/{self.username}" if self.username else None

    def message_link(self, subject: str, text: str) -> str | None:
        if not self.username:
            return None
        query = urlencode({"to": self.username, "subject": subject, "message": text})
        return f"{_REDDIT}/message/compose?{query}"

    def adapter_arguments(self) -> dict[str, object]:
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret.get_secret_value(),
            "operator": self.operator,
            "username": self.username or "",
            "password": self.password.get_secret_value() if self.password else "",
            "refresh_token": self.refresh_token.get_secret_value() if self.refresh_token else "",
            "subreddits": self.subreddits,
        }

    def watched_communities(self) -> tuple[str | None, ...]:
        return self.subreddits

    @classmethod
    def conflicts(cls, given: Mapping[str, object]) -> Iterator[tuple[str, str]]:
        if given.get("refresh_token"):
            if given.get("password"):
                yield "refresh_token", "is set together with a password; remove one of them"
        elif not given.get("password"):
            yield "password", "is missing; set username and password_file, or refresh_token_file"
        elif not given.get("username"):
            yield "username", "is missing; set it to the name of the bot's account"


class Accounts(Section):
    """The tables of all platforms. Each account has a table `[PLATFORM.NAME]`.

    The package `bot.platforms.PLATFORM` contains the adapter.
    """

    lemmy: dict[AccountName, LemmyAccount] = Field({}, description="Accounts on Lemmy servers.")
    reddit: dict[AccountName, RedditAccount] = Field({}, description="Accounts on Reddit.")
    piefed: dict[AccountName, PieFedAccount] = Field({}, description="Accounts on PieFed servers.")
