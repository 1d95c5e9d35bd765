"""The same life over both platforms in one daemon, each server with faults of its own."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

from bot.sandbox.faults import Fault, Faults
from bot.sandbox.server import Request
from bot.sandbox.stage import Stage
from tests.crash.test_kills import FAULTS, LATE, OURS, Scene, life

REDDITS_FAULTS = FAULTS | {
    Fault.NOTHING_SHOWN: 0.1,
    Fault.TOKEN_EXPIRED: 0.05,
    Fault.RATELIMIT_ITEM: 0.05,
    Fault.TO_SEARCH: 0.05,
}


class SceneOfBoth(Scene):
    """Posts appear on Lemmy and on Reddit by turns."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.faults = Faults(chances=FAULTS, delay=LATE, seed=seed)
        self.reddits_faults = Faults(
            calls=("POST /api/comment",), chances=REDDITS_FAULTS, delay=LATE, seed=seed + 1
        )
        self.stage = Stage(
            folder, subreddits=("news", "worldnews"), faults=self.faults, reddit_faults=self.reddits_faults
        )
        self._module = OURS

    def add_posts(self, count: int) -> None:
        super().add_posts(count - count // 2)
        world, link = self.stage.reddit.world, self.stage.article_urls()[0]
        for _ in range(count // 2):
            number = len(world.submissions)
            world.add_submission(self.stage.subreddits[number % 2], self.stage.rosa, f"Post {number}", link)

    def kill_after(self, requests: int, seconds: float) -> None:
        """Two platforms are asked twice as much, and each reply on Reddit takes four calls."""
        super().kill_after(4 * requests, 2 * seconds)

    def requests(self) -> list[Request]:
        return self.stage.lemmy.seen + self.stage.reddit.seen

    def posts(self) -> int:
        return self.stage.posts()

    def stop_faults(self) -> None:
        super().stop_faults()
        self.reddits_faults.stop()

    def replies(self) -> Counter[object]:
        counted: Counter[object] = Counter(super().replies())
        world = self.stage.reddit.world
        counted.update(dict.fromkeys(world.submissions, 0))
        counted.update(comment.submission.id for comment in world.all_comments())
        return counted


def test_kills_leave_exactly_one_reply_under_each_post_of_both(tmp_path: Path) -> None:
    scene = SceneOfBoth(tmp_path, seed=4)
    replies = life(scene, 12, lose_database_at=6)
    assert len(replies) == 24
    assert set(replies.values()) == {1}, replies
    assert len(scene.faults.drawn + scene.reddits_faults.drawn) >= 4
