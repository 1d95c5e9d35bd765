"""Sends everything that leaves an account exactly once, even if the daemon crashes at any moment.

A row is committed as `sending` before the request is sent. A clear answer ends that state. After any
ambiguous result (no answer, a 5xx, a row in `sending` at start-up), the row waits until a request that
was still being processed must have finished and become visible. Then the bot's own comments under the
post are read twice, and only two empty reads allow another attempt. There is also a read-back before
the first attempt, so that a lost or restored database posts nothing twice.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

import structlog
from msgspec import Struct

from bot.core.errors import (
    AccountError,
    PlatformError,
    Refused,
    RetryLater,
    StoreError,
    UnknownOutcome,
    Unreachable,
    WriteStopped,
)
from bot.core.models import Comment, Failed, Outdated, Skipped
from bot.operations.unexpected_errors import log_unexpected_errors
from bot.outbox.recent_failures import RecentFailures
from bot.store import Accounts, State

log = structlog.get_logger(__name__)


class SendTiming(Struct, frozen=True):
    """Waits and limits of the sender."""

    settle: timedelta = timedelta(seconds=150)
    """Longer than the client's timeout, a late commit and the lag of reads together."""
    read_gap: timedelta = timedelta(seconds=30)
    """Between the two empty reads that prove that nothing was stored."""
    backoff: timedelta = timedelta(seconds=60)
    """Before a retry on an unreachable server; doubled with each send, up to an hour."""
    empty_reads: int = 2
    max_sends: int = 5
    """Without a clear answer."""
    max_read_back: timedelta = timedelta(hours=24)
    """After the send, for a reply whose comments the platform does not show to the account."""


MAX_BACKOFF = timedelta(hours=1)


class OutboxItem(Protocol):
    """A reply or a message in the outbox."""

    @property
    def row(self) -> int: ...
    @property
    def state(self) -> State: ...
    @property
    def sending_at(self) -> datetime | None: ...
    @property
    def sends(self) -> int: ...
    @property
    def refused_sends(self) -> int: ...
    @property
    def empty_reads(self) -> int: ...


_Item = TypeVar("_Item", bound=OutboxItem)
_StoredItem = TypeVar("_StoredItem", bound=OutboxItem, covariant=True)


class OutboxStore(Protocol[_StoredItem]):
    """The stored items; every method is one transaction."""

    def next_due(self, account: str, now: datetime) -> _StoredItem | None: ...
    def next_due_at(self, account: str) -> datetime | None: ...
    def mark_sending(self, row: int, now: datetime, settle_at: datetime) -> Skipped | bool: ...
    def postpone(
        self,
        row: int,
        until: datetime,
        error: str | None = None,
        *,
        empty_read: bool = False,
        planned: bool = False,
    ) -> None: ...
    def count_refused_send(self, row: int) -> None: ...
    def return_to_ready(
        self, row: int, not_before: datetime, error: str, *, planned: bool = False
    ) -> None: ...
    def cancel_send(self, row: int, not_before: datetime, error: str) -> None: ...
    def mark_sent(self, row: int, comment: Comment, now: datetime) -> None: ...


