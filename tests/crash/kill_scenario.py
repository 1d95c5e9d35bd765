"""Servers that lose, delay and break their answers, and a daemon that is killed while it uses them."""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from bot.sandbox.clock import set_shifted_clock
from bot.sandbox.environment import FINAL_STATES, SandboxEnvironment, stop_daemon
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.server_software import LEMMY_VERSIONS, ServerSoftware

SETTLE = 1.2
DELAY = timedelta(seconds=0.5)
DAEMON_MODULE = ("bot.sandbox.daemon_process",)
FAULTS = {
    Fault.FAIL: 0.1,
    Fault.DROP: 0.1,
    Fault.STORE_THEN_FAIL: 0.15,
    Fault.STORE_THEN_DROP: 0.15,
    Fault.LATE_COMMIT: 0.1,
    Fault.LATE_LISTING: 0.1,
}
FEDIVERSE_FAULTS = {
    **FAULTS,
    Fault.PARTIAL_STORE: 0.1,
    Fault.HANG_AFTER_401: 0.05,
    Fault.DATABASE_DOWN: 0.1,
}
PIEFED_FAULTS = {**FEDIVERSE_FAULTS, Fault.SLOW_LINK: 0.3}
LINK_DELAY = timedelta(seconds=1)
OUTAGE = timedelta(seconds=2)
REDDIT_FAULTS = {  # not the RATELIMIT of ten minutes: waiting for it takes too long for a test
    **FAULTS,
    Fault.EMPTY_THINGS: 0.1,
    Fault.TOKEN_EXPIRED: 0.05,
    Fault.REDIRECT_TO_SEARCH: 0.05,
}
WRONG_CLOCKS = (timedelta(0), timedelta(hours=-1), timedelta(days=1))
TIMEOUT_SECONDS = 300.0
"""A busy machine takes half a minute to start a daemon."""


