"""A stage whose servers lose, delay and break their answers, and a daemon that is killed on it."""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from bot.sandbox.environment import FINAL_STATES, SandboxEnvironment, stop_daemon
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.server_software import LEMMY_VERSIONS, ServerSoftware

SETTLE = 1.2
LATE = timedelta(seconds=0.5)
DAEMON_MODULE = ("bot.sandbox.daemon_process",)
FAULTS = {
    Fault.FAIL: 0.1,
    Fault.DROP: 0.1,
    Fault.STORE_THEN_FAIL: 0.15,
    Fault.STORE_THEN_DROP: 0.15,
    Fault.LATE_COMMIT: 0.1,
    Fault.LATE_LISTING: 0.1,
}
HOMES_FAULTS = {**FAULTS, Fault.PARTIAL_STORE: 0.1, Fault.HANG_AFTER_401: 0.05}
REDDITS_FAULTS = {  # but for the RATELIMIT of ten minutes: it is waited out, longer than a test may take
    **FAULTS,
    Fault.EMPTY_THINGS: 0.1,
    Fault.TOKEN_EXPIRED: 0.05,
    Fault.REDIRECT_TO_SEARCH: 0.05,
}
PATIENCE = 300.0
"""Seconds; a busy machine takes half a minute to start a daemon."""


class KillScenario:
    """`home` alone, or with `subreddits` Reddit too in one daemon; `module` is what runs as the daemon."""

    def __init__(
        self,
        folder: Path,
        module: tuple[str, ...],
        seed: int,
        subreddits: tuple[str, ...] = (),
        home: ServerSoftware = ServerSoftware.LEMMY_0_19,
    ) -> None:
        self._random = random.Random(seed)
        self._module = module
        self._homes = FaultInjector(probabilities=HOMES_FAULTS, delay=LATE, seed=seed)
        self._reddits = FaultInjector(
            calls=("POST /api/comment",), probabilities=REDDITS_FAULTS, delay=LATE, seed=seed
        )
        self.environment = SandboxEnvironment(
            folder, software=home, subreddits=subreddits, faults=self._homes, reddit_faults=self._reddits
        )

    @property
    def injected_faults(self) -> Counter[Fault]:
        """The faults that have happened."""
        return Counter(self._homes.injected + self._reddits.injected)

    def run_with_kills(
        self, kills: int, *, lose_database_at: int | None = None, upgrade_at: int | None = None
    ) -> None:
        """New posts and a kill, again and again; with `upgrade_at` a Lemmy 0.19 is 1.0 from that life on."""
        for kill in range(kills):
            self.add_posts()
            if kill == lose_database_at:
                self._lose_database()
            self._live_and_die(
                self._random.randint(1, 25), self._random.uniform(0.5, 4.0), upgrade=kill == upgrade_at
            )

    def run_to_end(self) -> None:
        """Let the daemon live, still among faults, until no post is on its way."""
        before = self._requests()
        daemon = self._start()
        began = time.monotonic()
        try:
            # Until its first request it may not have got as far as handling SIGTERM.
            while (
                self._requests() == before
                or self.environment.count_finished_posts() < self.environment.count_posts()
            ):
                assert time.monotonic() - began < PATIENCE, self._left_over()
                self._wait(daemon, 0.2)
        finally:
            code = stop_daemon(daemon)
        assert code == 0, f"exit {code}:\n{self.environment.log_path.read_text()[-2000:]}"

    def _left_over(self) -> str:
        """What keeps the posts that have no outcome."""
        waiting = [report for report in self.environment.post_reports() if report.state not in FINAL_STATES]
        why = "\n".join(f"{report.permalink} {report.state}: {report.error}" for report in waiting)
        return f"posts without an outcome:\n{why}\n{self.environment.log_path.read_text()[-2000:]}"

    def replies(self) -> Counter[str]:
        """Comments under each post of both servers, 0 where there is none."""
        submissions = self.environment.reddit.state.submissions
        counted = Counter(dict.fromkeys([*map(str, self.environment.fediverse.state.posts), *submissions], 0))
        counted.update(reply.post_id for reply in self.environment.replies())
        return counted

    def plan(self, fault: Fault) -> None:
        """What happens to the next reply at home."""
        self._homes.plan(fault)

    def add_posts(self) -> None:
        """Two at home, or one on each platform."""
        home, reddit, link = (
            self.environment.fediverse.state,
            self.environment.reddit.state,
            self.environment.article_urls()[0],
        )
        for _ in range(1 if self.environment.subreddits else 2):
            title = f"Post {len(home.posts) + 1}"
            home.add_post(self.environment.communities[0], self.environment.alice, title, link)
        for subreddit in self.environment.subreddits[:1]:
            reddit.add_submission(
                subreddit, self.environment.rosa, f"Post {len(reddit.submissions) + 1}", link
            )

    def _live_and_die(self, requests: int, seconds: float, *, upgrade: bool) -> None:
        """A life that ends at its n-th request to a server, or `seconds` after its first.

        The upgrade comes in the middle of it.
        """
        before = self._requests()
        daemon = self._start()
        began = last = time.monotonic()
        while self._requests() < before + requests and last - began < seconds:
            self._wait(daemon, 0.005)
            last = time.monotonic()
            if upgrade and self._requests() > before + requests // 2:
                self.environment.lemmy.upgrade(LEMMY_VERSIONS[ServerSoftware.LEMMY_1_0])
                upgrade = False
            began = last if self._requests() == before else began
        daemon.kill()
        daemon.wait()
        if upgrade:
            self.environment.lemmy.upgrade(LEMMY_VERSIONS[ServerSoftware.LEMMY_1_0])

    def _requests(self) -> int:
        return len(self.environment.fediverse.requests) + len(self.environment.reddit.requests)

    def _start(self) -> subprocess.Popen[bytes]:
        return self.environment.start_daemon("--settle", str(SETTLE), module=self._module)

    def _wait(self, daemon: subprocess.Popen[bytes], seconds: float) -> None:
        """Let the daemon live on; it must not end by itself."""
        try:
            daemon.wait(seconds)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"the daemon ended by itself:\n{self.environment.log_path.read_text()[-2000:]}")

    def _lose_database(self) -> None:
        for path in self.environment.folder.glob("precis.db*"):
            path.unlink()
