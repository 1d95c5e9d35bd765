"""Processes a few posts, from poll to reply, on a disk on which one write after another fails.

python -m tests.disk.runs FOLDER STEP      every STEP-th write; prints a JSON object (for test_full_disk.py)

`make disk` lets every write fail, from creating the database to the last reply (tests/disk/__main__.py).
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TypedDict

from structlog.testing import capture_logs

from bot.core.errors import StoreError, UnknownOutcome
from bot.core.models import (
    Article,
    Comment,
    Dialect,
    Digest,
    LengthLimits,
    NotArticle,
    Page,
    PollResult,
    Post,
    Source,
    Summary,
)
from bot.core.time_limit import TimeLimit
from bot.daemon.jobs import send_replies
from bot.daemon.poller import Poller
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.pipeline.process import process_post
from bot.pipeline.services import PipelineServices
from bot.platforms.base import Identity
from bot.rules import CommunityRules
from bot.store import Accounts, Database, MutedCommunities, OutgoingReplies, PostQueue, State
from bot.store.post_lookup import all_posts
from tests.conftest import Clock, a_post
from tests.disk.failing_disk import FailingDisk

POSTS = 3
WRITABLE_AT = 8
"""The round from which writes succeed again. Without a failure all replies are sent before it."""
RESTART_AT = (3, 9)
MAX_ROUNDS = 60
ALL_LATER_WRITES, ONE_WRITE = "all writes from the n-th on", "the n-th write alone"
FAILURE_MODES = (ALL_LATER_WRITES, ONE_WRITE)
SOURCE = Source("home", None)
FOUND = Digest(
    Article("Boats", "One sentence. Another one.", "en", 0.9, word_count=900),
    Summary(("One sentence.",), article_words=900, summary_words=90, method="precis"),
)
RANK = {State.DISCOVERED: 0, State.READY: 1, State.SENDING: 1, State.SENT: 2}


class RunResult(TypedDict):
    """The result of one run."""

    write: int
    """The number of the first write that should fail."""
    failed: int
    """How many system calls failed."""
    problems: list[str]
    reported: int
    """How often the daemon reported that it could not write."""


class FakePlatform:
    """A platform in memory. The first reply is stored, but its answer is lost."""

    account = "home"
    dialect = Dialect.LEMMY

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.comments: list[Comment] = []

    def connect(self) -> Identity:
        return Identity("precis@lemmy.example", "1", bot_flag=True)

    def poll(self, source: Source, cursor: str | None, since: datetime) -> PollResult:
        seen = int(cursor or 0)
        new = tuple(self.fetch_post(str(number)) for number in range(seen + 1, POSTS + 1))
        return PollResult(new[:2], str(min(seen + 2, POSTS)))

    def fetch_post(self, post_id: str) -> Post:
        return a_post(int(post_id))

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        return tuple(comment for comment in self.comments if comment.post_id == post_id)

    def next_reply_at(self, community: str) -> datetime | None:
        return None

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        number = len(self.comments) + 1
        comment = Comment(str(number), post_id, f"https://lemmy.example/c/{number}", self._clock())
        self.comments.append(comment)
        if number == 1:
            raise UnknownOutcome("the answer was lost")
        return comment


class DaemonJobs:
    """The daemon's jobs, composed as in `bot.daemon.app`, without its threads."""

    def __init__(self, path: Path, server: FakePlatform, clock: Clock) -> None:
        self.database = Database(path, clock())
        self._clock = clock
        self._queue = PostQueue(self.database)
        self._queue.release()
        OutgoingReplies(self.database).restart_settling(clock() + TIMING.settle)
        accounts, muted_communities = Accounts(self.database), MutedCommunities(self.database)
        self._poller = Poller(
            server,  # type: ignore[arg-type]
            (SOURCE,),
            queue=self._queue,
            accounts=accounts,
            clock=clock,
            max_age=lambda source: timedelta(days=1),
        )
        self._services = PipelineServices(
            queue=self._queue,
            muted_communities=muted_communities,
            fetch=lambda url: Page(url, b""),
            digest=_digest,
            rules_for=lambda community: CommunityRules(reposts=True),
            dialect_of=lambda account: Dialect.LEMMY,
            source_url="https://source.example",
            clock=clock,
            retries=(timedelta(minutes=1),),
        )
        self._outbox = ReplyOutbox(
            server,  # type: ignore[arg-type]
            replies=OutgoingReplies(self.database),
            queue=self._queue,
            accounts=accounts,
            muted_communities=muted_communities,
            created_at=self.database.created_at(),
            check_post=gone_or_locked,
            clock=clock,
            timing=TIMING,
        )

    def run_jobs(self) -> None:
        """Run each job once. A write that fails ends the job, but not the daemon."""
        for job in (self._poll, self._process_posts, self._send):
            with suppress(StoreError):
                job()

    def _poll(self) -> None:
        self._poller.run(TimeLimit.start(Event(), 60))

    def _process_posts(self) -> None:
        for task in self._queue.claim(self._clock(), 2, timedelta(minutes=2)):
            process_post(task, self._services)

    def _send(self) -> None:
        send_replies(self._outbox, TimeLimit.start(Event(), 60))


