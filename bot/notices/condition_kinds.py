"""The kinds of conditions that need the operator's attention."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Self

from msgspec import Struct

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


class ConditionKind(Enum):
    """A code, and how long a condition must last before a notice is sent."""

    notice_after: timedelta

    ACCOUNT = "account", 2 * _MINUTE
    """An account cannot be used: the password is wrong, it is locked out, banned from its server."""
    BAN = "ban", timedelta(0)
    """A community has banned the bot."""
    POLLS = "polls", _HOUR
    """The polls of a source fail."""
    NO_POLLS = "no-polls", timedelta(0)
    """No source is polled at all."""
    JOB_STUCK = "job-stuck", timedelta(0)
    JOB_FAILING = "job-failing", 15 * _MINUTE
    DATABASE = "database", 2 * _MINUTE
    """The database cannot be written."""
    NODE = "node", 2 * _MINUTE
    """A node of a cluster sends no heartbeats, and was not stopped."""
    NO_LEADER = "no-leader", 2 * _MINUTE
    """No node of a cluster leads an account."""
    DISK = "disk", timedelta(0)
    """The disk is nearly full."""
    DELETIONS = "deletions", _HOUR
    """Replies that should be deleted are still there."""
    BACKLOG = "backlog", 15 * _MINUTE
    """Posts wait for too long, although nothing asks for it."""
    SERVER_UPDATE = "server-update", timedelta(0)
    """The server has a new major version. This is never over: it is only shown for some days."""

    def __new__(cls, code: str, notice_after: timedelta) -> Self:
        member = object.__new__(cls)
        member._value_ = code
        member.notice_after = notice_after
        return member


class Condition(Struct, frozen=True):
    """One thing that needs attention now."""

    kind: ConditionKind
    about: str
    """What it is about, in the database's terms: an account, a source, a job. Part of the key."""
    subject: str
    """What it is about, for people."""
    sentence: str
    """The problem and what to do. It may contain text of servers and of strangers."""

    @property
    def key(self) -> str:
        """The same for the same condition, whatever its sentence says now."""
        return f"{self.kind.value}:{self.about}"
