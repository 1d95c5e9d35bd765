"""How PieFed lets people in, how it counts, and how it says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.errors import AccountError, PlatformError, Refused, UnknownOutcome, Unreachable
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import ApiError, Call
from bot.platforms.piefed import schemas
from bot.platforms.rate_limits import Limit

API = "/api/alpha"

LIMITS: Mapping[str, Limit] = {
    "comment": Limit(3, 60),
    "site": Limit(20, 60),
    "log-in": Limit(20, 3600),
    "letter": Limit(3, 60),
    "other": Limit(600, 60),
}
"""The server has no limit on "other" calls: this is a guest's own. None of them is told anywhere."""

_REFUSALS = {
    "Comments are disabled on this post": SkipReason.LOCKED,
    "You are not permitted to comment in this community": SkipReason.BANNED,
    "'NoneType' object has no attribute 'community'": SkipReason.GONE,
    "The author of the parent post has blocked": SkipReason.REFUSED,
    "This comment cannot be replied to": SkipReason.REFUSED,
    "Blocked phrase in comment": SkipReason.REFUSED,
    "Low quality reply": SkipReason.REFUSED,
    "insufficient permission": SkipReason.REFUSED,
    "Private community": SkipReason.REFUSED,
    "Validation failed": SkipReason.REFUSED,
}
"""Beginnings of messages that come before anything is stored; any other may come after it."""

ROW_NOT_FOUND = "No row was found when one was required"
COMMENT_NOT_FOUND = (ROW_NOT_FOUND, "'NoneType' object has no attribute 'community_id'")
"""What reading a comment that is not there is answered."""


class PieFedLoginApi:
    """How PieFed lets people in; see `bot.platforms.login_session.Gate`."""

    shared_bucket: str | None = None
    login_proves_access = False

    def login_call(self, username: str, password: str) -> Call:
        body = {"username": username, "password": password}
        return Call("POST", f"{API}/user/login", "log-in", body=body)

    def parse_token(self, answer: Any) -> str:
        return schemas.parse(schemas.LoginResponse, answer).jwt

    def token_check_call(self) -> Call:
        """Proves a token; a log-in proves nothing, for the second of a banned account is let in."""
        return Call("GET", f"{API}/user/me", "other")

    def is_token_refused(self, error: ApiError) -> bool:
        return error.code.startswith(("incorrect_login", "Signature has expired"))

    def is_rate_limit(self, error: ApiError) -> bool:
        return error.status == 429

    def login_error(self, error: ApiError, username: str, host: str) -> AccountError:
        return AccountError(
            f"{host} does not let {username} in: {error}",
            "Correct the account's username and password in the config. If they are right, the account is "
            "banned; do not try again and again, for the server then bans the address too.",
        )


def get_call(path: str, **query: str | int) -> Call:
    return Call("GET", f"{API}{path}", "other", query=query)


def parse_error(status: int, value: Any) -> ApiError | None:
    """`{"code": status, "message": text, "status": text}`, or `{"error": code}`, or a page for 429."""
    if status == 429:
        return ApiError(status, "too many requests")
    if not isinstance(value, dict):
        return None
    text = value.get("message") or value.get("error")
    return ApiError(status, str(text), str(value.get("status") or "")) if text else None


def read_error(error: ApiError) -> PlatformError:
    """A refusal of a reading call that its caller has no use for."""
    return Unreachable(f"the server says {error}")


def write_error(error: ApiError, call: Call) -> PlatformError:
    """A refusal of a writing call: definite only where its message is known."""
    reason = next((reason for text, reason in _REFUSALS.items() if error.code.startswith(text)), None)
    if reason is None and call.bucket == "comment":  # also "Duplicate reply": it is there already
        return UnknownOutcome(f"the reply was answered {error}")
    return Refused(reason or SkipReason.REFUSED, f"the server says {error}")
