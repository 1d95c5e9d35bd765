"""PRAW set up so that nothing but our own settings steers it, and its calls with their errors translated."""

from __future__ import annotations

import configparser
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any, TypeVar

import praw
import praw.config
import prawcore
import requests
import stamina
from praw.exceptions import PRAWException

from bot import __version__
from bot.core.errors import PlatformError, RetryLater, Unreachable
from bot.platforms.rate_limits import Clock
from bot.platforms.reddit import errors
from bot.platforms.reddit.rate_limits import RateLimits
from bot.platforms.reddit.requestor import Requestor
from bot.platforms.reddit.saved_token import SavedToken

_ODD_ANSWER = (PRAWException, prawcore.PrawcoreException, LookupError, TypeError, ValueError, AttributeError)
"""What PRAW raises over answers, its own words for them and the slips that odd ones make it commit."""

_Done = TypeVar("_Done")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Of the app, and of the account: a refresh token, or a name and a password."""

    client_id: str
    client_secret: str
    username: str = ""
    password: str = ""
    refresh_token: str = ""

    @property
    def as_tuple(self) -> tuple[str, ...]:
        return (self.client_id, self.client_secret, self.username.lower(), self.password, self.refresh_token)


def user_agent(operator: str) -> str:
    """`<platform>:<app id>:<version> (by /u/<owner>)`, as Reddit's API rules want it."""
    return f"{sys.platform}:precis:{__version__} (by /u/{operator})"


class PrawSession:
    """Sends calls to Reddit, one at a time, for PRAW is not made for threads.

    `base_url` replaces both of Reddit's hosts.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        operator: str,
        quota: RateLimits,
        clock: Clock,
        timeout: timedelta,
        kept: SavedToken,
        base_url: str | None = None,
    ) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self.user_agent = user_agent(operator)
        self._http = requests.Session()
        self._http.trust_env = False  # a netrc entry or a proxy variable must not get at the token
        _forget_ini_files()
        self._praw = praw.Reddit(
            "DEFAULT",
            requestor_class=Requestor,
            requestor_kwargs={
                "session": self._http,
                "quota": quota,
                "clock": clock,
                "kept": kept,
                "timeout": timeout.total_seconds(),
            },
            **_settings(credentials, self.user_agent, base_url),
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, what: str, **params: str | int) -> Any:
        """The answer's JSON; `what` is asked for, as "r/news". Repeated a few times while Reddit stumbles."""
        for attempt in stamina.retry_context(
            on=_is_passing, attempts=3, timeout=45.0, wait_initial=0.5, wait_max=5.0
        ):
            with attempt, self._lock:
                try:
                    return self._praw.request(method="GET", path=path, params=params)
                except PlatformError:
                    raise
                except _ODD_ANSWER as error:
                    raise errors.read_error(error, what) from error
        raise AssertionError("stamina either returns or raises")  # pragma: no cover

    def write_once(self, do: Callable[[praw.Reddit], _Done]) -> _Done:
        """Let `do` make one writing call, once.

        Raises Refused, NotNow or AccountError when nothing was stored, Ambiguous when nobody knows;
        `errors.Forbidden` for a bare 403.
        """
        with self._lock:
            try:
                return do(self._praw)
            except errors.TokenRefused as error:
                self.get("api/v1/me", "the account")  # PRAW renews the token for a reading call
                raise RetryLater(self._clock(), "the log-in had to be renewed; nothing was stored") from error
            except _ODD_ANSWER as error:
                item = errors.rate_limit_item(error)
                raise (
                    errors.rate_limit_error(item, self._clock()) if item else errors.write_error(error)
                ) from error


def _is_passing(error: Exception) -> bool:
    return isinstance(error, Unreachable) and not isinstance(error, errors.NoAccess)


def _forget_ini_files() -> None:
    """PRAW would read praw.ini in the working folder and in the home; one there could send the
    password to another host. With its public `Config.CONFIG` set, it reads none."""
    packaged = configparser.ConfigParser(interpolation=None)
    packaged.read_string(files("praw").joinpath("praw.ini").read_text(encoding="utf-8"))
    praw.config.Config.CONFIG = packaged


def _settings(credentials: Credentials, agent: str, base_url: str | None) -> dict[str, Any]:
    """Every setting that PRAW would otherwise take from the environment."""
    return {
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "username": credentials.username,
        "password": credentials.password,
        "refresh_token": credentials.refresh_token,
        "redirect_uri": None,
        "user_agent": agent,
        "check_for_updates": False,
        "check_for_async": False,
        "ratelimit_seconds": -1,  # PRAW sleeps over a shorter RATELIMIT and sends again
        "oauth_url": base_url or "https://oauth.reddit.com",
        "reddit_url": base_url or "https://www.reddit.com",
    }
