"""The fault matrix: each fault x each platform x comment, edit, delete; the comments on the server.

    python -m benchmarks.faults

A comment goes through the real outbox over a real database, edits and deletes are repeated until
there is a clear answer, as they may be; time is a clock that jumps. Beside it, what plain PRAW does
with the same comment. Exits with 1 when any number is not the right one.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import praw
import prawcore
import stamina
import structlog
from praw.exceptions import PRAWException
from prawcore.sessions import FiniteRetryStrategy
from rich.console import Console
from rich.table import Table

from bot.core.errors import PlatformError, Refused
from bot.core.models import PollResult, Reply, Source
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.platforms import adapter_factory
from bot.platforms.base import Platform
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.reddit import RedditSandbox
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from bot.sandbox.server_software import ServerSoftware
from bot.store import Accounts, Database, MutedCommunities, OutgoingReplies, PostQueue

ACTIONS = ("comment", "edit", "delete")
REDDIT = "Reddit"
PLATFORMS = (*ServerSoftware, REDDIT)
ON_REDDIT_ONLY = frozenset(list(Fault)[list(Fault).index(Fault.EMPTY_THINGS) :])
NOT_ON_REDDIT = frozenset({Fault.HANG_AFTER_401})
PERMANENT_REFUSALS = frozenset({Fault.FORBIDDEN, Fault.NOT_FOUND})
"""Definite refusals: no comment, or the one that was there stays as it was."""
REDDITS_CALLS = {"comment": "POST /api/comment", "edit": "POST /api/editusertext", "delete": "POST /api/del"}
_STEP = timedelta(seconds=15)
_STEPS = 200


@dataclass
class Clock:
    now: datetime = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class FaultCase:
    """One server with one post and one fault to come, and an adapter on it."""

    clock: Clock
    platform: Platform
    post_id: str
    community: str
    texts: Callable[[], list[str]]
    """Of the comments that stand on the server."""
    url: str


def expected_comments(action: str, fault: Fault) -> list[str]:
    """The comments that have to stand there in the end."""
    if fault in PERMANENT_REFUSALS:
        return [] if action == "comment" else ["old"]
    return {"comment": ["new"], "edit": ["new"], "delete": []}[action]


@dataclass
class InMemoryTokenStore:
    kept: dict[str, str | None] = field(default_factory=dict)

    def load(self, account: str) -> str | None:
        return self.kept.get(account)

    def save(self, account: str, token: str | None) -> None:
        self.kept[account] = token


@contextmanager
def fediverse_case(home: ServerSoftware, clock: Clock, faults: FaultInjector) -> Iterator[FaultCase]:
    with home.create_server(clock=clock, faults=faults) as server:
        world = server.state
        world.add_person("precis", password="right", bot_account=True)
        place = world.add_community("news")
        post = world.add_post(place, world.add_person("alice"), "A title", "https://paper.example/a")
        platform = _make(home.account_kind, clock, base_url=server.url, username="precis", password="right")
        yield FaultCase(
            clock,
            platform,
            str(post.id),
            f"news@{world.host}",
            lambda: [one.content for one in world.all_comments() if not one.deleted],
            server.url,
        )
        platform.close()


@contextmanager
def reddit_case(clock: Clock, faults: FaultInjector) -> Iterator[FaultCase]:
    with RedditSandbox(clock=clock, faults=faults, token_lifetime=timedelta(days=9)) as server:
        world = server.state
        world.add_redditor("precis", password="right")
        place = world.add_subreddit("news")
        post = world.add_submission(place, world.add_redditor("alice"), "A title", "https://paper.example/a")
        app = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "operator": "owner"}
        log_in = {"username": "precis", "password": "right", "subreddits": ("news",)}
        platform = _make("reddit", clock, base_url=server.url, **app, **log_in)
        yield FaultCase(
            clock,
            platform,
            post.id,
            "news",
            lambda: [one.body for one in world.all_comments() if not one.deleted],
            server.url,
        )
        platform.close()


def _make(kind: str, clock: Clock, **settings: Any) -> Platform:
    return adapter_factory(kind)(
        account="summaries", token_store=InMemoryTokenStore(), user_agent="faults/1", clock=clock, **settings
    )


def open_case(platform: str, clock: Clock) -> tuple[AbstractContextManager[FaultCase], FaultInjector]:
    calls = platform.write_calls if isinstance(platform, ServerSoftware) else REDDITS_CALLS
    faults = FaultInjector(calls=calls.values(), delay=timedelta(seconds=60))
    opened = (
        fediverse_case(platform, clock, faults)
        if isinstance(platform, ServerSoftware)
        else reddit_case(clock, faults)
    )
    return opened, faults


def comments_left(platform: str, action: str, fault: Fault) -> list[str]:
    clock = Clock()
    opened, faults = open_case(platform, clock)
    with opened as case, tempfile.TemporaryDirectory() as folder:
        case.platform.connect()
        if action == "comment":
            faults.plan(fault)
            send(case, Path(folder))
        else:
            comment = case.platform.reply(case.post_id, "old", None)
            faults.plan(fault)
            change = case.platform.delete if action == "delete" else edited(case.platform)
            until_clear(case, lambda: change(comment.id))
        return case.texts()


def edited(platform: Platform) -> Callable[[str], None]:
    return lambda comment_id: platform.edit(comment_id, "new")


def until_clear(case: FaultCase, change: Callable[[], None]) -> None:
    """An edit or a delete may be carried out twice: it is repeated until somebody says yes or no."""
    for _ in range(_STEPS):
        try:
            change()
        except Refused:
            return
        except PlatformError:
            case.clock.now += _STEP
        else:
            return


def send(case: FaultCase, folder: Path) -> None:
    """The outbox's way from a finished reply to its end."""
    database = Database(folder / "precis.db", case.clock() - timedelta(days=1))
    queue, source = PostQueue(database), Source("summaries", case.community)
    queue.discover(source, PollResult((case.platform.fetch_post(case.post_id),), "-"), case.clock())
    (task,) = queue.claim(case.clock(), 1, timedelta(minutes=5))
    queue.make_ready(task.row, Reply("new", "en", 300, 90, 70), case.clock(), case.clock())
    outbox = ReplyOutbox(
        case.platform,
        replies=OutgoingReplies(database),
        queue=queue,
        accounts=Accounts(database),
        muted_communities=MutedCommunities(database),
        created_at=database.created_at(),
        check_post=gone_or_locked,
        clock=case.clock,
        timing=SendTiming(),
    )
    for _ in range(_STEPS):
        outbox.process_next()
        case.clock.now += _STEP
    database.close()


