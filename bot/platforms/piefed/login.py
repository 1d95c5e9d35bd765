"""How PieFed lets people in, how it counts, and how it says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.errors import AccountError, Ambiguous, PlatformError, Refused, Unreachable
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

NO_ROW = "No row was found when one was required"
NO_SUCH_COMMENT = (NO_ROW, "'NoneType' object has no attribute 'community_id'")
"""What reading a comment that is not there is answered."""


class Gate:
    """How PieFed lets people in; see `bot.platforms.login_session.Gate`."""

    shared_bucket: str | None = None
    login_proves = False

    def log_in(self, username: str, password: str) -> Call:
        body = {"username": username, "password": password}
        return Call("POST", f"{API}/user/login", "log-in", body=body)

    def token(self, answer: Any) -> str:
        return schemas.read(schemas.LoginAnswer, answer).jwt

    def check_token(self) -> Call:
        """Proves a token; a log-in proves nothing, for the second of a banned account is let in."""
        return Call("GET", f"{API}/user/me", "other")

    def refuses_token(self, error: ApiError) -> bool:
        return error.code.startswith(("incorrect_login", "Signature has expired"))

    def is_limit(self, error: ApiError) -> bool:
        return error.status == 429

    def of_log_in(self, error: ApiError, username: str, host: str) -> AccountError:
        return AccountError(
            f"{host} does not let {username} in: {error}",
            "Correct the account's username and password in the config. If they are right, the account is "
            "banned; do not try again and again, for the server then bans the address too.",
        )


def get(path: str, **query: str | int) -> Call:
    return Call("GET", f"{API}{path}", "other", query=query)


def read_refusal(status: int, value: Any) -> ApiError | None:
    """`{"code": status, "message": text, "status": text}`, or `{"error": code}`, or a page for 429."""
    if status == 429:
        return ApiError(status, "too many requests")
    if not isinstance(value, dict):
        return None
    text = value.get("message") or value.get("error")
    return ApiError(status, str(text), str(value.get("status") or "")) if text else None


def of_reading(error: ApiError) -> PlatformError:
    """A refusal of a reading call that its caller has no use for."""
    return Unreachable(f"the server says {error}")


def of_writing(error: ApiError, call: Call) -> PlatformError:
    """A refusal of a writing call: definite only where its message is known."""
    reason = next((reason for text, reason in _REFUSALS.items() if error.code.startswith(text)), None)
    if reason is None and call.bucket == "comment":  # also "Duplicate reply": it is there already
        return Ambiguous(f"the reply was answered {error}")
    return Refused(reason or SkipReason.REFUSED, f"the server says {error}")
