"""Translates Reddit's error responses to the errors of `bot.core.errors`, as tables.

Sources: PRAW 8's `RedditAPIException`, prawcore 4's exceptions, the error codes of
https://github.com/reddit-archive/reddit/blob/master/r2/r2/lib/errors.py and recorded responses.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import prawcore
from praw.exceptions import RedditAPIException, RedditErrorItem
from requests import Response

from bot.core.errors import AccountError, PlatformError, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.lazy_patterns import lazy_pattern
from bot.core.skip_reasons import SkipReason


class NoAccess(Unreachable):
    """The account cannot read this: it is private, banned or missing."""


class NotFound(NoAccess):
    """A 404: the name does not exist."""


class Forbidden(Exception):
    """A 403 without a reason for a writing call. Nothing was stored."""


class CommentRateLimited(RetryLater):
    """A RATELIMIT error: the account comments too often in this subreddit."""


class TokenRefused(Exception):
    """A 401 for a writing call. Nothing was stored; a new token is needed first."""


REFUSALS: dict[str, tuple[SkipReason, str]] = {
    "THREAD_LOCKED": (SkipReason.LOCKED, "the thread is locked"),
    "COMMENT_LOCKED": (SkipReason.LOCKED, "the thread is locked"),
    "TOO_OLD": (SkipReason.LOCKED, "the post is archived"),
    "DELETED_LINK": (SkipReason.GONE, "the post was deleted"),
    "DELETED_COMMENT": (SkipReason.GONE, "the comment was deleted"),
    "NO_THING_ID": (SkipReason.GONE, "the post does not exist on Reddit"),
    "BANNED_FROM_SUBREDDIT": (SkipReason.BANNED, "the account is banned from the subreddit"),
    "SUBREDDIT_BAN": (SkipReason.BANNED, "the account is banned from the subreddit"),
    "SUBREDDIT_NOTALLOWED": (SkipReason.REFUSED, "only approved users can comment in the subreddit"),
    "SUBREDDIT_OUTBOUND_LINKING_DISALLOWED": (SkipReason.REFUSED, "the subreddit does not allow such links"),
    "USER_BLOCKED": (SkipReason.REFUSED, "the author of the post has blocked the account"),
    "USER_BLOCKED_MESSAGE": (SkipReason.REFUSED, "the author of the post has blocked the account"),
    "NO_TEXT": (SkipReason.REFUSED, "the text is blank"),
    "TOO_LONG": (SkipReason.TOO_LONG, "the text is longer than 10,000 characters"),
}
"""Refusals of a writing call for which nothing was stored. A code not listed here is `REFUSED`."""

AMBIGUOUS_CODES = frozenset({"SOMETHING_IS_BROKEN", "SERVER_ERROR", "TIMEOUT"})
"""Codes after which the comment may or may not exist."""

_STATUS_REFUSALS = {
    400: (SkipReason.REFUSED, "Reddit does not understand the request (400)"),
    404: (SkipReason.GONE, "the post or comment does not exist on Reddit (404)"),
    413: (SkipReason.TOO_LONG, "the text is too long for Reddit (413)"),
    451: (SkipReason.REFUSED, "Reddit cannot show the post for legal reasons (451)"),
}

_NO_ACCESS_REASONS = {
    "private": "is private: ask its moderators to approve the account, or remove it from the config",
    "gold_only": "is for premium members only: remove it from the config",
    "quarantined": "is quarantined: remove it from the config",
    "banned": "was banned by Reddit: remove it from the config",
}
"""The `reason` field of a 403 or 404, and what it means."""

_NEW_TOKEN_REMEDY = (
    "Create a new refresh token for the account and add it to the config (see docs/how-to/reddit.md)."  # noqa: S105
)
_LOGIN_REMEDIES = {
    "app": (
        "Reddit does not recognize the app",
        "Correct client_id and client_secret; https://www.reddit.com/prefs/apps shows both.",
    ),
    "password": (
        "Reddit rejects the username or password",
        "Correct both, turn two-factor authentication off, and make the account a developer of the app.",
    ),
    "refresh_token": ("Reddit does not accept the refresh token", _NEW_TOKEN_REMEDY),
}

_WAIT_PATTERN = lazy_pattern(r"(\d{1,4}) (millisecond|second|minute|hour)")
_UNITS = {"millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600}
_MAX_WAIT = timedelta(hours=1)
_DEFAULT_WAIT = timedelta(minutes=10)


def read_error(error: Exception, what: str) -> PlatformError:
    """The error for what PRAW raised on a reading call. `what` names the target, such as "r/news"."""
    if isinstance(error, prawcore.InsufficientScope):
        return _scope_error()
    if isinstance(error, prawcore.Redirect):
        return NoAccess(f"{what} does not exist: check the name on Reddit, or remove it from the config")
    if isinstance(error, (prawcore.Forbidden, prawcore.NotFound, prawcore.UnavailableForLegalReasons)):
        kind = NotFound if isinstance(error, prawcore.NotFound) else NoAccess
        return kind(f"{what} {_no_access_message(error)}")
    return Unreachable(f"Reddit's response for {what} cannot be used: {type(error).__name__} {error}")


def write_error(error: Exception) -> PlatformError | Forbidden:
    """The error for what PRAW raised on a writing call, except RATELIMIT: see `rate_limit_error`."""
    if isinstance(error, RedditAPIException):
        if error.items and isinstance(error.items[0].error_type, str):
            return _error_of_item(error.items[0])
        # without the error's own text, because PRAW fails to print it
        return UnknownOutcome("Reddit's response cannot be read: an error without a code")
    if isinstance(error, prawcore.InsufficientScope):
        return _scope_error()
    if isinstance(error, prawcore.Forbidden):
        return Forbidden(f"{error}")
    if isinstance(error, prawcore.ResponseException):
        known = _STATUS_REFUSALS.get(error.response.status_code)
        if known is not None:
            return Refused(*known)
    return UnknownOutcome(f"Reddit's response cannot be read: {type(error).__name__} {error}")


def rate_limit_item(error: Exception) -> RedditErrorItem | None:
    """The RATELIMIT item of a response, or None."""
    items = error.items if isinstance(error, RedditAPIException) else []
    return next((item for item in items if item.error_type == "RATELIMIT"), None)


def wait_from_message(message: str | None) -> timedelta:
    """The pause in "Take a break for 9 minutes", plus one unit because Reddit may round down."""
    found = _WAIT_PATTERN.search(message or "")
    if found is None:
        return _DEFAULT_WAIT
    seconds = (int(found[1]) + 1) * _UNITS[found[2]]
    return min(timedelta(seconds=max(seconds, 1)), _MAX_WAIT)


def login_error(grant: str, status: int, code: str) -> AccountError:
    """The error for a refused token call. `grant` is its `grant_type`."""
    what, remedy = _LOGIN_REMEDIES["app" if status == 401 else grant]
    return AccountError(f"{what} ({code or status}).", remedy)


def revocation_error(response: Response, now: datetime) -> PlatformError:
    """The error for a refused revocation of a token. The token may still be valid."""
    status = response.status_code
    if status == 401:
        return login_error("", status, "")
    if status == 429:
        return RetryLater(retry_time(now, response.headers.get("retry-after")), "too many revocations (429)")
    return Unreachable(f"Reddit responded {status} to the revocation of a token")


def suspended_error(name: str) -> AccountError:
    return AccountError(
        f"Reddit has suspended the account {name}.",
        "Log in on Reddit's website. It shows how long the suspension lasts and how to appeal.",
    )


def retry_time(now: datetime, retry_after: str | None) -> datetime:
    """When to retry after a 429. `retry_after` is its header in seconds; any other value counts as 60."""
    try:
        seconds = float(retry_after or 60)
    except ValueError:
        seconds = 60.0
    return now + timedelta(seconds=min(max(1.0, seconds), 3600.0))  # in this order NaN becomes 1 second


def rate_limit_error(item: RedditErrorItem, now: datetime) -> CommentRateLimited:
    return CommentRateLimited(
        now + wait_from_message(str(item.message or "")), f"Reddit asks the account to wait: {item.message}"
    )


def _error_of_item(item: RedditErrorItem) -> PlatformError:
    detail = f"{item.error_type}: {item.message}" if item.message else item.error_type
    if item.error_type in AMBIGUOUS_CODES:
        return UnknownOutcome(f"Reddit responded {detail}")
    if item.error_type == "USER_REQUIRED":
        return AccountError(f"Reddit says that the account is not logged in ({detail}).", _NEW_TOKEN_REMEDY)
    reason, sentence = REFUSALS.get(item.error_type, (SkipReason.REFUSED, "Reddit refuses it"))
    return Refused(reason, f"{sentence} ({detail})")


def _scope_error() -> AccountError:
    return AccountError(
        "The refresh token lacks scopes that Precis needs.",
        "Create one with all scopes listed in docs/how-to/reddit.md.",
    )


def _no_access_message(error: prawcore.ResponseException) -> str:
    try:
        body = error.response.json()
    except ValueError:
        body = None
    reason = str(body.get("reason") or "") if isinstance(body, dict) else ""
    default = "does not exist" if error.response.status_code == 404 else "is not accessible to the account"
    return f"{_NO_ACCESS_REASONS.get(reason, default)} ({error.response.status_code})"