TIMING = SendTiming(settle=timedelta(seconds=150), read_gap=timedelta(seconds=30))


def _digest(page: Page, length: LengthLimits, method: str, *, with_key_words: bool) -> Digest | NotArticle:
    return FOUND


class DiskRun:
    """From an empty database to the last reply, with the problems found in between."""

    def __init__(self, path: Path, disk: FailingDisk) -> None:
        self._path = path
        self._disk = disk
        self._clock = Clock()
        self._server = FakePlatform(self._clock)
        self._ranks: dict[str, int] = {}
        self.problems: list[str] = []
        self.failed_starts = 0
        """How often the daemon could not start and gave the reason."""

    def run(self) -> None:
        daemon: DaemonJobs | None = None
        for number in range(MAX_ROUNDS):
            self._clock.advance(60)
            if number == WRITABLE_AT:
                self._disk.disarm()
            if number in RESTART_AT and daemon is not None:
                with suppress(StoreError):
                    daemon.database.close()
                daemon = None
            daemon = daemon or self._start()
            if daemon is not None:
                daemon.run_jobs()
                self._check_posts(daemon)
            if number > max(RESTART_AT) and list(self._ranks.values()) == [RANK[State.SENT]] * POSTS:
                break
        self._check_outcome(daemon)

    def _start(self) -> DaemonJobs | None:
        try:
            return DaemonJobs(self._path, self._server, self._clock)
        except StoreError as error:
            self.failed_starts += 1
            if not error.remedy or "\n" in error.message:
                self.problems.append(f"unclear message: {error.message!r}")
            return None

    def _check_posts(self, daemon: DaemonJobs) -> None:
        """What was committed is still there: no post disappears or returns to an earlier state."""
        seen = {report.permalink: RANK.get(report.state, -1) for report in all_posts(daemon.database)}
        for post, rank in self._ranks.items():
            if seen.get(post, -1) < rank:
                self.problems.append(f"lost: {post} was {rank} and is {seen.get(post)}")
        self._ranks = seen

    def _check_outcome(self, daemon: DaemonJobs | None) -> None:
        states = Counter(report.state.value for report in all_posts(daemon.database)) if daemon else {}
        replies = Counter(comment.post_id for comment in self._server.comments)
        if states != {"sent": POSTS}:
            self.problems.append(f"states: {dict(states)}")
        if replies != {str(number): 1 for number in range(1, POSTS + 1)}:
            self.problems.append(f"replies: {dict(replies)}")
        if daemon is not None:
            daemon.database.close()


def run_all(folder: Path, step: int) -> dict[str, list[RunResult]]:
    """Run both failure modes. The process keeps the failing disk until it ends."""
    disk = FailingDisk()
    disk.enter()
    return {mode: list(runs(folder, disk, step, one_write=mode == ONE_WRITE)) for mode in FAILURE_MODES}


def runs(folder: Path, disk: FailingDisk, step: int, *, one_write: bool) -> Iterator[RunResult]:
    """Runs in which each `step`-th write fails in turn; the last run is the one without a failure."""
    for first in itertools.count(1, step):
        path = folder / f"{'one' if one_write else 'full'}-{first}.db"
        run = DiskRun(path, disk)
        disk.arm(first, one_write=one_write)
        with capture_logs() as lines:
            run.run()
        events = [line["event"] for line in lines]
        yield {
            "write": first,
            "failed": disk.failed,
            "problems": run.problems,
            "reported": events.count("the database cannot be written") + run.failed_starts,
        }
        for file in folder.glob(f"{path.name}*"):
            file.unlink()
        if not disk.failed:
            return


def main() -> None:
    print(json.dumps(run_all(Path(sys.argv[1]), int(sys.argv[2]))))


if __name__ == "__main__":
    main()
