"""The daemon's jobs, each one bounded pass: poll, work, send, mail, care, read pages.

A pass never raises: what goes wrong is logged and kept where `precis status` shows it, and the next
pass begins where this one stopped. Passes end when nothing is due, at their deadline, or as soon as
possible once the daemon is stopping.
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
from bot.pipeline.process import PipelineServices, process_post
from bot.store import ClaimedPost

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than any post can take: fetch and worker have deadlines far below it."""


def process_posts(
    threads: ThreadPoolExecutor, at_once: int, services: PipelineServices, limit: TimeLimit
) -> int:
    """Take posts that are due through the pipeline, `at_once` at a time; how many were handled."""
    running: set[Future[object]] = set()
    handled = 0
    while True:
        if not limit.expired() and len(running) < at_once:
            for task in services.queue.claim(services.clock(), at_once - len(running), LEASE):
                running.add(threads.submit(_handle, task, services))
        if not running:
            return handled
        done, running = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
        handled += len(done)
        if running and limit.overdue():  # their leases end, and others go on in the threads that are left
            log.error("posts hang and are left behind", count=len(running))
            return handled


def _handle(task: ClaimedPost, services: PipelineServices) -> None:
    try:
        process_post(task, services)
    except StoreError:
        log.debug("a post waits until it can be recorded", account=task.post.account, post=task.post.id)
    except Exception:
        log.exception("a post could not be recorded", account=task.post.account, post=task.post.id)


def send_replies(outbox: ReplyOutbox, limit: TimeLimit) -> None:
    """Let one account's outbox do what is due."""
    while not limit.expired():
        if not outbox.process_next():
            return


def follow_up(aftercare: FollowUp, limit: TimeLimit) -> None:
    """Let one account's aftercare do what is due."""
    while not limit.expired():
        if not aftercare.process_next():
            return


def check_inbox(inbox: Inbox, limit: TimeLimit) -> int:
    """Let one account's mailbox do what is due; how many messages it handled."""
    return inbox.run(limit.expired)


def read_settings_pages(
    reader: SettingsPageReader, places: Iterable[tuple[str, str]], limit: TimeLimit
) -> None:
    """Look at the communities' own pages whose time has come."""
    for account, community in places:
        if limit.expired():
            return
        reader.read_if_due(account, community)


def log_failures(name: str, job: Callable[[], object]) -> Callable[[], None]:
    """A job that logs whatever it dies of, so that its schedule goes on."""

    def run() -> None:
        try:
            job()
        except StoreError as error:  # the database has told it, once
            log.debug("a job waits for the database", job=name, error=error.message)
        except Exception:
            log.exception("a job failed", job=name)

    return run
