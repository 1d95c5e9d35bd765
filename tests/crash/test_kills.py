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
from bot.sandbox.server import Request
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

    def __init__(self, folder: Path, module: tuple[str, ...], seed: int) -> None:
        self.random = random.Random(seed)
        self.faults = Faults(chances=FAULTS, delay=LATE, seed=seed)
        self.stage = Stage(folder, faults=self.faults)
        self._module = module

    def add_posts(self, count: int) -> None:
        world, link = self.stage.lemmy.world, self.stage.article_urls()[0]
        for _ in range(count):
            world.add_post(self.stage.communities[0], self.stage.alice, f"Post {len(world.posts) + 1}", link)

    def start(self) -> subprocess.Popen[bytes]:
        return self.stage.start_daemon("--settle", str(SETTLE), module=self._module)

    def kill_after(self, requests: int, seconds: float) -> None:
        """A life that ends at its n-th request to a server, whatever it is, or `seconds` after its first."""
        before = len(self.requests())
        daemon = self.start()
        began = last = time.monotonic()
        while len(self.requests()) < before + requests and last - began < seconds:
            with pytest.raises(subprocess.TimeoutExpired):
                daemon.wait(0.005)
            last = time.monotonic()
            began = last if len(self.requests()) == before else began
        daemon.kill()
        daemon.wait()

    def requests(self) -> list[Request]:
        """All that the servers have been asked so far."""
        return self.stage.lemmy.seen

    def posts(self) -> int:
        return len(self.stage.lemmy.world.posts)

    def stop_faults(self) -> None:
        self.faults.stop()

    def finish(self) -> None:
        """Let everything work, and the daemon run until no post is on its way."""
        self.stop_faults()
        daemon = self.start()
        began = time.monotonic()
        while self.stage.ended() < self.posts():
            assert daemon.poll() is None, self.stage.log.read_text()[-2000:]
            assert time.monotonic() - began < PATIENCE, "posts without an outcome"
            with pytest.raises(subprocess.TimeoutExpired):
                daemon.wait(0.2)
        assert stop(daemon) == 0

    def forget_everything(self) -> None:
        for path in self.stage.folder.glob("precis.db*"):
            path.unlink()

    def replies(self) -> Counter[object]:
        """Comments under each post, 0 where there is none."""
        world = self.stage.lemmy.world
        counted: Counter[object] = Counter(dict.fromkeys(world.posts, 0))
        counted.update(comment.post.id for comment in world.all_comments())
        return counted


def life(scene: Scene, kills: int, *, lose_database_at: int | None = None) -> Counter[object]:
    """New posts and a kill, again and again, then a quiet end; the replies under each post."""
    with scene.stage:
        for kill in range(kills):
            scene.add_posts(2)
            if kill == lose_database_at:
                scene.forget_everything()
            scene.kill_after(scene.random.randint(1, 25), scene.random.uniform(0.5, 4.0))
        scene.finish()
        return scene.replies()


@pytest.mark.parametrize("seed", [1, 2])
def test_25_kills_leave_exactly_one_reply_under_each_post(tmp_path: Path, seed: int) -> None:
    scene = Scene(tmp_path, OURS, seed)
    replies = life(scene, 25, lose_database_at=12)
    assert len(scene.faults.drawn) >= 10
    assert set(replies.values()) == {1}, replies


@pytest.mark.parametrize(
    ("strategy", "wrong"), [("post-then-record", "duplicated"), ("record-then-post", "missing")]
)
def test_the_simple_ways_fail_the_same_life(tmp_path: Path, strategy: str, wrong: str) -> None:
    replies = life(Scene(tmp_path, ("tests.crash.strawmen", strategy), seed=3), 5)
    duplicated = [post for post, count in replies.items() if count > 1]
    missing = [post for post, count in replies.items() if count == 0]
    assert {"duplicated": duplicated, "missing": missing}[wrong]
