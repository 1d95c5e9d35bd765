"""From Reddit's answers to the errors of `bot.core.errors`: tables.

Sources: PRAW 8's `RedditAPIException`, prawcore 4's exceptions, the error codes of
https://github.com/reddit-archive/reddit/blob/master/r2/r2/lib/errors.py and recorded answers.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import prawcore
from praw.exceptions import RedditAPIException, RedditErrorItem

from bot.core.errors import AccountError, PlatformError, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.skip_reasons import SkipReason


class NoAccess(Unreachable):
    """A definite answer that this account gets nothing here: private, banned, or not there at all."""


class NotFound(NoAccess):
    """A 404: there is nothing of that name."""


class Forbidden(Exception):
    """A 403 for a writing call, which says nothing of why: nothing was stored."""


class CommentRateLimited(RetryLater):
    """A RATELIMIT: the account comments too often for this subreddit."""


class TokenRefused(Exception):
    """A 401 for a writing call: nothing was stored, and a new token has to be had first."""


REFUSALS: dict[str, tuple[SkipReason, str]] = {
    "THREAD_LOCKED": (SkipReason.LOCKED, "the thread is locked"),
    "COMMENT_LOCKED": (SkipReason.LOCKED, "the thread is locked"),
    "TOO_OLD": (SkipReason.LOCKED, "the post is archived"),
    "DELETED_LINK": (SkipReason.GONE, "the post was deleted"),
    "DELETED_COMMENT": (SkipReason.GONE, "the comment was deleted"),
    "NO_THING_ID": (SkipReason.GONE, "Reddit knows no such post"),
    "BANNED_FROM_SUBREDDIT": (SkipReason.BANNED, "the account is banned from the subreddit"),
    "SUBREDDIT_BAN": (SkipReason.BANNED, "the account is banned from the subreddit"),
    "SUBREDDIT_NOTALLOWED": (SkipReason.REFUSED, "the subreddit lets only approved users comment"),
    "SUBREDDIT_OUTBOUND_LINKING_DISALLOWED": (SkipReason.REFUSED, "the subreddit allows no such links"),
    "USER_BLOCKED": (SkipReason.REFUSED, "the author of the post has blocked the account"),
    "USER_BLOCKED_MESSAGE": (SkipReason.REFUSED, "the author of the post has blocked the account"),
    "NO_TEXT": (SkipReason.REFUSED, "the text is blank"),
    "TOO_LONG": (SkipReason.TOO_LONG, "the text is longer than 10,000 characters"),
}
"""Definite refusals of a writing call; any code that stands nowhere here is `REFUSED`."""

AMBIGUOUS_CODES = frozenset({"SOMETHING_IS_BROKEN", "SERVER_ERROR", "TIMEOUT"})
"""Codes that leave open whether the comment exists."""

_STATUS_REFUSALS = {
    400: (SkipReason.REFUSED, "Reddit does not understand the request (400)"),
    404: (SkipReason.GONE, "Reddit knows no such post or comment (404)"),
    413: (SkipReason.TOO_LONG, "the text is too long for Reddit (413)"),
    451: (SkipReason.REFUSED, "Reddit may not show the post for legal reasons (451)"),
}

_DOORS = {
    "private": "is private: ask its moderators to let the account in, or take it out of the config",
    "gold_only": "is for premium members only: take it out of the config",
    "quarantined": "is quarantined: take it out of the config",
    "banned": "was banned by Reddit: take it out of the config",
}
"""What a 403 or 404 gives as its `reason`."""

_TOKEN = "Make a new refresh token for the account and write it into the config (see docs/how-to/reddit.md)."  # noqa: S105
_LOGIN_REMEDIES = {
    "app": (
        "Reddit does not know the app",
        "Correct client_id and client_secret; https://www.reddit.com/prefs/apps shows both.",
    ),
    "password": (
        "Reddit refuses the name and the password",
        "Correct both, switch two-factor authentication off, and make the account a developer of the app.",
    ),
    "refresh_token": ("Reddit does not accept the refresh token (any more)", _TOKEN),
}

_WAIT = re.compile(r"(\d{1,4}) (millisecond|second|minute|hour)")
_UNITS = {"millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600}
_LONGEST_WAIT = timedelta(hours=1)
_USUAL_WAIT = timedelta(minutes=10)


def read_error(error: Exception, what: str) -> PlatformError:
    """What PRAW raised for a reading call of `what`, as "r/news"."""
    if isinstance(error, prawcore.InsufficientScope):
        return _scope()
    if isinstance(error, prawcore.Redirect):
        return NoAccess(f"{what} does not exist: look the name up on Reddit, or take it out of the config")
    if isinstance(error, (prawcore.Forbidden, prawcore.NotFound, prawcore.UnavailableForLegalReasons)):
        kind = NotFound if isinstance(error, prawcore.NotFound) else NoAccess
        return kind(f"{what} {_door(error)}")
    return Unreachable(f"Reddit's answer for {what} is of no use: {type(error).__name__} {error}")


def write_error(error: Exception) -> PlatformError | Forbidden:
    """What PRAW raised for a writing call; RATELIMIT is `of_rate_limit`'s."""
    if isinstance(error, RedditAPIException):
        if error.items and isinstance(error.items[0].error_type, str):
            return _of_item(error.items[0])
        return UnknownOutcome(
            "Reddit's answer cannot be read: an error without a code"
        )  # PRAW cannot print it
    if isinstance(error, prawcore.InsufficientScope):
        return _scope()
    if isinstance(error, prawcore.Forbidden):
        return Forbidden(f"{error}")
    if isinstance(error, prawcore.ResponseException):
        known = _STATUS_REFUSALS.get(error.response.status_code)
        if known is not None:
            return Refused(*known)
    return UnknownOutcome(f"Reddit's answer cannot be read: {type(error).__name__} {error}")


