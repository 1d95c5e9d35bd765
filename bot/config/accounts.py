"""What config.toml may say of accounts: one model for each platform.

The registry of platforms is `bot.config.settings.Accounts`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated

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
AccountName = Annotated[str, Field(pattern=ACCOUNT_NAME)]


class Account(Section):
    """One account on one platform; each platform has its own kind.

    A field of the type `SecretStr` may come from elsewhere: see `bot.config.secrets`.
    """

    forward_to: str | None = None

    @abstractmethod
    def watched_communities(self) -> tuple[str | None, ...]:
        """The communities to poll; None stands for all that the account sees."""

    def adapter_arguments(self) -> dict[str, object]:
        """What the platform's adapter is made with, by the names of its parameters."""
        raise NotImplementedError

    def may_set_up(self) -> bool | None:
        """Whether the account's settings may be changed; None where there are none to change."""
        return None

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
    subscribe: bool = Field(
        True,
        description="Whether the account may subscribe to the communities: one call then lists them all.",
    )
    forward_to: UserHandle | None = Field(
        None,
        description="Who gets the messages that no command understands. Without it they wait for "
        "`precis inbox`.",
        examples=["me@lemmy.example"],
    )
    set_up: bool = Field(
        False,
        description="Whether Precis may put the account's settings right: the bot flag, a biography where "
        "there is none, and what hides posts or its own replies. Without it, precis check says what to do.",
    )
    own_vote: bool = Field(
        True,
        description="Whether replies keep the vote that the server gives them from their author. On Lemmy, "
        "taking it back switches the bot flag off for a moment.",
    )

    @field_validator("communities")
    @classmethod
    def _complete(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        server = info.data.get("server")
        home = host_of(server) if server else None
        return tuple(dict.fromkeys(normalize_community(name, home) for name in names))

    @property
    def host(self) -> str:
        """The server's host, with its port where one is named."""
        return host_of(self.server)

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
            yield "everything", "cannot be true beside communities; take one of the two out"
        if given.get("everything", False) is False and given.get("communities", []) == []:
            example = 'communities = ["news@lemmy.example"]'
            yield "communities", f"names nothing to watch; write for example {example}"


class PieFedAccount(LemmyAccount):
    """A bot account on a PieFed server, and what it watches."""


class RedditAccount(Account):
    """An account on Reddit with an app of its own, and what it watches."""

    client_id: str = Field(
        pattern=r"^[A-Za-z0-9_-]+$",
        description="The app's id, from https://www.reddit.com/prefs/apps.",
        examples=["AbCdEf123456789"],
    )
    client_secret: SecretStr = Field(
        min_length=1, description="The app's secret; better kept in a file of its own."
    )
    client_secret_file: FilePath | None = Field(
        None,
        description="A file that holds the app's secret and nothing else.",
        examples=["reddit-second.client_secret"],
    )
    operator: RedditorName = Field(
        description="Your own name on Reddit, without u/. Reddit wants it in every request.",
        examples=["your_name"],
    )
    username: RedditorName | None = Field(
        None, description="The name of the bot's account, without u/.", examples=["precis_bot"]
    )
    password: SecretStr | None = Field(None, min_length=1, description="Its password.")
    password_file: FilePath | None = Field(
        None,
        description="A file that holds the password and nothing else.",
        examples=["reddit-second.password"],
    )
    refresh_token: SecretStr | None = Field(
        None, min_length=1, description="In place of username and password, a token for the account."
    )
    refresh_token_file: FilePath | None = Field(
        None,
        description="A file that holds the refresh token and nothing else.",
        examples=["reddit-second.refresh_token"],
    )
    forward_to: RedditorName | None = Field(
        None,
        description="Who gets the messages that no command understands. Without it they wait for "
        "`precis inbox`.",
        examples=["your_name"],
    )
    subreddits: tuple[SubredditName, ...] = Field(
        min_length=1, description="What is watched.", examples=[["news", "worldnews"]]
    )

    @field_validator("subreddits")
    @classmethod
    def _once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names))

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
                yield "refresh_token", "stands beside a password; take one of the two out"
        elif not given.get("password"):
            yield "password", "is missing; write username and password_file, or a refresh_token_file"
        elif not given.get("username"):
            yield "username", "is missing; write the name of the bot's account"
