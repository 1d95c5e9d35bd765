"""A stage whose servers lose, delay and break their answers, and a daemon that is killed on it."""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from bot.sandbox.environment import ENDED, Stage, stop
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.server_software import VERSIONS, Home

SETTLE = 1.2
LATE = timedelta(seconds=0.5)
OURS = ("bot.sandbox.daemon_process",)
FAULTS = {
    Fault.FAIL: 0.1,
    Fault.DROP: 0.1,
    Fault.STORE_THEN_FAIL: 0.15,
    Fault.STORE_THEN_DROP: 0.15,
    Fault.LATE_COMMIT: 0.1,
    Fault.LATE_SHOW: 0.1,
}
HOMES_FAULTS = {**FAULTS, Fault.HALF_STORED: 0.1, Fault.POISONED: 0.05}
REDDITS_FAULTS = {  # but for the RATELIMIT of ten minutes: it is waited out, longer than a test may take
    **FAULTS,
    Fault.NOTHING_SHOWN: 0.1,
    Fault.TOKEN_EXPIRED: 0.05,
    Fault.TO_SEARCH: 0.05,
}
PATIENCE = 300.0
"""Seconds; a busy machine takes half a minute to start a daemon."""


class Scene:
    """`home` alone, or with `subreddits` Reddit too in one daemon; `module` is what runs as the daemon."""

    def __init__(
        self,
        folder: Path,
        module: tuple[str, ...],
        seed: int,
        subreddits: tuple[str, ...] = (),
        home: Home = Home.LEMMY_0_19,
    ) -> None:
        self._random = random.Random(seed)
        self._module = module
        self._homes = Faults(chances=HOMES_FAULTS, delay=LATE, seed=seed)
        self._reddits = Faults(calls=("POST /api/comment",), chances=REDDITS_FAULTS, delay=LATE, seed=seed)
        self.stage = Stage(
            folder, home=home, subreddits=subreddits, faults=self._homes, reddit_faults=self._reddits
        )

    @property
    def drawn(self) -> Counter[Fault]:
        """The faults that have happened."""
        return Counter(self._homes.drawn + self._reddits.drawn)

    def live(self, kills: int, *, lose_database_at: int | None = None, upgrade_at: int | None = None) -> None:
        """New posts and a kill, again and again; with `upgrade_at` a Lemmy 0.19 is 1.0 from that life on."""
        for kill in range(kills):
            self.add_posts()
            if kill == lose_database_at:
                self._lose_database()
            self._live_and_die(
                self._random.randint(1, 25), self._random.uniform(0.5, 4.0), upgrade=kill == upgrade_at
            )

    def finish(self) -> None:
        """Let the daemon live, still among faults, until no post is on its way."""
        before = self._requests()
        daemon = self._start()
        began = time.monotonic()
        try:
            # Until its first request it may not have got as far as handling SIGTERM.
            while self._requests() == before or self.stage.ended() < self.stage.posts():
                assert time.monotonic() - began < PATIENCE, self._left_over()
                self._wait(daemon, 0.2)
        finally:
            code = stop(daemon)
        assert code == 0, f"exit {code}:\n{self.stage.log.read_text()[-2000:]}"

    def _left_over(self) -> str:
        """What keeps the posts that have no outcome."""
        waiting = [report for report in self.stage.reports() if report.state not in ENDED]
        why = "\n".join(f"{report.permalink} {report.state}: {report.error}" for report in waiting)
        return f"posts without an outcome:\n{why}\n{self.stage.log.read_text()[-2000:]}"

    def replies(self) -> Counter[str]:
        """Comments under each post of both servers, 0 where there is none."""
        submissions = self.stage.reddit.world.submissions
        counted = Counter(dict.fromkeys([*map(str, self.stage.home.world.posts), *submissions], 0))
        counted.update(reply.post_id for reply in self.stage.replies())
        return counted

    def plan(self, fault: Fault) -> None:
        """What happens to the next reply at home."""
        self._homes.plan(fault)

    def add_posts(self) -> None:
        """Two at home, or one on each platform."""
        home, reddit, link = self.stage.home.world, self.stage.reddit.world, self.stage.article_urls()[0]
        for _ in range(1 if self.stage.subreddits else 2):
            title = f"Post {len(home.posts) + 1}"
            home.add_post(self.stage.communities[0], self.stage.alice, title, link)
        for subreddit in self.stage.subreddits[:1]:
            reddit.add_submission(subreddit, self.stage.rosa, f"Post {len(reddit.submissions) + 1}", link)

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
                self.stage.lemmy.upgrade(VERSIONS[Home.LEMMY_1_0])
                upgrade = False
            began = last if self._requests() == before else began
        daemon.kill()
        daemon.wait()
        if upgrade:
            self.stage.lemmy.upgrade(VERSIONS[Home.LEMMY_1_0])

    def _requests(self) -> int:
        return len(self.stage.home.seen) + len(self.stage.reddit.seen)

    def _start(self) -> subprocess.Popen[bytes]:
        return self.stage.start_daemon("--settle", str(SETTLE), module=self._module)

    def _wait(self, daemon: subprocess.Popen[bytes], seconds: float) -> None:
        """Let the daemon live on; it must not end by itself."""
        try:
            daemon.wait(seconds)
        except subprocess.TimeoutExpired:
            return
        raise AssertionError(f"the daemon ended by itself:\n{self.stage.log.read_text()[-2000:]}")

    def _lose_database(self) -> None:
        for path in self.stage.folder.glob("precis.db*"):
            path.unlink()
