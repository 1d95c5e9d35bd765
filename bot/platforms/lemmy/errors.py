"""From Lemmy's answers to the errors of `bot.core.errors`: one table.

The codes of 0.19 and of 1.0 stand side by side, for none of them means two things. Source: the
error codes of Lemmy (`crates/utils/src/error.rs`) and what real 0.19.20 and 1.0.0-beta.1 servers
answered.
"""

from __future__ import annotations

from typing import Any

from bot.core.errors import AccountError, PlatformError, Refused, UnknownOutcome, Unreachable
from bot.core.skip_reasons import SkipReason
from bot.platforms.api_call import ApiError, Call

RATE_LIMITS = frozenset({(400, "rate_limit_error"), (429, "too_many_requests")})

TOKEN_ERRORS = frozenset(
    {
        (401, "incorrect_login"),
        (400, "not_logged_in"),
        (400, "instance_is_private"),
    }
)
"""What a call says whose token the server does not (or no longer) accept."""

WRITE_REFUSALS = {
    (400, "locked"): SkipReason.LOCKED,
    (400, "deleted"): SkipReason.GONE,
    (400, "couldnt_find_post"): SkipReason.GONE,
    (400, "couldnt_find_comment"): SkipReason.GONE,
    (404, "couldnt_find_post"): SkipReason.GONE,
    (404, "couldnt_find_comment"): SkipReason.GONE,
    (404, "not_found"): SkipReason.GONE,
    (400, "person_is_banned_from_community"): SkipReason.BANNED,
    (400, "banned_from_community"): SkipReason.BANNED,
    (400, "invalid_body_field"): SkipReason.TOO_LONG,
}
"""Definite refusals of a writing call; any code that stands nowhere here is `REFUSED`."""

POSSIBLY_STORED = frozenset(
    {
        "couldnt_create_comment",
        "couldnt_create",
        "couldnt_update",
        "couldnt_like_comment",
        "couldnt_update_replies",
        "couldnt_update_person_mentions",
        "unknown",
    }
)
"""Codes for POST /comment that can come after the row is written: of its address, of the author's
own vote, of notices, or of a database in trouble. They leave open whether the comment exists.
Source: the order of steps in `crates/api_crud/src/comment/create.rs`."""

POST_NOT_FOUND = frozenset({"couldnt_find_post", "not_found"})
"""What reading a post that was deleted, removed or never there is answered."""

COMMENT_NOT_FOUND = frozenset({"couldnt_find_comment", "not_found"})

PERSON_NOT_FOUND = frozenset({"couldnt_find_person", "not_found"})

NOTIFICATION_NOT_FOUND = frozenset(
    {"couldnt_find_person_mention", "couldnt_find_comment_reply", "couldnt_find_private_message", "not_found"}
)
"""What marking a notice as read is answered when it went away."""

_SITE_BAN = (400, "site_ban")
"""A log-in of a banned account on 0.19; on 1.0 it may log in and read, and hears it when it writes."""

_BAD_PAGE_TOKEN = ("Could not parse pagination token", "Invalid last symbol")

_NOT_PARSED = ("Json deserialize error", "Content type error", "Query deserialize error")
"""Messages of code `unknown` that mean that the request was not even understood."""

ALREADY_DELETED = frozenset({"couldnt_update_comment", "couldnt_find_comment", "couldnt_update", "not_found"})
"""What a second delete is answered, or the delete of a comment that an admin purged."""

LOGIN_REMEDIES = {
    (401, "incorrect_login"): (
        "the name or the password is wrong",
        "Correct the account's username and password in the config.",
    ),
    (400, "missing_totp_token"): (
        "the account asks for a second factor",
        "Switch two-factor authentication off in the account's settings, or use an account without it.",
    ),
    (400, "couldnt_generate_totp"): (
        "the account asks for a second factor",
        "Switch two-factor authentication off in the account's settings, or use an account without it.",
    ),
    (400, "site_ban"): (
        "the account is banned from the whole server",
        "Ask the server's admins; the sidebar of the front page names them.",
    ),
    (400, "deleted"): (
        "the account has been deleted",
        "Register another account and write it into the config.",
    ),
    (400, "registration_application_is_pending"): (
        "the account's registration has not been approved yet",
        "Wait until the server's admins approve it.",
    ),
    (400, "registration_denied"): (
        "the account's registration was denied",
        "Ask the server's admins, or use another server.",
    ),
    (400, "email_not_verified"): (
        "the account's e-mail address is not verified yet",
        "Open the link in the e-mail that the server sent.",
    ),
}
"""What a refused log-in means, and what a person does about it."""


def parse_error(status: int, value: Any) -> ApiError | None:
    """`{"error": code, "message"?: text, "cause"?: text}`"""
    if isinstance(value, dict) and isinstance(value.get("error"), str):
        return ApiError(status, value["error"], str(value.get("message") or ""))
    return None


class LoginErrors:
    """The part of `bot.platforms.login_session.Gate` that both versions have in common."""

    login_proves_access = True

    def is_token_refused(self, error: ApiError) -> bool:
        return (error.status, error.code) in TOKEN_ERRORS

    def is_rate_limit(self, error: ApiError) -> bool:
        return (error.status, error.code) in RATE_LIMITS

    def login_error(self, error: ApiError, username: str, host: str) -> AccountError:
        known = LOGIN_REMEDIES.get((error.status, error.code))
        if known is None:
            return AccountError(
                f"{host} refuses to log {username} in: {error}",
                "Log in on the server's web page with the same name and password; it says what is wrong.",
            )
        what, remedy = known
        return AccountError(f"{host} does not let {username} in: {what}.", remedy)


def is_bad_page_token(error: ApiError) -> bool:
    """Whether a page was refused for its token: that of a purged post, or of the other version."""
    return error.code == "unknown" and error.message.startswith(_BAD_PAGE_TOKEN)


def is_unknown_community(error: ApiError) -> bool:
    """Whether a list of posts was refused for its community: 404 on the own server; with another
    server's name, whatever came of asking that server."""
    if error.code == "couldnt_find_community" or error.status == 404:
        return True
    return error.message.startswith(("Federation disabled", "Request error", "Record not found"))


def read_error(error: ApiError, call: Call) -> PlatformError:
    """A 4xx for a reading call that its caller has no use for."""
    return Unreachable(f"{call.method} {call.path} was answered {error}")


def write_error(error: ApiError, call: Call) -> PlatformError:
    """A 4xx for a writing call: nearly always a definite no."""
    if (error.status, error.code) == _SITE_BAN:
        what, remedy = LOGIN_REMEDIES[_SITE_BAN]
        return AccountError(f"Nothing was stored: {what}.", remedy)
    if _may_be_stored(error, call):
        return UnknownOutcome(f"{call.method} {call.path} was answered {error}")
    reason = WRITE_REFUSALS.get((error.status, error.code), SkipReason.REFUSED)
    return Refused(reason, f"the server says {error}")


def _may_be_stored(error: ApiError, call: Call) -> bool:
    if (call.method, call.bucket) != ("POST", "comment") or error.code not in POSSIBLY_STORED:
        return False
    return not error.message.startswith(_NOT_PARSED)
