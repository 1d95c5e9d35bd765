"""PieFed's login calls and error responses."""

from __future__ import annotations

from typing import Any

from bot.core.errors import AccountError, PlatformError, Refused, UnknownOutcome, Unreachable
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import ApiError, Call
from bot.platforms.api_models import parse
from bot.platforms.piefed import schemas

API = "/api/alpha"

ROW_NOT_FOUND = "No row was found when one was required"
COMMENT_NOT_FOUND = (ROW_NOT_FOUND, "'NoneType' object has no attribute 'community_id'")
"""Beginnings of the error messages for a comment that does not exist."""
UNKNOWN_COMMUNITY = "error - unknown community"
OBJECT_NOT_FOUND = "No object found"

_REFUSALS = {
    "Comments are disabled on this post": SkipReason.LOCKED,
    "You are not permitted to comment in this community": SkipReason.BANNED,
    "'NoneType' object has no attribute 'community'": SkipReason.GONE,
    "'NoneType' object has no attribute 'language_id'": SkipReason.GONE,
    "The author of the parent post has blocked": SkipReason.REFUSED,
    "This comment cannot be replied to": SkipReason.REFUSED,
    "Blocked phrase in comment": SkipReason.REFUSED,
    "Low quality reply": SkipReason.REFUSED,
    "insufficient permission": SkipReason.REFUSED,
    "Private community": SkipReason.REFUSED,
    "Validation failed": SkipReason.REFUSED,
    "You are not permitted to send a private message": SkipReason.REFUSED,
    "This notification type": SkipReason.REFUSED,
}
"""Beginnings of error messages that mean that nothing was stored.

Every other message is ambiguous, because PieFed answers nearly every error with a 400: a fault after
storing, and its database being down (a text that begins with `(psycopg2.OperationalError)`).
"""


class PieFedLoginApi:
    """PieFed as a `bot.platforms.login_session.LoginApi`."""

    shared_bucket: str | None = None
    login_proves_access = False

    def login_call(self, username: str, password: str) -> Call:
        body = {"username": username, "password": password}
        return Call("POST", f"{API}/user/login", "login", body=body)

    def parse_token(self, response: Any) -> str:
        return parse(schemas.LoginResponse, response).jwt

    def token_check_call(self) -> Call:
        """Checks a token. A login alone proves nothing: a banned account's second login succeeds."""
        return Call("GET", f"{API}/user/me", "other")

    def logout_call(self) -> Call | None:
        """PieFed has none. Its tokens are valid until the password is changed or the account is banned."""
        return None

    def probe_call(self) -> Call:
        return get_call("/post/list", limit=1)

    def is_token_refused(self, error: ApiError) -> bool:
        return error.code.startswith(("incorrect_login", "Signature has expired"))

    def is_rate_limit(self, error: ApiError) -> bool:
        return error.status == 429

    def login_error(self, error: ApiError, username: str, host: str) -> AccountError | None:
        """None for any other error, because a server whose database is down also refuses logins."""
        if not error.code.startswith("incorrect_login"):
            return None
        return AccountError(
            f"{host} refuses the login of {username}: {error}",
            "Correct the account's username and password in the config. If they are right, the account is "
            "banned. Do not retry repeatedly, because the server then bans your IP address too.",
        )


def get_call(path: str, **query: str | int) -> Call:
    return Call("GET", f"{API}{path}", "other", query=query)


def parse_error(status: int, value: Any) -> ApiError | None:
    """From `{"code": status, "message": text, "status": text}`, `{"error": code}`, or HTML for 429."""
    if status == 429:
        return ApiError(status, "too many requests")
    if not isinstance(value, dict):
        return None
    text = value.get("message") or value.get("error")
    return ApiError(status, str(text), str(value.get("status") or "")) if text else None


def read_error(error: ApiError) -> PlatformError:
    """The error for a refused reading call that its caller does not handle."""
    return Unreachable(f"the server says {error}")


def write_error(error: ApiError, call: Call) -> PlatformError:
    """The error for a refused writing call. Unless it is one of `_REFUSALS`, its outcome is unknown.

    "Duplicate reply" is not a refusal: the comment already exists. A row that was not found is a refusal
    only where nothing is created.
    """
    reason = next((reason for text, reason in _REFUSALS.items() if error.code.startswith(text)), None)
    if reason is None and call.bucket == "other" and error.code.startswith(ROW_NOT_FOUND):
        reason = SkipReason.GONE
    if reason is None:
        return UnknownOutcome(f"the server responded to {call.method} {call.path} with {error}")
    return Refused(reason, f"the server says {error}")
