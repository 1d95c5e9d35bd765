"""Keeps the leaderships of one node: renews them, takes free accounts over, and hands accounts over.

`run_round` is one exchange with the database; a thread calls it every few seconds. `end_expired` ends the
terms whose deadline has passed; another thread calls it, because a round can wait for the network.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable
from typing import Protocol

import structlog

from bot.cluster.assignment import Assignment, AssignmentTiming, assign
from bot.cluster.term import Term
from bot.core.cluster_timing import ClusterTiming
from bot.core.errors import StoreError
from bot.store.account_leaders import AccountLeaders, WonAccount

log = structlog.get_logger(__name__)


class Leader(Protocol):
    """Does the work of accounts."""

    def begin(self, term: Term) -> None:
        """Begin the work for the account, without waiting for it.

        When `term.stopping` is set, running work is finished, and then `Leadership.release` is called.
        """
        ...


class Leadership:
    """The leaderships of one node. Thread-safe."""

    def __init__(
        self,
        node: str,
        instance: str,
        accounts: Collection[str],
        leaders: AccountLeaders,
        leader: Leader,
        timing: ClusterTiming,
        *,
        reads: Callable[[], int] = lambda: 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`accounts` are those that the node may lead; `reads` counts the posts that it processes now."""
        self._node = node
        self._instance = instance
        self._accounts = frozenset(accounts)
        self._leaders = leaders
        self._leader = leader
        self._timing = timing
        self._assignment_timing = AssignmentTiming(timing.lease, timing.renew * 2)
        self._reads = reads
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._terms: dict[str, Term] = {}
        self._error: str | None = None
        self.is_superseded = False
        """Whether another process is the node of this name now, so that this one must not work."""
        self.is_draining = False
        """Whether the operator drains the node, so that it takes no work."""

    def terms(self) -> tuple[Term, ...]:
        """The current terms, by account; also those that are being handed over."""
        with self._lock:
            return tuple(self._terms[account] for account in sorted(self._terms))

    def run_round(self, *, stopping: bool = False) -> None:
        """Renew all leaderships, then take over or hand over what the assignment says. Never raises.

        A node that is `stopping` hands everything over.
        """
        try:
            self._exchange(stopping=stopping)
        except StoreError as error:
            if self._error is None:
                log.warning("the leadership of accounts cannot be renewed", error=error.message)
            self._error = error.message
        else:
            if self._error is not None:
                log.info("the leadership of accounts is renewed again")
            self._error = None

    def _exchange(self, *, stopping: bool) -> None:
        started = self._monotonic()
        held = {term.account: term.epoch for term in self.terms()}
        renewal = self._leaders.renew(
            self._node, self._instance, held, self._timing.lease, reads=self._reads()
        )
        if not renewal.is_registered:
            if not self.is_superseded:
                log.error("another process is the node of this name", node=self._node)
            self.is_superseded = True
            self._end(held)
            return
        self.is_superseded = False
        self.is_draining = any(
            each.node == self._node and each.draining_at is not None for each in renewal.nodes
        )
        self._extend(renewal.renewed, started)
        self._end(held.keys() - renewal.renewed)
        if stopping:
            assignment = Assignment((), tuple(term.account for term in self.terms()))
        else:
            assignment = assign(self._node, renewal.nodes, renewal.leaders, self._assignment_timing)
        for account in assignment.hand_over:
            self._hand_over(account)
        self._take(assignment.take)

    def _take(self, accounts: Collection[str]) -> None:
        wanted = self._accounts.intersection(accounts)
        if not wanted:
            return
        started = self._monotonic()
        for won in self._leaders.take(self._node, wanted, self._timing.lease):
            self._begin(won, started)

    def _begin(self, won: WonAccount, started: float) -> None:
        self._end([won.account])  # an earlier term that could not be renewed
        term = Term(won, self._node, self._deadline(started), monotonic=self._monotonic)
        with self._lock:
            self._terms[won.account] = term
        how = "handed over" if won.handed_over else "taken over"
        log.info("leads the account", account=won.account, epoch=won.epoch, how=how)
        self._leader.begin(term)

    def _extend(self, accounts: Collection[str], started: float) -> None:
        with self._lock:
            for account in accounts:
                if account in self._terms:
                    self._terms[account].extend(self._deadline(started))

    def _deadline(self, started: float) -> float:
        """The lease began after the round `started`, so this is never after the database's time."""
        return started + (self._timing.lease - self._timing.margin).total_seconds()

    def end_expired(self) -> None:
        """End the terms that could not be renewed in time."""
        self._end([term.account for term in self.terms() if not term.is_valid()])

    def _end(self, accounts: Iterable[str]) -> None:
        for account in accounts:
            with self._lock:
                term = self._terms.pop(account, None)
            if term is not None:
                term.end()
                log.warning("does not lead the account any more", account=account, epoch=term.epoch)

    def _hand_over(self, account: str) -> None:
        with self._lock:
            term = self._terms.get(account)
        if term is not None and not term.stopping.is_set():
            log.info("hands the account over", account=account, epoch=term.epoch)
            term.stopping.set()

    def release(self, term: Term) -> None:
        """All work for the account has ended, so another node can take it over at once."""
        with self._lock:
            if self._terms.get(term.account) is not term:
                return
            del self._terms[term.account]
        term.end()
        try:
            self._leaders.release(self._node, term.account, term.epoch)
        except StoreError as error:  # it ends by itself
            log.debug("an account could not be released", account=term.account, error=error.message)
