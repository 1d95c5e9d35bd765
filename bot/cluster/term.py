"""The term of a leader: one account in one epoch, from the takeover until the node loses it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bot.core.errors import LeadershipLost
from bot.store.account_leaders import WonAccount, leadership_guard


class Term:
    """A leadership that this node has won. Thread-safe.

    The deadline is a time of the monotonic clock. So a node that was paused, or whose wall clock was set,
    does not take an old leadership for a valid one.
    """

    def __init__(
        self, won: WonAccount, node: str, deadline: float, *, monotonic: Callable[[], float]
    ) -> None:
        self.account = won.account
        self.epoch = won.epoch
        self.handed_over = won.handed_over
        """Whether the last leader stopped all work for the account before."""
        self.stopping = threading.Event()
        """Set when the work for the account has to stop."""
        self._ended = threading.Event()
        self._deadline = deadline
        self._monotonic = monotonic
        self.guard = leadership_guard(node, won.account, won.epoch, self.check)
        """Of the account's write transactions."""

    def extend(self, deadline: float) -> None:
        """The database renewed the leadership."""
        self._deadline = deadline

    def end(self) -> None:
        """The leadership is lost or handed over."""
        self._ended.set()
        self.stopping.set()

    def is_valid(self) -> bool:
        """Whether the node may still act for the account, judged without the database."""
        return not self._ended.is_set() and self._monotonic() < self._deadline

    def check(self) -> None:
        """Raise `LeadershipLost` if the node may no longer act for the account."""
        if not self.is_valid():
            raise LeadershipLost(self.account)
