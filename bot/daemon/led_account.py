"""The work for one account while this node leads it: take over, poll, send, answer, follow up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import structlog

from bot.cluster.takeover import fence_writes, take_over
from bot.cluster.term import Term
from bot.core.errors import LeadershipLost, PlatformError, StoreError
from bot.core.time_limit import TimeLimit
from bot.daemon.account_runtime import QUEUE_INTERVAL, AccountParts, AccountRuntime
from bot.daemon.factories import make_platform
from bot.daemon.housekeeping import erase_deleted_posts
from bot.daemon.job_list import HOUSEKEEPING_INTERVAL, SETTINGS_PAGES_INTERVAL, WEEKLY_REPORTS_INTERVAL
from bot.daemon.jobs import read_settings_pages
from bot.daemon.leader_threads import Work
from bot.daemon.node_parts import NodeParts
from bot.daemon.operator_notices import NOTICES_INTERVAL
from bot.daemon.scheduler import Job
from bot.inbox.services import InboxServices
from bot.notices.software_versions import record_software
from bot.outbox.deletion_follower import MAX_CHECKS_PER_RUN
from bot.pipeline.refetch import PostRefetcher
from bot.platforms.base import Messaging, Platform
from bot.platforms.fencing import CheckedWrites
from bot.store import Accounts, Database, MutedCommunities, PostQueue
from bot.store.read_claims import ReadClaims

log = structlog.get_logger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two attempts to take an account over."""


def run_account(term: Term, node: NodeParts, work: Work) -> None:
    """Take the account over, and call `work` with its jobs. It returns when they have to stop."""
    kind, settings = node.account(term.account)
    database = node.database.guarded(term.guard)
    accounts = Accounts(database, tokens_must_be_saved=True)
    platform = make_platform(
        node.config, kind, term.account, settings, accounts, node.tuning, node.rate_limits
    )
    with closing(platform):
        check = fence_writes(platform, term, node.node, node.leaders)
        # Such a platform makes this check itself, and later. So the database is asked once for each request.
        before_request = term.check if isinstance(platform, CheckedWrites) else check
        messaging = platform.messaging() if node.config.inbox.read else None
        parts = _create_parts(node, platform, messaging, database, accounts)
        if _take_over(platform, term, parts):
            runtime = AccountRuntime(platform, messaging, parts, before_request)
            work(tuple(_jobs(runtime, parts, node)), runtime.due_jobs())


def _create_parts(
    node: NodeParts, platform: Platform, messaging: Messaging | None, database: Database, accounts: Accounts
) -> AccountParts:
    config, tuning = node.config, node.tuning
    inbox_services = InboxServices.from_config(
        config,
        database,
        [platform],
        {platform.account: messaging},
        tuning.clock,
        node.dialects,
        tuning.cluster.changes,
    )
    queue = PostQueue(database, node.tasks)
    muted_communities = MutedCommunities(database)
    services = node.reading.create_services(
        queue, muted_communities, inbox_services, lambda post: platform.fetch_post(post.id)
    )
    return AccountParts(
        config, tuning, database, queue, accounts, muted_communities, inbox_services, services
    )


def _take_over(platform: Platform, term: Term, parts: AccountParts) -> bool:
    """Retry until the last leader cannot write any more; False if the term ends before."""
    pause = _FIRST_PAUSE
    while not term.stopping.is_set():
        try:
            take_over(
                platform,
                term,
                parts.database,
                parts.accounts,
                parts.clock,
                parts.send_timing.settle,
                parts.tuning.cluster.longest_unused_connection,
            )
        except LeadershipLost:
            return False
        except (PlatformError, StoreError) as error:
            log.warning("the account cannot be taken over yet", account=term.account, error=str(error))
            term.stopping.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        else:
            return True
    return False


def _jobs(runtime: AccountRuntime, parts: AccountParts, node: NodeParts) -> Iterator[Job]:
    account, platform = runtime.account, runtime.platform
    inbox_services = parts.inbox_services
    follow_up = runtime.follow_up_job()
    refetcher = PostRefetcher(
        account,
        platform.fetch_post,
        ReadClaims(parts.database),
        parts.queue,
        node.tasks,
        parts.clock,
    )

    def refetch(limit: TimeLimit) -> None:
        while not limit.expired() and refetcher.refetch_next():
            pass

    yield runtime.poll_job()
    yield Job(runtime.refetch_name, QUEUE_INTERVAL, 120, refetch)
    yield runtime.send_job()
    yield from runtime.inbox_jobs(follow_up.name)
    yield follow_up
    if runtime.inbox is not None:
        interval = parts.tuning.settings_pages_interval
        reader = inbox_services.create_page_reader(parts.services, interval)
        reports = inbox_services.create_weekly_reports(parts.services)
        yield Job(
            f"settings pages {account}",
            min(SETTINGS_PAGES_INTERVAL, interval),
            120,
            lambda limit: read_settings_pages(reader, inbox_services.communities_with_pages(), limit),
        )
        yield Job(
            f"weekly reports {account}",
            WEEKLY_REPORTS_INTERVAL,
            60,
            lambda limit: reports.queue_due(limit.expired),
        )
    yield Job(
        f"software {account}",
        NOTICES_INTERVAL,
        60,
        lambda limit: record_software([platform], parts.accounts, parts.clock()),
    )
    yield Job(
        f"housekeeping {account}",
        HOUSEKEEPING_INTERVAL,
        60,
        lambda limit: _keep_house(runtime, parts, limit),
    )


def _keep_house(runtime: AccountRuntime, parts: AccountParts, limit: TimeLimit) -> None:
    erase_deleted_posts(runtime.platform, parts.queue, parts.clock())
    if runtime.deletion_follower is not None:
        runtime.deletion_follower.run(limit, MAX_CHECKS_PER_RUN)
