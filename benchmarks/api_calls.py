"""The API calls of Precis in an hour, and in the busiest minute: `make api-calls`.

    python -m benchmarks.api_calls [--communities N]

All jobs of the daemon run against the sandbox's servers over real HTTP, on a clock that jumps from job
to job, so an hour takes seconds. Every request is counted, including those for logins and nodeinfo.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.config import load
from bot.config.setting_types import to_toml
from bot.core.models import Reply
from bot.core.time_limit import TimeLimit
from bot.daemon.app import App
from bot.daemon.scheduler import Job
from bot.daemon.tuning import Tuning
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.loopback_server import Disconnect, LoopbackServer, Request, Response
from bot.sandbox.piefed import PieFedSandbox
from bot.sandbox.reddit import RedditSandbox
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from tests.platforms.clock import ManualClock

KINDS = ("Lemmy 0.19", "Lemmy 1.0", "PieFed")
_VERSIONS = {"Lemmy 0.19": "0.19.20", "Lemmy 1.0": "1.0.0-beta.1"}
_HOUR = timedelta(hours=1)
BACKLOG = 12
"""Posts in each community at the start of the first hour, all from the last day."""


@dataclass
class RequestRecorder:
    """Passes requests to a server and records when each was made."""

    handler: Callable[[Request], Response | Disconnect]
    clock: ManualClock
    calls: list[tuple[datetime, str]] = field(default_factory=list)

    def __call__(self, request: Request) -> Response | Disconnect:
        self.calls.append((self.clock(), f"{request.method} {request.path}"))
        return self.handler(request)

    def between(self, begin: datetime, end: datetime) -> Counter[str]:
        """Number of calls by purpose."""
        return Counter(purpose(call) for when, call in self.calls if begin <= when < end)

    def busiest_minute(self) -> int:
        """The largest number of calls in any 60 seconds."""
        times = [when for when, _ in self.calls]
        minute = timedelta(minutes=1)
        return max((sum(begin <= when < begin + minute for when in times) for begin in times), default=0)


def purpose(call: str) -> str:
    """The purpose of a call."""
    path = call.partition(" ")[2].rstrip("/")
    if path.endswith(("/new", "/post/list")):
        return "lists of posts"
    if path.endswith("/community/follow"):
        return "subscribing"
    if path.endswith("/community") or "/wiki/" in path:
        return "communities and their pages"
    if call.startswith("POST") and path.endswith("/comment"):
        return "replies"
    if path.endswith(("/login", "access_token", "/site", "/account", "/me", "validate_auth")):
        return "login and server information"
    if "nodeinfo" in path:
        return "login and server information"
    return "inbox, posts and own comments"


class BenchmarkSetup:
    """A Fediverse server and a Reddit with `communities` each, and the jobs of one daemon for both."""

    def __init__(self, folder: Path, kind: str, communities: int) -> None:
        self.clock = ManualClock()
        self.fediverse: LemmySandbox | PieFedSandbox
        if kind == "PieFed":
            self.fediverse = PieFedSandbox(clock=self.clock)
        else:
            self.fediverse = LemmySandbox(version=_VERSIONS[kind], clock=self.clock)
        self.reddit = RedditSandbox(clock=self.clock)
        self.fediverse_calls = RequestRecorder(self.fediverse.handle, self.clock)
        self.reddit_calls = RequestRecorder(self.reddit.handle, self.clock)
        self._kind = kind
        self._folder = folder
        state, other = self.fediverse.state, self.reddit.state
        state.add_person("precis", password="sandbox", bot_account=True)
        other.add_redditor("precis", password="sandbox")
        self.author, self.redditor = state.add_person("alice"), other.add_redditor("rosa")
        self.communities = [state.add_community(f"news{number}") for number in range(communities)]
        self.subreddits = [other.add_subreddit(f"news{number}") for number in range(communities)]
        for number in range(BACKLOG):
            self.add_posts(timedelta(hours=23 * number / BACKLOG))

    def add_posts(self, ago: timedelta = timedelta(0), url: str | None = None) -> None:
        """Add a post to each community. Without a link it gets no reply."""
        when = self.clock.now - ago
        for community in self.communities:
            self.fediverse.state.add_post(community, self.author, "A title", url, published=when)
        for subreddit in self.subreddits:
            self.reddit.state.add_submission(subreddit, self.redditor, "A title", url, published=when)

    @contextmanager
    def app(self) -> Iterator[App]:
        with ExitStack() as stack:
            fediverse = stack.enter_context(LoopbackServer(self.fediverse_calls))
            reddit = stack.enter_context(LoopbackServer(self.reddit_calls))
            tuning = Tuning(clock=self.clock, connection_settings={"reddit": {"base_url": reddit.url}})
            yield stack.enter_context(App(load(self._config(fediverse.url), {}), tuning))

    def _config(self, url: str) -> Path:
        path = self._folder / "config.toml"
        platform = "piefed" if self._kind == "PieFed" else "lemmy"
        names = [f"{each.name}@{each.host}" for each in self.communities]
        path.write_text(
            f"""[bot]