class ExactlyOnceSender(ABC, Generic[_Item]):
    """Sends the items of one account, one at a time."""

    def __init__(
        self,
        account: str,
        *,
        store: OutboxStore[_Item],
        accounts: Accounts,
        created_at: datetime,
        clock: Callable[[], datetime],
        timing: SendTiming,
        before_request: Callable[[], None] | None = None,
    ) -> None:
        """`created_at` is when the database was created.

        `before_request` is called between the commit of `sending` and the request. It raises WriteStopped
        or StoreError if another node leads the account by now.
        """
        self.account = account
        self._store = store
        self._accounts = accounts
        self._created_at = created_at
        self._clock = clock
        self._timing = timing
        self._before_request = before_request
        self._failures = RecentFailures()

    @abstractmethod
    def _earliest_send(self, item: _Item) -> datetime:
        """The item cannot have been sent before this time."""

    @abstractmethod
    def _find_sent(self, item: _Item) -> Comment | None:
        """The item on the platform, if it was sent already."""

    @abstractmethod
    def _next_send_at(self, item: _Item) -> datetime | None:
        """When the rate limits allow sending; None for now."""

    @abstractmethod
    def _check_before_send(self, item: _Item) -> Skipped | Failed | Outdated | None:
        """Why the item must not be sent, or not yet, or not as it is; None to send it."""

    @abstractmethod
    def _request(self, item: _Item) -> Comment:
        """Send the request that posts the item."""

    @abstractmethod
    def _skip(self, item: _Item, skipped: Skipped, now: datetime) -> None: ...

    @abstractmethod
    def _handle_refusal(self, item: _Item, error: Refused, now: datetime) -> None:
        """The platform refused the item."""

    @abstractmethod
    def _mark_dead(self, item: _Item, error: str, now: datetime) -> None: ...

    def process_next(self) -> bool:
        """Process the next item that is due; return whether there may be more.

        Does not raise for a platform's answer: every answer is recorded in the row.
        """
        now = self._clock()
        item = self._store.next_due(self.account, now)
        if item is None:
            return False
        try:
            with log_unexpected_errors(self.account):
                if item.state is State.SENDING:
                    self._read_back(item)
                else:
                    self._send(item)
        except AccountError as error:
            self._accounts.set_error(self.account, f"{error} {error.remedy}", now)
            self._back_off(item, error)
            return False
        except WriteStopped:  # every item of the account would be stopped, and the next leader owns the rows
            return False
        except RetryLater as error:
            self._store.postpone(item.row, error.retry_at, str(error), planned=True)
            return False
        except PlatformError as error:  # a read failed, so nothing is known
            self._back_off(item, error, growing=isinstance(error, UnknownOutcome))
            return False
        return True

    def next_due_at(self) -> datetime | None:
        """When the next item is due, which may be in the past; None without one."""
        return self._store.next_due_at(self.account)

    def _read_back(self, item: _Item) -> None:
        """After the settle time: check whether the item was stored."""
        try:
            if self._record_if_sent(item):
                return
        except Refused as error:
            if item.sending_at is None or self._clock() < item.sending_at + self._timing.max_read_back:
                self._back_off(item, error, growing=True)
                return
            detail = f"It is not known whether the reply was stored: {error}"
            self._skip(item, Skipped(error.reason, detail), self._clock())
            return
        now = self._clock()
        if item.empty_reads + 1 < self._timing.empty_reads:
            self._store.postpone(item.row, now + self._timing.read_gap, empty_read=True)
        elif item.sends - item.refused_sends >= self._timing.max_sends:
            self._mark_dead(item, "The server never gave a clear answer to the reply.", now)
        else:
            self._store.return_to_ready(item.row, now, "The reply was not stored and is sent again.")

    def _send(self, item: _Item) -> None:
        if self._wait_for_settling(item) or self._wait_for_rate_limit(item):
            return
        checked_at = self._clock()
        stopped = self._check_before_send(item)
        try:
            if self._record_if_sent(item):
                return
        except (Refused, Unreachable) as error:
            # The own comments cannot be read, so nothing may be sent. The post may show why that is final.
            if not isinstance(stopped, Skipped):
                if not isinstance(error, Refused):
                    self._back_off(item, error, growing=True)
                    return
                stopped = Skipped(error.reason, str(error))
        now = self._clock()
        match stopped:
            case Skipped():  # the clock may have been set back since; then the post is judged again
                self._skip(item, stopped, max(checked_at, now))
            case Failed():
                retry_at, planned = stopped.retry_at or now, stopped.planned
                self._store.postpone(item.row, retry_at, stopped.error, planned=planned)
            case Outdated():
                self._restart(item, stopped, now)
            case None:
                self._send_now(item, now)

    def _send_now(self, item: _Item, now: datetime) -> None:
        marked = self._mark_sending(item, now)
        if isinstance(marked, Skipped):
            self._skip(item, marked, now)
        elif marked:
            self._record_answer(item, self._answer_to(item))

    def _mark_sending(self, item: _Item, now: datetime) -> Skipped | bool:
        """Commit that the request is about to be sent, or return why not; False if it no longer waits."""
        return self._store.mark_sending(item.row, now, now + self._timing.settle)

    def _wait_for_settling(self, item: _Item) -> bool:
        """An item older than the database may just have been sent with an earlier database."""
        settled_at = self._created_at + self._timing.settle
        if self._earliest_send(item) >= self._created_at or self._clock() >= settled_at:
            return False
        self._store.postpone(
            item.row, settled_at, "The database is new: waiting for what an earlier one may have sent."
        )
        return True

    def _wait_for_rate_limit(self, item: _Item) -> bool:
        """Checked before anything that costs the server a call."""
        send_at = self._next_send_at(item)
        if send_at is None or send_at <= self._clock():
            return False
        why = "waiting until the server allows the next comment"
        self._store.postpone(item.row, send_at, why, planned=True)
        return True

    def _record_if_sent(self, item: _Item) -> bool:
        """Whether the item was sent already; if so, it is recorded as sent."""
        found = self._find_sent(item)
        if found is None:
            return False
        self._store.mark_sent(item.row, found, self._clock())
        self._failures.forget(item.row)
        self._after_send(found)
        log.info("found its own comment", account=self.account, post=found.post_id, comment=found.id)
        return True

    def _restart(self, item: _Item, outdated: Outdated, now: datetime) -> None:
        """Write the item again from the start."""
        raise TypeError(f"{item} is not about a post")

    def _after_send(self, comment: Comment) -> None:
        """Called after the item was recorded as sent; must not raise."""

    def _answer_to(self, item: _Item) -> Comment | PlatformError:
        try:
            if self._before_request is not None:
                self._before_request()
            return self._request(item)
        except PlatformError as error:
            return error
        except StoreError as error:  # a platform uses the store only before a request, for its token
            return WriteStopped(self._clock(), str(error))
        except Exception as error:
            log.exception("a reply failed with an unexpected error", account=self.account)
            return UnknownOutcome(f"{type(error).__name__}: {error}")

    def _record_answer(self, item: _Item, answer: Comment | PlatformError) -> None:
        now = self._clock()
        if isinstance(answer, WriteStopped):
            self._store.cancel_send(item.row, answer.retry_at, str(answer))
            log.info("a send was stopped", account=self.account, row=item.row, why=str(answer))
            raise answer
        if isinstance(answer, PlatformError) and not isinstance(answer, UnknownOutcome):
            self._store.count_refused_send(item.row)
        match answer:
            case Comment():
                self._store.mark_sent(item.row, answer, now)
                self._failures.forget(item.row)
                self._accounts.set_error(self.account, None, now)
                log.info("replied", account=self.account, post=answer.post_id, comment=answer.url)
                self._after_send(answer)
            case RetryLater():
                self._store.return_to_ready(item.row, answer.retry_at, str(answer), planned=True)
            case Refused():
                self._handle_refusal(item, answer, now)
            case Unreachable():
                self._store.return_to_ready(item.row, now + self._backoff(item), str(answer))
            case AccountError():
                self._store.return_to_ready(item.row, now + self._backoff(item), str(answer))
                self._accounts.set_error(self.account, f"{answer} {answer.remedy}", now)
            case _:
                self._store.postpone(item.row, now + self._timing.settle, str(answer))
                log.warning("no clear answer to a reply", account=self.account, row=item.row)

    def _back_off(self, item: _Item, error: PlatformError, *, growing: bool = False) -> None:
        """Retry later. The same error of an item is logged once.

        With `growing`, the pause doubles with each failure. Otherwise the server is unreachable for all
        items, which should be sent soon after it is back.
        """
        now, count = self._clock(), self._failures.count(item.row)
        pause = self._backoff(item) * (1 << min(count, 10) if growing else 1)
        retry_at = now + min(pause, MAX_BACKOFF)
        self._store.postpone(item.row, retry_at, str(error))
        if self._failures.record(item.row, str(error), retry_at, now):
            log.warning("cannot send for now", account=self.account, row=item.row, error=str(error))

    def _backoff(self, item: _Item) -> timedelta:
        return min(self._timing.backoff * (1 << min(item.sends, 10)), MAX_BACKOFF)
