"""The exceptions of Precis: one base class, and one class for each package.

An exception of a third party is translated where it is caught, with its cause kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.single_line import single_line
from bot.core.skip_reasons import SkipReason

_MAX_DETAIL = 400
"""Characters: our own words, and the single line of a server's text."""


class PrecisError(Exception):
    """Base class of every exception that Precis raises on purpose."""


class UserError(PrecisError):
    """An error that the user can fix: what is wrong, and how to fix it.

    `temporary` is True if the same command can succeed later with the same settings: the disk was full, or
    another program held a lock. The command then ends with exit code 75, so that a service manager retries.
    """

    def __init__(self, message: str, remedy: str = "", *, temporary: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.temporary = temporary


class ConfigError(UserError):
    """All errors in a settings file, one line for each problem."""

    def __init__(self, source: str, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(f"{source}{problem}" for problem in problems))
        self.source = source
        self.problems = problems


class StoreError(UserError):
    """The database cannot be used in its present state."""


class LeadershipLost(StoreError):
    """Another node leads the account now, so this node may not write for it.

    This is a normal event of a cluster and not a fault of the database.
    """

    def __init__(self, account: str) -> None:
        super().__init__(f"Another node leads the account {account} now.", temporary=True)
        self.account = account


class FetchError(PrecisError):
    """A page could not be fetched.

    `permanent` is True if a retry is useless; `retry_after` is the delay that the site asked for.
    """

    def __init__(
        self, reason: SkipReason, detail: str, *, permanent: bool, retry_after: timedelta | None = None
    ) -> None:
        detail = single_line(detail, _MAX_DETAIL)
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail
        self.permanent = permanent
        self.retry_after = retry_after


class FetchBusy(FetchError):
    """Other pages of the same host come first. Nothing was fetched, so this is not an attempt."""

    def __init__(self, host: str, retry_after: timedelta | None) -> None:
        detail = f"Precis is fetching other pages of {host} first."
        super().__init__(SkipReason.TOO_SLOW, detail, permanent=False, retry_after=retry_after)


class FetchOffline(FetchError):
    """The name server or the proxy cannot be used. Nothing was fetched, so this is not an attempt."""

    def __init__(self, detail: str = "The name server does not answer. Precis will retry.") -> None:
        retry_after = timedelta(minutes=1)
        super().__init__(SkipReason.SITE_DOWN, detail, permanent=False, retry_after=retry_after)


class FetchStopped(FetchError):
    """A fetch was cancelled because Precis is stopping; the page is not to blame."""

    def __init__(self) -> None:
        super().__init__(SkipReason.TOO_SLOW, "Precis is stopping.", permanent=False)


class WorkerError(PrecisError):
    """A worker process crashed, or exceeded its limit on time or memory during a task."""


class WorkerStopped(WorkerError):
    """A task was cancelled because Precis is stopping; the page is not to blame."""


class RefetchRequired(PrecisError):
    """The post must be read again from its platform, which only the node that leads its account can do."""


class PlatformError(PrecisError):
    """Base class of every way in which a platform call can fail.

    The detail is cut to one line, because it may contain a server's text, and it is kept in the database,
    logged and sent to people.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(single_line(detail, _MAX_DETAIL))


class RetryLater(PlatformError):
    """The platform rejected the request for now (a rate limit). Nothing was stored; retry at `retry_at`."""

    def __init__(self, retry_at: datetime, detail: str) -> None:
        super().__init__(detail)
        self.retry_at = retry_at


class WriteStopped(RetryLater):
    """Precis stopped a write call before its first byte, because this node may not write for the account."""


class Refused(PlatformError):
    """The platform rejected the request permanently. Nothing was stored."""

    def __init__(self, reason: SkipReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class UnknownOutcome(PlatformError):
    """It is not known whether the request was carried out. Read back before any retry."""


class Unreachable(PlatformError):
    """The server is unreachable or failing. Nothing was sent that it could have stored."""


class CommunityNotFound(Unreachable):
    """A working server says that there is no such community, or does not show it to the account."""


class CommunityLookupFailed(Unreachable):
    """A working server could not look up a community of another server.

    That may change: the other server may be down for a moment.
    """

    def __init__(self, community: str, detail: str) -> None:
        super().__init__(detail)
        self.community = community


class AccountError(PlatformError):
    """The account cannot be used: wrong password, revoked token, suspended. The operator must act."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.remedy = remedy
