"""Convert Lemmy's error codes to the errors of `bot.core.errors`.

The tables contain the codes of both 0.19 and 1.0, because no code has two meanings. Source: the error
codes of Lemmy (`crates/utils/src/error.rs`) and responses of real 0.19.20 and 1.0.0-beta.1 servers.
"""

from __future__ import annotations

from typing import Any

from bot.core.errors import AccountError, PlatformError, Refused, UnknownOutcome, Unreachable
from bot.core.lazy_patterns import lazy_pattern
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
"""(status, code) of calls whose token the server does not (or no longer) accept."""

WRITE_REFUSALS = {
    (400, "locked"): SkipReason.LOCKED,
    (400, "deleted"): SkipReason.GONE,
    (400, "person_is_banned_from_community"): SkipReason.BANNED,
    (400, "banned_from_community"): SkipReason.BANNED,
    (400, "invalid_body_field"): SkipReason.TOO_LONG,
}
"""Errors that mean that a write call was refused. A code that is in no table means `REFUSED`."""

_DATABASE_ERROR_CODES = frozenset({"unknown", "not_found"})
_DATABASE_ERROR_PREFIX = "couldnt_"
"""Codes that wrap any error of the database, also that of a database that is down. So they prove neither
that a row is missing nor that a write call was not executed: POST /comment, for example, can fail with
`couldnt_like_comment` after the row is written. Source: `with_lemmy_type` in Lemmy's code, the order of
steps in `crates/api_crud/src/comment/create.rs`, and the answers of servers without a database."""

_NO_DATABASE = lazy_pattern(r"(Error|Timeout) occurred while ")
"""Beginning of the `cause` or `message` when a server has no connection to its database."""

POST_NOT_FOUND = frozenset({"couldnt_find_post", "not_found"})
"""Codes for a post that was deleted or removed, or never existed. No proof: see `missing_rows`."""

COMMENT_NOT_FOUND = frozenset({"couldnt_find_comment", "not_found"})

OBJECT_NOT_FOUND = frozenset({"couldnt_find_object", "resolve_object_failed", "not_found"})
"""Codes for an address that the server cannot resolve, for any reason."""

PERSON_NOT_FOUND = frozenset({"couldnt_find_person", "not_found"})

NOTIFICATION_NOT_FOUND = frozenset(
    {"couldnt_find_person_mention", "couldnt_find_comment_reply", "couldnt_find_private_message", "not_found"}
)
"""Codes for marking a notification as read that no longer exists."""

_SITE_BAN = (400, "site_ban")
"""The account is banned. On 0.19 the log-in fails; on 1.0 it can log in and read, but not write."""

_BAD_PAGE_TOKEN = ("Could not parse pagination token", "Invalid last symbol")

NOT_FOUND = POST_NOT_FOUND | COMMENT_NOT_FOUND | PERSON_NOT_FOUND

_NOT_PARSED = ("Json deserialize error", "Content type error", "Query deserialize error")
"""Messages with code `unknown` that mean that the server could not parse the request."""

ALREADY_DELETED = frozenset({"couldnt_update_comment", "couldnt_find_comment", "couldnt_update", "not_found"})
"""Codes for deleting a comment that was already deleted, or that an admin purged. No proof."""

LOGIN_ERRORS = {
    (401, "incorrect_login"): (
        "the username or the password is wrong",
        "Correct the account's username and password in the config.",
    ),
    (400, "missing_totp_token"): (
        "the account requires a second factor",
        "Switch two-factor authentication off in the account's settings, or use an account without it.",
    ),
    (400, "couldnt_generate_totp"): (
        "the account requires a second factor",
        "Switch two-factor authentication off in the account's settings, or use an account without it.",
    ),
    (400, "site_ban"): (
        "the account is banned from the whole server",
        "Ask the server's admins; the sidebar of the front page names them.",
    ),
    (400, "deleted"): (
        "the account has been deleted",
        "Register another account and put it in the config.",
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
"""(status, code) of a failed log-in -> the cause, and what a person can do about it."""


def parse_error(status: int, value: Any) -> ApiError | None:
    """`{"error": code, "message"?: text, "cause"?: text}`

    If the cause is the connection to the database, the code is ignored: it says nothing.
    """
    if not isinstance(value, dict) or not isinstance(value.get("error"), str):
        return None
    cause = str(value.get("cause") or "")
    if _NO_DATABASE.match(cause):
        return ApiError(status, "unknown", cause)
    return ApiError(status, value["error"], str(value.get("message") or ""))


class LoginErrors:
    """The part of `bot.platforms.login_session.LoginApi` that is the same in both versions."""

    login_proves_access = True

    def is_token_refused(self, error: ApiError) -> bool:
        return (error.status, error.code) in TOKEN_ERRORS

    def is_rate_limit(self, error: ApiError) -> bool:
        return (error.status, error.code) in RATE_LIMITS

    def login_error(self, error: ApiError, username: str, host: str) -> AccountError | None:
        """None for any other code, because a server without a database also refuses log-ins."""
        known = LOGIN_ERRORS.get((error.status, error.code))
        if known is None:
            return None
        cause, remedy = known
        return AccountError(f"{host} does not let {username} log in: {cause}.", remedy)


def is_site_ban(error: ApiError) -> bool:
    """Whether a write call was refused because the account is banned from the server."""
    return (error.status, error.code) == _SITE_BAN


def is_bad_page_token(error: ApiError) -> bool:
    """Whether the page token was refused: it names a purged post, or is from the other API version."""
    return error.code == "unknown" and error.message.startswith(_BAD_PAGE_TOKEN)


def is_unknown_community(error: ApiError) -> bool:
    """Whether the community does not exist: 404 for a community of the same server; for one of another
    server, the error of the request to that server."""
    if error.code == "couldnt_find_community" or error.status == 404:
        return True
    return error.message.startswith(("Federation disabled", "Request error", "Record not found"))


def is_failed_lookup(error: ApiError) -> bool:
    """Whether the server could not ask the community's own server, although its host exists."""
    return error.message.startswith("Request error") and "dns error" not in error.message


def read_error(error: ApiError, call: Call) -> PlatformError:
    """The error for a 4xx of a read call that the caller does not handle."""
    return Unreachable(f"{call.method} {call.path} failed: {error}")


def write_error(error: ApiError, call: Call) -> PlatformError:
    """The error for a 4xx of a write call that the caller does not handle."""
    if is_site_ban(error):
        cause, remedy = LOGIN_ERRORS[_SITE_BAN]
        return AccountError(f"Nothing was stored: {cause}.", remedy)
    if is_database_error(error):
        return UnknownOutcome(f"{call.method} {call.path} failed: {error}")
    reason = WRITE_REFUSALS.get((error.status, error.code), SkipReason.REFUSED)
    return Refused(reason, f"the server answers {error}")


def is_database_error(error: ApiError) -> bool:
    """Whether the code may stand for any error of the server's database."""
    if error.code == "unknown" and error.message.startswith(_NOT_PARSED):
        return False
    return error.code in _DATABASE_ERROR_CODES or error.code.startswith(_DATABASE_ERROR_PREFIX)
