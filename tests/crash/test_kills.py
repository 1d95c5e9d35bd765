"""The real daemon killed at random moments, over a server that loses, delays and breaks its answers."""

from __future__ import annotations

import random
import subprocess
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.stage import Stage, stop

SETTLE = 1.2
LATE = timedelta(seconds=0.5)
OURS = ("bot.sandbox.daemon",)
FAULTS = {
    Fault.FAIL: 0.1,
    Fault.DROP: 0.1,
    Fault.STORE_THEN_FAIL: 0.15,
    Fault.STORE_THEN_DROP: 0.15,
    Fault.LATE_COMMIT: 0.1,
    Fault.LATE_SHOW: 0.1,
}
PATIENCE = 100.0


class Scene:
    """A stage with faults, and a daemon that is started and killed on it."""

    def __init__(
        self, folder: Path, module: tuple[str, ...], seed: int, subreddits: tuple[str, ...] = ()
    ) -> None:
        self.random = random.Random(seed)
        self.faults = Faults(chances=FAULTS, delay=LATE, seed=seed)
        self.stage = Stage(folder, subreddits=subreddits, faults=self.faults)
        self._module = module

    def add_posts(self, count: int) -> None:
        world, link = self.stage.lemmy.world, self.stage.article_urls()[0]
        for _ in range(count):
            world.add_post(self.stage.communities[0], self.stage.alice, f"Post {len(world.posts) + 1}", link)
        for subreddit in self.stage.subreddits:
            self.stage.reddit.world.add_submission(subreddit, self.stage.rosa, "A post", link)

    def start(self) -> subprocess.Popen[bytes]:
        return self.stage.start_daemon("--settle", str(SETTLE), module=self._module)

    def kill_after(self, requests: int, seconds: float) -> None:
        """A life that ends at its n-th request to the server, or `seconds` after its first."""
        seen = self.stage.lemmy.seen
        before = len(seen)
        daemon = self.start()
        began = last = time.monotonic()
        while len(seen) < before + requests and last - began < seconds:
            with pytest.raises(subprocess.TimeoutExpired):
                daemon.wait(0.005)
            last = time.monotonic()
            began = last if len(seen) == before else began
        daemon.kill()
        daemon.wait()

    def finish(self) -> None:
        """Let everything work, and the daemon run until no post is on its way."""
        self.faults.stop()
        daemon = self.start()
        began = time.monotonic()
        while self.stage.ended() < self.stage.posts():
            assert daemon.poll() is None, self.stage.log.read_text()[-2000:]
            assert time.monotonic() - began < PATIENCE, "posts without an outcome"
            with pytest.raises(subprocess.TimeoutExpired):
                daemon.wait(0.2)
        assert stop(daemon) == 0

    def forget_everything(self) -> None:
        for path in self.stage.folder.glob("precis.db*"):
            path.unlink()

    def replies(self) -> Counter[str]:
        """Comments under each post of both servers, 0 where there is none."""
        submissions = self.stage.reddit.world.submissions
        counted = Counter(dict.fromkeys([*map(str, self.stage.lemmy.world.posts), *submissions], 0))
        counted.update(reply.post_id for reply in self.stage.replies())
        return counted


def live(scene: Scene, kills: int, *, lose_database_at: int | None = None) -> None:
    """New posts and a kill, again and again."""
    for kill in range(kills):
        scene.add_posts(2)
        if kill == lose_database_at:
            scene.forget_everything()
        scene.kill_after(scene.random.randint(1, 25), scene.random.uniform(0.5, 4.0))


@pytest.mark.parametrize(("seed", "subreddits"), [(1, ()), (2, ("news",))])
def test_25_kills_leave_exactly_one_reply_under_each_post(
    tmp_path: Path, seed: int, subreddits: tuple[str, ...]
) -> None:
    scene = Scene(tmp_path, OURS, seed, subreddits)
    with scene.stage:
        live(scene, 25, lose_database_at=12)
        scene.finish()
        replies = scene.replies()
    assert len(scene.faults.drawn) >= 10
    assert set(replies.values()) == {1}, replies


def test_post_then_record_duplicates_in_the_same_life(tmp_path: Path) -> None:
    scene = Scene(tmp_path, ("tests.crash.strawmen", "post-then-record"), seed=3)
    with scene.stage:
        for _ in range(10):
            live(scene, 2)
            if max(scene.replies().values()) > 1:
                return
    pytest.fail("it never posted twice, so the faults are too mild to prove anything")


def test_record_then_post_loses_replies_in_the_same_life(tmp_path: Path) -> None:
    scene = Scene(tmp_path, ("tests.crash.strawmen", "record-then-post"), seed=4)
    with scene.stage:
        live(scene, 8)
        scene.finish()
        assert 0 in scene.replies().values()
