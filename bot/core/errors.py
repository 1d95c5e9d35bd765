"""The few exceptions of Precis: one base for all, one for each room.

An exception of a third party is translated where it is met, with its cause kept.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.skip_reasons import SkipReason


class PrecisError(Exception):
    """Base of everything that Precis raises on purpose."""


class UserError(PrecisError):
    """A mistake that a person can mend: what is wrong, and what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class ConfigError(UserError):
    """Everything that is wrong with a settings file, one line for each problem."""

    def __init__(self, source: str, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(f"{source}{problem}" for problem in problems))
        self.source = source
        self.problems = problems


class StoreError(UserError):
    """The database cannot be used as it is."""


class FetchError(PrecisError):
    """A page that could not be had.

    `permanent` says whether another try is pointless; `retry_after` is what the site asked for.
    """

    def __init__(
        self, reason: SkipReason, detail: str, *, permanent: bool, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail
        self.permanent = permanent
        self.retry_after = retry_after


class FetchBusy(FetchError):
    """Other pages of the host come first: it says nothing about the page, and was no try at all."""

    def __init__(self, host: str, retry_after: timedelta | None) -> None:
        detail = f"Precis has other pages of {host} to fetch first."
        super().__init__(SkipReason.TOO_SLOW, detail, permanent=False, retry_after=retry_after)


class FetchOffline(FetchError):
    """No name can be looked up at all: it says nothing about the page, and was no try at all."""

    def __init__(self) -> None:
        detail = "The name server does not answer; Precis waits for it."
        retry_after = timedelta(minutes=1)
        super().__init__(SkipReason.SITE_DOWN, detail, permanent=False, retry_after=retry_after)


class FetchStopped(FetchError):
    """A fetch that was given up because Precis is stopping: it says nothing about the page."""

    def __init__(self) -> None:
        super().__init__(SkipReason.TOO_SLOW, "Precis is stopping.", permanent=False)


class WorkerError(PrecisError):
    """A worker process died or ran out of time or memory over a task."""


class WorkerStopped(WorkerError):
    """A task that was given up because Precis is stopping: it says nothing about the page."""


class PlatformError(PrecisError):
    """Base of what a platform can answer other than yes."""


class RetryLater(PlatformError):
    """A definite no for the moment (a rate limit): nothing was stored; try again at `until`."""

    def __init__(self, retry_at: datetime, detail: str) -> None:
        super().__init__(detail)
        self.retry_at = retry_at


class Refused(PlatformError):
    """A definite no for good: nothing was stored."""

    def __init__(self, reason: SkipReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class UnknownOutcome(PlatformError):
    """Nobody knows whether the request was carried out: read back before any other try."""


class Unreachable(PlatformError):
    """The server could not be reached or is failing; nothing was sent that could be stored."""


class AccountError(PlatformError):
    """The account cannot be used: wrong password, revoked token, suspended. A person has to act."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.remedy = remedy
