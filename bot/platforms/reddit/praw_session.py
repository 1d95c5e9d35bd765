"""PRAW, configured by our settings only, with its errors translated to those of `bot.core.errors`."""

from __future__ import annotations

import configparser
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files
from typing import Any, TypeVar

import praw
import praw.config
import prawcore
import requests
from msgspec import Struct
from praw.exceptions import PRAWException

from bot import __version__
from bot.core.errors import PlatformError, RetryLater, Unreachable
from bot.platforms.api_call import Call
from bot.platforms.fencing import NOT_REVOCABLE, Revocation, TokenState, WriteGuard
from bot.platforms.http_retries import retry_context
from bot.platforms.page_size import ResponseTooLarge
from bot.platforms.rate_limits import Clock
from bot.platforms.reddit import errors
from bot.platforms.reddit.rate_limits import RateLimits
from bot.platforms.reddit.requestor import Requestor
from bot.platforms.reddit.saved_token import SavedToken

_UNEXPECTED_ANSWER_ERRORS = (
    PRAWException,
    prawcore.PrawcoreException,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
)
"""What PRAW raises for responses: its own errors, and those of its code for responses it does not expect."""

_NO_CONTENT = 204
_Result = TypeVar("_Result")


class Credentials(Struct, frozen=True):
    """The app's id and secret, and for the account a refresh token or a username and password."""

    client_id: str
    client_secret: str
    username: str = ""
    password: str = ""
    refresh_token: str = ""

    @property
    def as_tuple(self) -> tuple[str, ...]:
        return (self.client_id, self.client_secret, self.username.lower(), self.password, self.refresh_token)


def user_agent(operator: str) -> str:
    """`<platform>:<app id>:<version> (by /u/<owner>)`, the format that Reddit's API rules require."""
    return f"{sys.platform}:precis:{__version__} (by /u/{operator})"


class PrawSession:
    """Sends calls to Reddit, one at a time because PRAW is not thread-safe.

    `base_url` replaces both of Reddit's hosts.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        operator: str,
        rate_limits: RateLimits,
        clock: Clock,
        timeout: timedelta,
        saved_token: SavedToken,
        write_guard: WriteGuard | None = None,
        base_url: str | None = None,
    ) -> None:
        self._clock = clock
        self._saved_token = saved_token
        self._write_guard = write_guard or WriteGuard(clock)
        self._lock = threading.RLock()
        self.user_agent = user_agent(operator)
        self._http = _http_session()
        _ignore_ini_files()
        self._requestor_settings: dict[str, Any] = {
            "rate_limits": rate_limits,
            "clock": clock,
            "saved_token": saved_token,
            "write_guard": self._write_guard,
            "timeout": timeout.total_seconds(),
        }
        settings = _praw_settings(credentials, self.user_agent, base_url)
        self._praw = praw.Reddit(
            "DEFAULT",
            requestor_class=Requestor,
            requestor_kwargs={"session": self._http, **self._requestor_settings},
            **settings,
        )
        self._app = {name: settings[name] for name in ("client_id", "client_secret")}
        self._web_url = settings["reddit_url"]

    def close(self) -> None:
        self._http.close()

    def get_page(self, call: Call, what: str) -> Any:
        """The response's JSON, for a call of `bot.platforms.page_size`."""
        return self.get(call.path, what, **call.query)

    def get(self, path: str, what: str, **params: str | int) -> Any:
        """The response's JSON. `what` names the target in errors, such as "r/news".

        Retries temporary errors: at most 3 attempts within 45 s.
        """
        for attempt in retry_context(
            on=_is_temporary, attempts=3, timeout=45.0, wait_initial=0.5, wait_max=5.0
        ):
            with attempt, self._lock:
                try:
                    return self._praw.request(method="GET", path=path, params=params)
                except PlatformError:
                    raise
                except _UNEXPECTED_ANSWER_ERRORS as error:
                    raise errors.read_error(error, what) from error
        raise AssertionError("stamina either returns or raises")  # pragma: no cover

    def redirect_target(self, path: str) -> str | None:
        """The path that Reddit redirects a path to; None if it does not redirect, or shows no such page."""
        with self._lock:
            try:
                self._praw.request(method="GET", path=path)
            except prawcore.Redirect as error:
                return str(error.path)
            except PlatformError:
                raise
            except _UNEXPECTED_ANSWER_ERRORS as error:
                translated = errors.read_error(error, path)
                if isinstance(translated, errors.NoAccess):
                    return None
                raise translated from error
        return None

    def revoke_token(self, saved: str) -> Revocation:
        """Revoke an access token from the token store. A refresh token in the config stays valid.

        Raises the errors of reading calls. Reddit also accepts tokens that are not valid.
        """
        token = self._saved_token.token_in(saved)
        if token is None:
            return NOT_REVOCABLE
        with self._lock, _http_session() as http:
            requestor = Requestor(
                session=http,
                user_agent=self.user_agent,
                reddit_url=self._web_url,
                **self._requestor_settings,
            )
            authenticator = prawcore.TrustedAuthenticator(requestor=requestor, **self._app)
            try:
                authenticator.revoke_token(token, token_type="access_token")  # noqa: S106
            except prawcore.ResponseException as error:
                if error.response.status_code != _NO_CONTENT:  # prawcore 4 only expects a 200
                    raise errors.revocation_error(error.response, self._clock()) from error
        return Revocation(TokenState.REVOKED)

    def write_once(self, call: Callable[[praw.Reddit], _Result]) -> _Result:
        """Run `call`, which makes one writing call, once.

        Raises Refused, RetryLater or AccountError if nothing was stored, UnknownOutcome if that is not
        known, and `errors.Forbidden` for a 403 without a reason. After a 401, it logs in, but does not repeat
        the call; a node that no longer leads the account does not log in.
        """
        with self._lock:
            try:
                return call(self._praw)
            except errors.TokenRefused as error:
                self._write_guard.check()
                self.get("api/v1/me", "the account")  # PRAW renews the token for a reading call
                raise RetryLater(self._clock(), "the login had to be renewed; nothing was stored") from error
            except _UNEXPECTED_ANSWER_ERRORS as error:
                item = errors.rate_limit_item(error)
                raise (
                    errors.rate_limit_error(item, self._clock()) if item else errors.write_error(error)
                ) from error


def _http_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a proxy variable or netrc entry must not expose the token
    return session


def _is_temporary(error: Exception) -> bool:
    return isinstance(error, Unreachable) and not isinstance(error, (errors.NoAccess, ResponseTooLarge))


def _ignore_ini_files() -> None:
    """Stop PRAW from reading praw.ini in the working and home directories, by setting `Config.CONFIG`.

    Such a file could send the password to another host.
    """
    defaults = configparser.ConfigParser(interpolation=None)
    defaults.read_string(files("praw").joinpath("praw.ini").read_text(encoding="utf-8"))
    praw.config.Config.CONFIG = defaults


def _praw_settings(credentials: Credentials, user_agent: str, base_url: str | None) -> dict[str, Any]:
    """Every setting that PRAW would otherwise take from the environment."""
    return {
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "username": credentials.username,
        "password": credentials.password,
        "refresh_token": credentials.refresh_token,
        "redirect_uri": None,
        "user_agent": user_agent,
        "check_for_updates": False,
        "check_for_async": False,
        "ratelimit_seconds": -1,  # PRAW would sleep through a shorter RATELIMIT and send again
        "oauth_url": base_url or "https://oauth.reddit.com",
        "reddit_url": base_url or "https://www.reddit.com",
    }
