"""The fault matrix: for each fault, platform and action the comments that are on the server in the end.

    python -m benchmarks.faults

A comment is sent by the real outbox with a real database. Edits and deletes are repeated until there is a
clear answer, which is safe. The clock jumps. The last columns show plain PRAW with the same comment.
Exits with 1 if any number is wrong.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
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
from bot.core.models import Article, Digest, Page, PollResult, Source, Summary
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.pipeline.process import process_post
from bot.pipeline.services import PipelineServices
from bot.platforms import adapter_factory
from bot.platforms.base import Platform
from bot.rules import CommunityRules
from bot.sandbox.faults import OUTSIDE_CALLS, Fault, FaultInjector
from bot.sandbox.reddit import RedditSandbox
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from bot.sandbox.server_software import ServerSoftware
from bot.store import Accounts, Database, MutedCommunities, OutgoingReplies, PostQueue
from tests.platforms.clock import ManualClock

ACTIONS = ("comment", "edit", "delete")
REDDIT = "Reddit"
PLATFORMS = (*ServerSoftware, REDDIT)
REDDIT_ONLY = frozenset(list(Fault)[list(Fault).index(Fault.EMPTY_THINGS) :])
NOT_ON_REDDIT = frozenset({Fault.HANG_AFTER_401, Fault.DATABASE_DOWN, Fault.SLOW_LINK})
ONLY_ON_PIEFED = frozenset({Fault.SLOW_LINK})
OUTAGES = tuple(timedelta(seconds=seconds) for seconds in (5, 20, 120))
"""How long the database is down for `Fault.DATABASE_DOWN`."""
PERMANENT_REFUSALS = frozenset({Fault.FORBIDDEN, Fault.NOT_FOUND})
"""The server refuses: no comment is created, and an existing one stays as it was."""
REDDIT_CALLS = {"comment": "POST /api/comment", "edit": "POST /api/editusertext", "delete": "POST /api/del"}
_DIGEST = Digest(Article("A title", "new", "en", 1, 900), Summary(("new",), 900, 90, "precis"))
_STEP = timedelta(seconds=15)
_STEPS = 200


@dataclass
class FaultCase:
    """A server with one post and one planned fault, and an adapter for it."""

    clock: ManualClock
    platform: Platform
    post_id: str
    community: str
    texts: Callable[[], list[str]]
    """The texts of the comments on the server."""
    url: str


def expected_comments(action: str, fault: Fault) -> list[str]:
    """The texts of the comments that must be on the server in the end."""
    if fault in PERMANENT_REFUSALS:
        return [] if action == "comment" else ["old"]
    return {"comment": ["new"], "edit": ["new"], "delete": []}[action]


@dataclass
class InMemoryTokenStore:
    tokens: dict[str, str | None] = field(default_factory=dict)

    def load(self, account: str) -> str | None:
        return self.tokens.get(account)

    def save(self, account: str, token: str | None) -> None:
        self.tokens[account] = token


@contextmanager
def fediverse_case(
    software: ServerSoftware, clock: ManualClock, faults: FaultInjector
) -> Iterator[FaultCase]:
    with software.create_server(clock=clock, faults=faults) as server:
        state = server.state
        state.add_person("precis", password="right", bot_account=True)
        community = state.add_community("news")
        post = state.add_post(community, state.add_person("alice"), "A title", "https://paper.example/a")
        platform = _make(
            software.account_kind, clock, base_url=server.url, username="precis", password="right"
        )
        yield FaultCase(
            clock,
            platform,
            str(post.id),
            f"news@{state.host}",
            lambda: [each.content for each in state.all_comments() if not each.deleted],
            server.url,
        )
        platform.close()


@contextmanager
def reddit_case(clock: ManualClock, faults: FaultInjector) -> Iterator[FaultCase]:
    with RedditSandbox(clock=clock, faults=faults, token_lifetime=timedelta(days=9)) as server:
        state = server.state
        state.add_redditor("precis", password="right")
        community = state.add_subreddit("news")
        post = state.add_submission(
            community, state.add_redditor("alice"), "A title", "https://paper.example/a"
        )
        app = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "operator": "owner"}
        log_in = {"username": "precis", "password": "right", "subreddits": ("news",)}
        platform = _make("reddit", clock, base_url=server.url, **app, **log_in)
        yield FaultCase(
            clock,
            platform,
            post.id,
            "news",
            lambda: [each.body for each in state.all_comments() if not each.deleted],
            server.url,
        )
        platform.close()


def _make(kind: str, clock: ManualClock, **settings: Any) -> Platform:
    return adapter_factory(kind)(
        account="summaries", token_store=InMemoryTokenStore(), user_agent="faults/1", clock=clock, **settings
    )


def open_case(
    platform: str, clock: ManualClock, outage: timedelta = OUTAGES[0]
) -> tuple[AbstractContextManager[FaultCase], FaultInjector]:
    calls = platform.write_calls if isinstance(platform, ServerSoftware) else REDDIT_CALLS
    faults = FaultInjector(calls=calls.values(), delay=timedelta(seconds=60), outage=outage)
    opened = (
        fediverse_case(platform, clock, faults)
        if isinstance(platform, ServerSoftware)
        else reddit_case(clock, faults)
    )
    return opened, faults


def comments_left(platform: str, action: str, fault: Fault, outage: timedelta = OUTAGES[0]) -> list[str]:
    clock = ManualClock()
    opened, faults = open_case(platform, clock, outage)
    if fault in OUTSIDE_CALLS:
        faults.plan(fault)  # happens when the case adds its post
    with opened as case, tempfile.TemporaryDirectory() as folder:
        case.platform.connect()
        if action == "comment":
            if fault not in OUTSIDE_CALLS:
                faults.plan(fault)
            send_reply(case, Path(folder))
        else:
            comment = case.platform.reply(case.post_id, "old", None)
            faults.plan(fault)
            change = case.platform.delete if action == "delete" else edit_action(case.platform)
            until_clear(case, lambda: change(comment.id))
        return [text.partition("\n\n---\n\n")[0] for text in case.texts()]


def edit_action(platform: Platform) -> Callable[[str], None]:
    return lambda comment_id: platform.edit(comment_id, "new")


def until_clear(case: FaultCase, change: Callable[[], None]) -> None:
    """Repeat an edit or a delete until it succeeds or is refused; both may be executed twice."""
    for _ in range(_STEPS):
        try:
            change()
        except Refused:
            return
        except PlatformError:
            case.clock.now += _STEP
        else:
            return


def send_reply(case: FaultCase, folder: Path) -> None:
    """Let the pipeline and the outbox process the post until its outcome is known."""
    database = Database(folder / "precis.db", case.clock() - timedelta(days=1))
    queue, source = PostQueue(database), Source("summaries", case.community)
    queue.discover(source, PollResult((case.platform.fetch_post(case.post_id),), "-"), case.clock())
    services = PipelineServices(
        queue=queue,
        muted_communities=MutedCommunities(database),
        fetch=lambda url: Page(url, b""),
        digest=lambda page, length, method, **_: _DIGEST,
        rules_for=lambda community: CommunityRules(),
        dialect_of=lambda account: case.platform.dialect,
        source_url="https://precis.example",
        clock=case.clock,
        retries=(),
        fetch_post=lambda post: case.platform.fetch_post(post.id),
    )
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
        for claimed in queue.claim(case.clock(), 1, timedelta(minutes=5)):
            process_post(claimed, services)
        outbox.process_next()
        case.clock.now += _STEP
    database.close()


def comments_of_plain_praw(fault: Fault, times: int) -> int:
    """The comments after one `reply()` of plain PRAW, when the fault happens `times` times."""
    clock = ManualClock()
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
    for name, fault, outage in _rows():
        cells = ["      ".join(_cell(on, action, fault, outage) for action in ACTIONS) for on in PLATFORMS]
        wrong += sum("red" in cell for cell in cells)
        plain = [_plain_praw(fault, times) for times in (1, 2)]
        table.add_row(name, *cells, *plain)
    Console(width=200).print(table)
    print(f"{wrong} wrong numbers of Precis. After a 403 or 404 nothing may change.")
    return 1 if wrong else 0


def _rows() -> Iterator[tuple[str, Fault, timedelta]]:
    """The rows of the table: name, fault, and the length of an outage."""
    for fault in Fault:
        if fault is Fault.DATABASE_DOWN:
            for outage in OUTAGES:
                yield f"{fault.value}: {outage.total_seconds():.0f} s", fault, outage
        else:
            yield fault.value, fault, OUTAGES[0]


def can_happen(platform: str, action: str, fault: Fault) -> bool:
    if fault in OUTSIDE_CALLS and action != "comment":
        return False
    if fault in ONLY_ON_PIEFED:
        return platform == ServerSoftware.PIEFED
    return fault not in (NOT_ON_REDDIT if platform == REDDIT else REDDIT_ONLY)


def _cell(platform: str, action: str, fault: Fault, outage: timedelta) -> str:
    if not can_happen(platform, action, fault):
        return "-"
    left = comments_left(platform, action, fault, outage)
    return f"{len(left)}" if left == expected_comments(action, fault) else f"[red]{left}[/]"


def _plain_praw(fault: Fault, times: int) -> str:
    if not can_happen(REDDIT, "comment", fault):
        return "-"
    comments = comments_of_plain_praw(fault, times)
    expected = comments <= 1 or comments == len(expected_comments("comment", fault))
    return f"{comments}" if expected else f"[red]{comments}[/]"


def _disable_logs() -> None:
    """Switch off the outbox's warnings, so that only the table is printed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)


if __name__ == "__main__":
    _disable_logs()
    with stamina.set_testing(True), patch.object(FiniteRetryStrategy, "sleep", lambda self: None):
        sys.exit(main())