def rate_limit_item(error: Exception) -> RedditErrorItem | None:
    """The RATELIMIT item of an answer, if it has one."""
    items = error.items if isinstance(error, RedditAPIException) else []
    return next((item for item in items if item.error_type == "RATELIMIT"), None)


def wait_from_message(message: str | None) -> timedelta:
    """The pause that "Take a break for 9 minutes" asks for; the last unit may have been cut off."""
    found = _WAIT.search(message or "")
    if found is None:
        return _USUAL_WAIT
    seconds = (int(found[1]) + 1) * _UNITS[found[2]]
    return min(timedelta(seconds=max(seconds, 1)), _LONGEST_WAIT)


def login_error(grant: str, status: int, code: str) -> AccountError:
    """A token call that was refused, by its `grant_type`."""
    what, remedy = _LOGIN_REMEDIES["app" if status == 401 else grant]
    return AccountError(f"{what} ({code or status}).", remedy)


def suspended_error(name: str) -> AccountError:
    return AccountError(
        f"Reddit has suspended the account {name}.",
        "Log in on Reddit's web page: it says for how long, and how to appeal.",
    )


def retry_time(now: datetime, retry_after: str | None) -> datetime:
    """When a 429 is over; `retry_after` is its header in seconds (a minute when it is anything else)."""
    try:
        seconds = float(retry_after or 60)
    except ValueError:
        seconds = 60.0
    return now + timedelta(seconds=min(max(1.0, seconds), 3600.0))  # in this order NaN is a second


def rate_limit_error(item: RedditErrorItem, now: datetime) -> CommentRateLimited:
    return CommentRateLimited(
        now + wait_from_message(str(item.message or "")), f"Reddit asks for a pause: {item.message}"
    )


def _of_item(item: RedditErrorItem) -> PlatformError:
    told = f"{item.error_type}: {item.message}" if item.message else item.error_type
    if item.error_type in AMBIGUOUS_CODES:
        return UnknownOutcome(f"Reddit answered {told}")
    if item.error_type == "USER_REQUIRED":
        return AccountError(f"Reddit does not take the account for logged in ({told}).", _TOKEN)
    reason, sentence = REFUSALS.get(item.error_type, (SkipReason.REFUSED, "Reddit refuses it"))
    return Refused(reason, f"{sentence} ({told})")


def _scope() -> AccountError:
    return AccountError(
        "The refresh token does not allow what Precis does.",
        "Make one with all the scopes that docs/how-to/reddit.md names (see docs/how-to/reddit.md).",
    )


def _door(error: prawcore.ResponseException) -> str:
    try:
        told = error.response.json()
    except ValueError:
        told = None
    reason = str(told.get("reason") or "") if isinstance(told, dict) else ""
    known = "does not exist" if error.response.status_code == 404 else "is closed to the account"
    return f"{_DOORS.get(reason, known)} ({error.response.status_code})"