class KillScenario:
    """One daemon for a Fediverse server, and for Reddit if there are `subreddits`.

    `module` is the Python module that runs as the daemon, with its arguments. `outage` is how long the
    database of the Fediverse server is down each time. With `wrong_clock`, the daemon's clock is an hour
    behind, a day ahead or right in each run, and is set while it runs.
    """

    def __init__(
        self,
        folder: Path,
        module: tuple[str, ...],
        seed: int,
        subreddits: tuple[str, ...] = (),
        software: ServerSoftware = ServerSoftware.LEMMY_0_19,
        outage: timedelta = OUTAGE,
        *,
        wrong_clock: bool = False,
    ) -> None:
        self._random = random.Random(seed)
        self._module = module
        self._timeout = TIMEOUT_SECONDS + 3 * outage.total_seconds()
        self._fediverse_faults = FaultInjector(
            probabilities=PIEFED_FAULTS if software is ServerSoftware.PIEFED else FEDIVERSE_FAULTS,
            delay=DELAY,
            outage=outage,
            link_delay=LINK_DELAY,
            seed=seed,
        )
        self._reddit_faults = FaultInjector(
            calls=("POST /api/comment",), probabilities=REDDIT_FAULTS, delay=DELAY, seed=seed
        )
        self.environment = SandboxEnvironment(
            folder,
            software=software,
            subreddits=subreddits,
            faults=self._fediverse_faults,
            reddit_faults=self._reddit_faults,
        )

        self._clock_file = folder / "clock" if wrong_clock else None
        self._set_clock()

    def _set_clock(self, by: timedelta = timedelta(0)) -> None:
        if self._clock_file is not None:
            set_shifted_clock(self._clock_file, by)

    @property
    def injected_faults(self) -> Counter[Fault]:
        """The faults that have been injected."""
        return Counter(self._fediverse_faults.injected + self._reddit_faults.injected)

    def run_with_kills(
        self,
        kills: int,
        *,
        lose_database_at: int | None = None,
        upgrade_at: int | None = None,
        outage_at: int | None = None,
    ) -> None:
        """Add posts, start the daemon and kill it, `kills` times.

        The database is deleted before run `lose_database_at`; Lemmy 0.19 becomes 1.0 in run `upgrade_at`. The
        first reply on the Fediverse server from run `outage_at` on meets an outage of the server's database.
        """
        for kill in range(kills):
            self.add_posts()
            if kill == lose_database_at:
                self._delete_database()
            if kill == outage_at:
                self.plan(Fault.DATABASE_DOWN)
            self._run_and_kill(
                self._random.randint(1, 25), self._random.uniform(0.5, 4.0), upgrade=kill == upgrade_at
            )

    def run_to_end(self) -> None:
        """Run the daemon, still with faults, until every post has an outcome.

        A clock that is wrong is a day ahead at first, and is set right after the first request.
        """
        before = self._requests()
        self._set_clock(WRONG_CLOCKS[-1])
        daemon = self._start()
        started = time.monotonic()
        try:
            # Before its first request it may not handle SIGTERM yet.
            while (
                self._requests() == before
                or self.environment.count_finished_posts() < self.environment.count_posts()
            ):
                if self._requests() > before:
                    self._set_clock()
                assert time.monotonic() - started < self._timeout, self._unfinished_posts()
                self._wait(daemon, 0.2)
        finally:
            code = stop_daemon(daemon)
        assert code == 0, f"exit {code}:\n{self.environment.log_path.read_text()[-2000:]}"

    def _unfinished_posts(self) -> str:
        """The posts without an outcome, with their errors, the number of unknown ones, and the log."""
        known = self.environment.post_reports()
        waiting = [report for report in known if report.state not in FINAL_STATES]
        errors = "\n".join(f"{report.permalink} {report.state}: {report.error}" for report in waiting)
        unknown = self.environment.count_posts() - len(known)
        log = self.environment.log_path.read_text()[-2000:]
        return f"{unknown} posts that were not found; posts without an outcome:\n{errors}\n{log}"

    def replies(self) -> Counter[str]:
        """The number of comments on each post of both servers."""
        submissions = self.environment.reddit.state.submissions
        counted = Counter(dict.fromkeys([*map(str, self.environment.fediverse.state.posts), *submissions], 0))
        counted.update(reply.post_id for reply in self.environment.replies())
        return counted

    def plan(self, fault: Fault) -> None:
        """Plan the fault of the next reply on the Fediverse server."""
        self._fediverse_faults.plan(fault)

    def add_posts(self) -> None:
        """Two on the Fediverse server, or one on each platform."""
        fediverse, reddit, link = (
            self.environment.fediverse.state,
            self.environment.reddit.state,
            self.environment.article_urls()[0],
        )
        for _ in range(1 if self.environment.subreddits else 2):
            title = f"Post {len(fediverse.posts) + 1}"
            fediverse.add_post(self.environment.communities[0], self.environment.alice, title, link)
        for subreddit in self.environment.subreddits[:1]:
            reddit.add_submission(
                subreddit, self.environment.rosa, f"Post {len(reddit.submissions) + 1}", link
            )

    def _run_and_kill(self, requests: int, seconds: float, *, upgrade: bool) -> None:
        """Start the daemon and kill it after so many requests to a server, or `seconds` after the first.

        An upgrade happens halfway.
        """
        before = self._requests()
        self._set_clock(self._random.choice(WRONG_CLOCKS))
        jump_at = before + requests // 2
        daemon = self._start()
        started = now = time.monotonic()
        while self._requests() < before + requests and now - started < seconds:
            self._wait(daemon, 0.005)
            now = time.monotonic()
            if self._requests() > jump_at:
                self._set_clock(self._random.choice(WRONG_CLOCKS))
                jump_at = before + requests
            if upgrade and self._requests() > before + requests // 2:
                self.environment.lemmy.upgrade(LEMMY_VERSIONS[ServerSoftware.LEMMY_1_0])
                upgrade = False
            started = now if self._requests() == before else started
        daemon.kill()
        daemon.wait()
        if upgrade:
            self.environment.lemmy.upgrade(LEMMY_VERSIONS[ServerSoftware.LEMMY_1_0])

    def _requests(self) -> int:
        return len(self.environment.fediverse.requests) + len(self.environment.reddit.requests)

    def _start(self) -> subprocess.Popen[bytes]:
        clock = () if self._clock_file is None else ("--clock", str(self._clock_file))
        return self.environment.start_daemon("--settle", str(SETTLE), *clock, module=self._module)

    def _wait(self, daemon: subprocess.Popen[bytes], seconds: float) -> None:
        """Wait while the daemon runs; it must not end by itself."""
        try:
            daemon.wait(seconds)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"the daemon ended by itself:\n{self.environment.log_path.read_text()[-2000:]}")

    def _delete_database(self) -> None:
        for path in self.environment.folder.glob("precis.db*"):
            path.unlink()