def comments_of_plain_praw(fault: Fault, times: int) -> int:
    """One `reply()` of PRAW with nothing of ours in between, when the fault strikes so many times."""
    clock = Clock()
    opened, faults = open_case(REDDIT, clock)
    with opened as case:
        reddit = praw.Reddit(
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            username="precis",
            password="right",
            user_agent="plain PRAW",
            check_for_updates=False,
            oauth_url=case.url,
            reddit_url=case.url,
        )
        faults.plan(*[fault] * times)
        with suppress(PRAWException, prawcore.PrawcoreException):
            reddit.submission(case.post_id).reply("new")
        return len(case.texts())


def main() -> int:
    columns = [f"{platform}\n{' '.join(ACTIONS)}" for platform in PLATFORMS]
    table = Table("fault", *columns, "plain PRAW\nonce", "\ntwice")
    wrong = 0
    for fault in Fault:
        cells = ["      ".join(_cell(on, action, fault) for action in ACTIONS) for on in PLATFORMS]
        wrong += sum("red" in cell for cell in cells)
        plain = [_plain_praw(fault, times) for times in (1, 2)]
        table.add_row(fault.value, *cells, *plain)
    Console(width=200).print(table)
    print(f"{wrong} wrong numbers of ours. A 403 or 404 is a refusal for good: nothing is changed.")
    return 1 if wrong else 0


def has(platform: str, fault: Fault) -> bool:
    return fault not in (NOT_ON_REDDIT if platform == REDDIT else ON_REDDIT_ONLY)


def _cell(platform: str, action: str, fault: Fault) -> str:
    if not has(platform, fault):
        return "-"
    left = comments_left(platform, action, fault)
    return f"{len(left)}" if left == expected_comments(action, fault) else f"[red]{left}[/]"


def _plain_praw(fault: Fault, times: int) -> str:
    if not has(REDDIT, fault):
        return "-"
    comments = comments_of_plain_praw(fault, times)
    expected = comments <= 1 or comments == len(expected_comments("comment", fault))
    return f"{comments}" if expected else f"[red]{comments}[/]"


def _quiet() -> None:
    """The table is what is wanted here, not the outbox's warnings."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)


if __name__ == "__main__":
    _quiet()
    with stamina.set_testing(True), patch.object(FiniteRetryStrategy, "sleep", lambda self: None):
        sys.exit(main())
