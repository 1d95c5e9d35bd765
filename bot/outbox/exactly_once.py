"""The one writer to the outside: everything is said exactly once, whatever crashes in between.

A row is committed as `sending` before the request leaves. A clear answer ends that state; anything
ambiguous (no answer, a 5xx, a row found in `sending` at start-up) waits until a request that was
still under way must have been carried out and must have become visible, then reads the bot's own
comments under the post, twice, and only then decides. Before the first try there is a read-back
too, so that a lost or restored database posts nothing twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

import structlog

from bot.core.errors import AccountError, PlatformError, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.models import Comment, Failed, Post, Skipped
from bot.store import Accounts, State

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SendTiming:
    """How patient the sender is."""

    settle: timedelta = timedelta(seconds=150)
    """Longer than the client's time-out, a late commit and the lag of reads together."""
    read_gap: timedelta = timedelta(seconds=30)
    """Between the two empty reads that prove that nothing was stored."""
    backoff: timedelta = timedelta(seconds=60)
    """Before an unreachable server is tried again; doubled with each send, up to an hour."""
    empty_reads: int = 2
    max_sends: int = 5


@dataclass(frozen=True, slots=True)
class PostLinkChanged:
    """A post that is another by now than the one that a reply was written for."""

    post: Post


class OutboxItem(Protocol):
    """What is on its way out: a reply, a letter."""

    @property
    def row(self) -> int: ...
    @property
    def state(self) -> State: ...
    @property
    def sends(self) -> int: ...
    @property
    def empty_reads(self) -> int: ...


_Leaving = TypeVar("_Leaving", bound=OutboxItem)
_Kept = TypeVar("_Kept", bound=OutboxItem, covariant=True)


class OutboxStore(Protocol[_Kept]):
    """Where things on their way out are kept; every method is one transaction."""

    def next_due(self, account: str, now: datetime) -> _Kept | None: ...
    def mark_sending(self, row: int, now: datetime, settle_at: datetime) -> None: ...
    def postpone(
        self, row: int, until: datetime, error: str | None = None, *, empty_read: bool = False
    ) -> None: ...
    def return_to_ready(self, row: int, not_before: datetime, error: str) -> None: ...
    def mark_sent(self, row: int, comment: Comment, now: datetime) -> None: ...


