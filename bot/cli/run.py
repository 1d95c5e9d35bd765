"""Builds the daemon for `precis run`. A dry run sends nothing and stores nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace
from structlog.typing import EventDict

from bot.cli.terminal import printable
from bot.config import Config
from bot.core.clock import utc_now
from bot.core.database_location import PostgresUrl
from bot.core.errors import UserError
from bot.core.models import Comment
from bot.daemon.app import App
from bot.daemon.create import create_daemon
from bot.daemon.lifecycle import Daemon
from bot.daemon.tuning import PRODUCTION, Tuning
from bot.fetch import user_agent
from bot.operations.error_reports import ErrorReporter, send_to
from bot.outbox.reply_outbox import SendTiming
from bot.platforms.base import Platform
from bot.store.backups import write_backup


def make_daemon(config: Config, tuning: Tuning, dry_run_in: Path | None) -> Daemon:
    """The daemon of a single machine or of a node; a dry run is always on a single machine."""
    return create_daemon(config, tuning) if dry_run_in is None else make_app(config, tuning, dry_run_in)


def make_app(config: Config, tuning: Tuning = PRODUCTION, dry_run_in: Path | None = None) -> App:
    """The daemon of a single machine. A dry run uses a copy of the database in the folder `dry_run_in`.

    PostgreSQL is not copied: the dry run begins with an empty database.
    """
    if dry_run_in is None:
        if isinstance(config.bot.database, PostgresUrl):
            raise UserError(
                "--once is for a single machine with a database file.",
                "Run the nodes of a cluster all the time: precis run",
            )
        return App(config, tuning)
    copy = dry_run_in / "precis.db"
    database = config.bot.database
    if isinstance(database, Path) and database.exists() and not copy.exists():
        write_backup(database, copy)
    # A dry run only prints, so it does not need to wait for replies to appear.
    no_waiting = SendTiming(settle=timedelta(0), read_gap=timedelta(0))
    tuning = replace(tuning, may_change_accounts=False, send_timing=no_waiting)
    return App(config, tuning, database=copy, wrap_platform=DryRunPlatform)


def error_reporters(config: Config) -> tuple[ErrorReporter, ...]:
    """The reporters of unexpected errors: one if `[log] report_to` is set, else none."""
    if config.log.report_to is None:
        return ()
    return (ErrorReporter(send_to(config.log.report_to, user_agent(config.bot.owner))),)


DRY_RUN_EVENTS = {
    "replied": "would reply",
    "edited": "would edit",
    "deleted": "would delete",
    "deleted a reply with its post": "would delete a reply with its post",
    "deleted a reply whose post was changed": "would delete a reply whose post was changed",
}
"""The events of the log that say that something was sent or changed, and what a dry run says instead."""


def rename_events(logger: object, method: str, event: EventDict) -> EventDict:
    """A processor of the log for a dry run."""
    del logger, method
    event["event"] = DRY_RUN_EVENTS.get(event["event"], event["event"])
    return event


class DryRunPlatform:
    """A platform that reads from the real one, and only prints what it would write."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.account = platform.account
        self.dialect = platform.dialect
        self.connect = platform.connect
        self.poll = platform.poll
        self.fetch_post = platform.fetch_post
        self.find_deleted_posts = platform.find_deleted_posts
        self.own_comments = platform.own_comments
        self.own_comment = platform.own_comment
        self.resolve_address = platform.resolve_address
        self.inspect = platform.inspect
        self.scores = platform.scores
        self.close = platform.close

    def next_reply_at(self, community: str) -> datetime | None:
        """Nothing is sent, so no limit applies."""
        del community
        return None

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        permalink = printable(self._platform.fetch_post(post_id).permalink)
        print(f"\n=== would reply under {permalink}\n\n{markdown}\n", flush=True)
        return Comment("dry-run", post_id, "(not sent)", utc_now())

    def messaging(self) -> None:
        """No messaging: no message may be answered or marked as read."""

    def edit(self, comment_id: str, markdown: str) -> None:
        print(f"\n=== would edit comment {comment_id}\n\n{markdown}\n", flush=True)

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        print(f"\n=== would distinguish comment {comment_id}{' and pin it' if sticky else ''}\n", flush=True)

    def delete(self, comment_id: str) -> None:
        print(f"\n=== would delete comment {comment_id}\n", flush=True)