owner = "calls@localhost.invalid"
[workers]
processes = 1
[{platform}.fediverse]
server = "{url}"
username = "precis"
password = "sandbox"
communities = {to_toml(names)}
[reddit.second]
client_id = "{CLIENT_ID}"
client_secret = "{CLIENT_SECRET}"
operator = "calls"
username = "precis"
password = "sandbox"
subreddits = {to_toml([each.name for each in self.subreddits])}
"""
        )
        path.chmod(0o600)
        return path


def run_jobs(
    clock: ManualClock, jobs: tuple[Job, ...], until: datetime, every: timedelta = timedelta(seconds=30)
) -> None:
    """Run the jobs as the scheduler does, but none more often than once per `every`."""
    stop = threading.Event()
    due = [(clock.now, number) for number in range(len(jobs))]
    heapq.heapify(due)
    while due[0][0] < until:
        clock.now, number = heapq.heappop(due)
        jobs[number].run(TimeLimit.start(stop, jobs[number].max_seconds))
        heapq.heappush(due, (clock.now + max(jobs[number].interval, every), number))
    clock.now = until


def calls_per_hour(kind: str, communities: int, count: int = 2) -> list[tuple[Counter[str], Counter[str]]]:
    """The calls to the Fediverse server and to Reddit, in each hour of a daemon that starts without data."""
    with tempfile.TemporaryDirectory() as folder:
        setup = BenchmarkSetup(Path(folder), kind, communities)
        begin = setup.clock.now
        with setup.app() as app:
            run_jobs(setup.clock, app.jobs(), begin + count * _HOUR)
        starts = [begin + number * _HOUR for number in range(count + 1)]
        return [
            (setup.fediverse_calls.between(start, end), setup.reddit_calls.between(start, end))
            for start, end in itertools.pairwise(starts)
        ]


def calls_in_burst(posts: int) -> tuple[int, int, timedelta]:
    """`posts` posts on Reddit at once: number of replies, calls in the busiest minute, and time taken.

    The summaries are prepared, which does not change the calls to Reddit.
    """
    with tempfile.TemporaryDirectory() as folder:
        setup = BenchmarkSetup(Path(folder), "Lemmy 0.19", communities=2)
        state, begin = setup.reddit.state, setup.clock.now
        for number in range(posts):
            link = f"https://paper.example/{number}"
            state.add_submission(setup.subreddits[number % 2], setup.redditor, "A title", link)
        with setup.app() as app:
            jobs = {job.name: job for job in app.jobs()}
            jobs["poll second"].run(TimeLimit.start(threading.Event(), 60))
            for task in app.queue.claim(begin, 2 * posts, timedelta(minutes=5)):
                if task.post.url is not None:
                    app.queue.make_ready(task.row, Reply("A summary.", "en", 900, 90, 90), begin, begin)
            both = (jobs["poll second"], jobs["send second"])
            while len(state.all_comments()) < posts and setup.clock.now < begin + 4 * _HOUR:
                run_jobs(setup.clock, both, setup.clock.now + timedelta(minutes=1), timedelta(seconds=1))
        return len(state.all_comments()), setup.reddit_calls.busiest_minute(), setup.clock.now - begin


def calls_table(kind: str, communities: int) -> Table:
    table = Table(
        "hour",
        "purpose",
        kind,
        "Reddit",
        "total",
        title=f"{communities} quiet communities on each platform",
        title_justify="left",
    )
    for number, (fediverse, reddit) in enumerate(calls_per_hour(kind, communities)):
        name = ("first", "later")[number]
        for what in sorted(fediverse.keys() | reddit.keys()):
            table.add_row(name, what, str(fediverse[what]), str(reddit[what]), "")
        sums = (fediverse.total(), reddit.total(), fediverse.total() + reddit.total())
        table.add_row(name, "[b]total[/]", *map(str, sums), end_section=True)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communities", type=int, default=10)
    parser.add_argument("--posts", type=int, default=300)
    options = parser.parse_args()
    console = Console()
    for kind in KINDS:
        console.print(calls_table(kind, options.communities))
    replies, most, took = calls_in_burst(options.posts)
    console.print(
        f"{replies} replies on Reddit within {took}; the busiest minute had {most} calls (100 are allowed)"
    )


if __name__ == "__main__":
    main()
