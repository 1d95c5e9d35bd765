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
from bot.core.time_limit import Pass
from bot.inbox.inbox import Mailbox
from bot.inbox.settings_pages import PageReader
from bot.outbox.follow_up import Aftercare
from bot.outbox.reply_outbox import Outbox
from bot.pipeline.process import Services, process
from bot.store import Task

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than any post can take: fetch and worker have deadlines far below it."""


def work(threads: ThreadPoolExecutor, at_once: int, services: Services, limit: Pass) -> int:
    """Take posts that are due through the pipeline, `at_once` at a time; how many were handled."""
    running: set[Future[object]] = set()
    handled = 0
    while True:
        if not limit.over() and len(running) < at_once:
            for task in services.queue.claim(services.clock(), at_once - len(running), LEASE):
                running.add(threads.submit(_handle, task, services))
        if not running:
            return handled
        done, running = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
        handled += len(done)
        if running and limit.overdue():  # their leases end, and others go on in the threads that are left
            log.error("posts hang and are left behind", count=len(running))
            return handled


def _handle(task: Task, services: Services) -> None:
    try:
        process(task, services)
    except StoreError:
        log.debug("a post waits until it can be recorded", account=task.post.account, post=task.post.id)
    except Exception:
        log.exception("a post could not be recorded", account=task.post.account, post=task.post.id)


def send(outbox: Outbox, limit: Pass) -> None:
    """Let one account's outbox do what is due."""
    while not limit.over():
        if not outbox.step():
            return


def care(aftercare: Aftercare, limit: Pass) -> None:
    """Let one account's aftercare do what is due."""
    while not limit.over():
        if not aftercare.step():
            return


def mail(mailbox: Mailbox, limit: Pass) -> int:
    """Let one account's mailbox do what is due; how many messages it handled."""
    return mailbox.run(limit.over)


def read_pages(reader: PageReader, places: Iterable[tuple[str, str]], limit: Pass) -> None:
    """Look at the communities' own pages whose time has come."""
    for account, community in places:
        if limit.over():
            return
        reader.read(account, community)


def safely(name: str, job: Callable[[], object]) -> Callable[[], None]:
    """A job that logs whatever it dies of, so that its schedule goes on."""

    def run() -> None:
        try:
            job()
        except StoreError as error:  # the database has told it, once
            log.debug("a job waits for the database", job=name, error=error.message)
        except Exception:
            log.exception("a job failed", job=name)

    return run
