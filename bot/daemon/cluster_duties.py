"""What has to happen once in a cluster. The node that leads `CLUSTER_DUTIES` does it."""

from __future__ import annotations

from bot.cluster.term import Term
from bot.core.time_limit import TimeLimit
from bot.daemon.housekeeping import erase_old_data
from bot.daemon.job_list import HOUSEKEEPING_INTERVAL
from bot.daemon.leader_threads import Work
from bot.daemon.node_parts import NodeParts
from bot.daemon.operator_notices import OperatorNotices
from bot.daemon.scheduler import Job
from bot.store.post_counts import fold_counts
from bot.store.shared_hosts import forget_old_hosts


def run_duties(term: Term, node: NodeParts, work: Work) -> None:
    """Call `work` with the jobs: notices, housekeeping, and tasks that no worker has."""
    database, clock, timing = node.database.guarded(term.guard), node.tuning.clock, node.tuning.cluster
    notices = OperatorNotices(node.config, database, node.health, clock)

    def sweep(limit: TimeLimit) -> None:
        del limit
        node.tasks.recover(database, timing.lease)
        node.tasks.add_missing(database, clock())

    def keep_house(limit: TimeLimit) -> None:
        del limit
        database.record_housekeeping(clock())
        fold_counts(database)
        erase_old_data(database, clock, node.config.keep.posts)
        forget_old_hosts(database)

    work(
        (
            *notices.jobs(),
            Job("sweep", timing.sweep, 60, sweep),
            Job("housekeeping", HOUSEKEEPING_INTERVAL, 60, keep_house),
        )
    )
    notices.wait()
