"""The times of a cluster that are not settings, but that tests and benchmarks replace."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct


class ClusterTiming(Struct, frozen=True):
    """How soon another node takes over, and how often the nodes report."""

    renew: timedelta = timedelta(seconds=5)
    """Between two renewals of a leadership and of a node's heartbeat."""
    lease: timedelta = timedelta(seconds=15)
    """How long a leadership is valid without renewal. A node without a heartbeat for so long is dead."""
    margin: timedelta = timedelta(seconds=3)
    """How long before the end of the lease a node that cannot renew it stops to write."""
    sweep: timedelta = timedelta(seconds=5)
    """Between two searches for due posts without a task, and for tasks of dead nodes."""
    poll: timedelta = timedelta(seconds=1)
    """After this time a reader looks for tasks even if the database has not notified it."""
    changes: timedelta = timedelta(seconds=1)
    """How much later a change of a community's settings or a pause may apply to posts and replies.

    For so long, a node does not ask the database whether there was one.
    """
    stop: timedelta = timedelta(seconds=25)
    """How long running work of an account may take when its leadership is handed over."""
    longest_unused_connection: timedelta | None = None
    """How long a server that cannot revoke tokens keeps a connection without a request.

    A connection that a paused node opened may be used until then. None for the time of its platform.
    """
