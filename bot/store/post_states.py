"""The states of a post.

discovered -> ready -> sending -> sent -> deleted
     |          ^         |
     |          +- read back after the settle time: not there
     +-> skipped(reason) | discovered again at due_at | dead(error)
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    DISCOVERED = "discovered"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    DELETED = "deleted"
    SKIPPED = "skipped"
    DEAD = "dead"


PENDING = (State.DISCOVERED, State.READY, State.SENDING)
DELETABLE = (*PENDING, State.SENT)
"""The states from which a post becomes deleted. Nothing else follows the state sent."""
