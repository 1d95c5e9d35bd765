"""The work of the daemon's jobs, each in runs of limited time.

A run never raises. Errors are logged and saved where `precis status` shows them, and the next run
continues where this one stopped. A run ends when nothing is due, at its time limit, or as soon as
possible when the daemon is stopping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta

import structlog

from bot.core.errors import StoreError
from bot.core.time_limit import TimeLimit
from bot.inbox.inbox import Inbox
from bot.inbox.settings_pages import SettingsPageReader
from bot.outbox.follow_up import FollowUp
from bot.outbox.reply_outbox import ReplyOutbox
from bot.pipeline.process import process_post
from bot.pipeline.services import PipelineServices
from bot.store import ClaimedPost

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than any post can take: the timeouts of fetcher and workers are far below it."""


def process_posts(
    threads: ThreadPoolExecutor, at_once: int, services: PipelineServices, limit: TimeLimit
) -> int:
    """Process the posts that are due, `at_once` at a time; return how many were processed."""
    running: set[Future[object]] = set()
    processed = 0
    while True:
        if not limit.expired() and len(running) < at_once:
            for claimed in services.queue.claim(services.clock(), at_once - len(running), LEASE):
                running.add(threads.submit(_process, claimed, services))
        if not running:
            return processed
        done, running = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
        processed += len(done)
        if running and limit.overdue():  # their leases expire, and the other threads go on
            log.error("gave up waiting for posts that hang", count=len(running))
            return processed


def _process(claimed: ClaimedPost, services: PipelineServices) -> None:
    account, post = claimed.post.account, claimed.post.id
    try:
        process_post(claimed, services)
    except StoreError:
        log.debug("cannot record the outcome of a post for now", account=account, post=post)
    except Exception:
        log.exception("a post could not be recorded", account=account, post=post)


def send_replies(outbox: ReplyOutbox, limit: TimeLimit) -> None:
    """Send the replies of one account that are due."""
    while not limit.expired():
        if not outbox.process_next():
            return


def follow_up(account_follow_up: FollowUp, limit: TimeLimit) -> None:
    """Follow up the sent replies of one account that are due."""
    while not limit.expired():
        if not account_follow_up.process_next():
            return


def check_inbox(inbox: Inbox, limit: TimeLimit) -> int:
    """Handle the messages of one account that are due; return how many were handled."""
    return inbox.run(limit.expired)


def read_settings_pages(
    reader: SettingsPageReader, communities: Iterable[tuple[str, str]], limit: TimeLimit
) -> None:
    """Read the settings pages of communities, as (account, community), whose check is due."""
    for account, community in communities:
        if limit.expired():
            return
        reader.read_if_due(account, community)


def log_failures(name: str, job: Callable[[], object]) -> Callable[[], None]:
    """Wrap a job so that it logs its exceptions, and its schedule continues."""

    def run() -> None:
        try:
            job()
        except StoreError as error:  # the database has logged it, once
            log.debug("a job waits for the database", job=name, error=error.message)
        except Exception:
            log.exception("a job failed", job=name)

    return run