class ExactlyOnceSender(ABC, Generic[_Leaving]):
    """The one way in which anything leaves an account; its steps are taken one at a time."""

    def __init__(
        self,
        account: str,
        *,
        store: OutboxStore[_Leaving],
        accounts: Accounts,
        created_at: datetime,
        clock: Callable[[], datetime],
        timing: SendTiming,
    ) -> None:
        """`created_at` is when the database was made."""
        self.account = account
        self._drafts = store
        self._accounts = accounts
        self._created_at = created_at
        self._clock = clock
        self._timing = timing

    @abstractmethod
    def _began(self, draft: _Leaving) -> datetime:
        """Before then it cannot have been said."""

    @abstractmethod
    def _find(self, draft: _Leaving) -> Comment | None:
        """What is to be said, where it has been said already."""

    @abstractmethod
    def _held_until(self, draft: _Leaving) -> datetime | None:
        """When limits allow it to leave; None for now."""

    @abstractmethod
    def _unwanted(self, draft: _Leaving) -> Skipped | Failed | PostLinkChanged | None:
        """Why it is not to leave any more, or not as it is, or until when it has to wait."""

    @abstractmethod
    def _say(self, draft: _Leaving) -> Comment:
        """The writing call itself."""

    @abstractmethod
    def _skip(self, draft: _Leaving, skipped: Skipped, now: datetime) -> None: ...

    @abstractmethod
    def _refused(self, draft: _Leaving, error: Refused, now: datetime) -> None:
        """The platform does not want it."""

    @abstractmethod
    def _bury(self, draft: _Leaving, error: str, now: datetime) -> None: ...

    def process_next(self) -> bool:
        """Do the next thing that is due, and say whether there may be more.

        Raises nothing that a platform answers: every answer ends in the row.
        """
        now = self._clock()
        draft = self._drafts.next_due(self.account, now)
        if draft is None:
            return False
        try:
            if draft.state is State.SENDING:
                self._settle(draft)
            else:
                return self._send(draft)
        except AccountError as error:
            self._accounts.set_error(self.account, f"{error} {error.remedy}", now)
            self._wait(draft, error)
            return False
        except RetryLater as error:
            self._drafts.postpone(draft.row, error.retry_at, str(error))
            return False
        except PlatformError as error:  # a read failed, so nothing was learnt
            self._wait(draft, error)
            return False
        return True

    def _settle(self, draft: _Leaving) -> None:
        """The settle time is over: look whether it is there after all."""
        if self._adopt(draft):
            return
        now = self._clock()
        if draft.empty_reads + 1 < self._timing.empty_reads:
            self._drafts.postpone(draft.row, now + self._timing.read_gap, empty_read=True)
        elif draft.sends >= self._timing.max_sends:
            self._bury(draft, "The server never gave a clear answer to the reply.", now)
        else:
            self._drafts.return_to_ready(draft.row, now, "The reply was not stored; it goes out once more.")

    def _send(self, draft: _Leaving) -> bool:
        if not self._may_go(draft) or self._is_held_back(draft) or self._adopt(draft):
            return True
        stopped, now = self._unwanted(draft), self._clock()
        match stopped:
            case Skipped():
                self._skip(draft, stopped, now)
            case Failed():
                self._drafts.postpone(draft.row, stopped.retry_at or now, stopped.error)
            case PostLinkChanged():
                self._renew(draft, stopped.post, now)
            case None:
                self._drafts.mark_sending(draft.row, now, now + self._timing.settle)
                self._record(draft, self._post_it(draft))
        return True

    def _is_held_back(self, draft: _Leaving) -> bool:
        """Asked before anything that costs the server a call."""
        pause = self._held_until(draft)
        if pause is None or pause <= self._clock():
            return False
        self._drafts.postpone(draft.row, pause, "held back by the server's limit on comments")
        return True

    def _renew(self, draft: _Leaving, post: Post, now: datetime) -> None:
        """Write it anew, for what the post is by now."""
        raise TypeError(f"{draft} is not about a post")

    def _said(self, comment: Comment) -> None:
        """What there is to do once it stands there and is recorded; may not raise."""

    def _may_go(self, draft: _Leaving) -> bool:
        """What is older than the database may have been said by an earlier one, a moment ago."""
        free_at = self._created_at + self._timing.settle
        if self._began(draft) >= self._created_at or self._clock() >= free_at:
            return True
        self._drafts.postpone(
            draft.row, free_at, "The database is new: waiting for what an earlier one sent."
        )
        return False

    def _adopt(self, draft: _Leaving) -> bool:
        """Whether it has been said already; if so, the row is done."""
        found = self._find(draft)
        if found is None:
            return False
        self._drafts.mark_sent(draft.row, found, self._clock())
        self._said(found)
        log.info("found what it had said", account=self.account, post=found.post_id, comment=found.id)
        return True

    def _post_it(self, draft: _Leaving) -> Comment | PlatformError:
        try:
            return self._say(draft)
        except PlatformError as error:
            return error
        except Exception as error:
            log.exception("a reply ended in an unforeseen error", account=self.account)
            return UnknownOutcome(f"{type(error).__name__}: {error}")

    def _record(self, draft: _Leaving, answer: Comment | PlatformError) -> None:
        now = self._clock()
        match answer:
            case Comment():
                self._drafts.mark_sent(draft.row, answer, now)
                self._accounts.set_error(self.account, None, now)
                log.info("replied", account=self.account, post=answer.post_id, comment=answer.url)
                self._said(answer)
            case RetryLater():
                self._drafts.return_to_ready(draft.row, answer.retry_at, str(answer))
            case Refused():
                self._refused(draft, answer, now)
            case Unreachable():
                self._drafts.return_to_ready(draft.row, now + self._backoff(draft), str(answer))
            case AccountError():
                self._drafts.return_to_ready(draft.row, now + self._backoff(draft), str(answer))
                self._accounts.set_error(self.account, f"{answer} {answer.remedy}", now)
            case _:
                self._drafts.postpone(draft.row, now + self._timing.settle, str(answer))
                log.warning("no clear answer to a reply", account=self.account, row=draft.row)

    def _wait(self, draft: _Leaving, error: PlatformError) -> None:
        self._drafts.postpone(draft.row, self._clock() + self._backoff(draft), str(error))
        log.warning("cannot send for now", account=self.account, row=draft.row, error=str(error))

    def _backoff(self, draft: _Leaving) -> timedelta:
        return min(self._timing.backoff * (1 << min(draft.sends, 10)), timedelta(hours=1))
