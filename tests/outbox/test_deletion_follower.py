"""Replies are deleted with their posts: with real adapters over HTTP, and with few calls."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import AccountError, PlatformError, Refused, RetryLater, Unreachable
from bot.core.models import Comment, PollResult, Post, Reply, Source
from bot.core.skip_reasons import SkipReason
from bot.core.time_limit import TimeLimit
from bot.outbox.deletion_follower import MAX_CHECKS_PER_RUN, MAX_ERRORS, DeletionFollower
from bot.platforms import adapter_factory
from bot.sandbox.server_software import ServerSoftware
from bot.store import Accounts, Database, DeletionChecks, OutgoingReplies, PostQueue, SentReplies
from bot.store.post_lookup import all_posts
from tests.conftest import START, Clock, a_post

SOURCE = Source("home", None)


def sent(database: Database, clock: Clock, posts: list[Post], comments: list[str]) -> None:
    """Record posts whose replies are on the server."""
    queue = PostQueue(database)
    queue.discover(SOURCE, PollResult(tuple(posts), "-"), clock())
    ids = dict(zip((post.id for post in posts), comments, strict=True))
    for task in queue.claim(clock(), len(posts), timedelta(minutes=5)):
        queue.make_ready(task.row, Reply("Text.", "en", 900, 90, 90), clock(), clock())
        comment = Comment(ids[task.post.id], task.post.id, "https://lemmy.example/comment", clock())
        OutgoingReplies(database).mark_sent(task.row, comment, clock())


def run(follower: DeletionFollower) -> int:
    return follower.run(TimeLimit.start(threading.Event(), 60))


@pytest.mark.parametrize("home", ServerSoftware)
def test_a_reply_is_deleted_with_its_deleted_or_removed_post(
    home: ServerSoftware, clock: Clock, database: Database
) -> None:
    with home.create_server(clock=clock) as server:
        world = server.state
        world.add_person("precis", password="right", bot_account=True)
        news, alice = world.add_community("news"), world.add_person("alice")
        posts = [world.add_post(news, alice, f"Post {n}", f"https://paper.example/{n}") for n in range(3)]
        platform = adapter_factory(home.account_kind)(
            account="home",
            base_url=server.url,
            username="precis",
            password="right",
            token_store=Accounts(database),
            user_agent="following/1",
            clock=clock,
        )
        read = [platform.fetch_post(str(post.id)) for post in posts]
        replies: list[str] = []
        for post in posts:
            clock.now = platform.next_reply_at("news") or clock.now
            replies.append(platform.reply(str(post.id), "Text.", None).id)
        sent(database, clock, read, replies)
        follower = DeletionFollower(platform, DeletionChecks(database), clock)
        assert run(follower) == 0
        posts[0].deleted, posts[1].removed = True, True
        assert run(follower) == 2
        assert run(follower) == 0
        platform.close()
    assert [comment.deleted for comment in world.all_comments()] == [True, True, False]
    assert [report.state for report in all_posts(database)] == ["deleted", "deleted", "sent"]


class FakePlatform:
    account = "home"

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.gone = False
        self.trouble: PlatformError | None = None
        self.unreadable: set[int] = set()

    def fetch_post(self, post_id: str) -> Post:
        self.asked.append(int(post_id))
        if self.trouble is not None and not isinstance(self.trouble, Refused):
            raise self.trouble
        if int(post_id) in self.unreadable:
            raise Unreachable("the post cannot be read")
        return a_post(int(post_id), gone=self.gone)

    def delete(self, comment_id: str) -> None:
        if self.trouble is not None:
            raise self.trouble


def follower_of(platform: Any, database: Database, clock: Clock) -> DeletionFollower:
    return DeletionFollower(platform, DeletionChecks(database), clock)


def test_a_run_checks_a_few_posts_in_turn_and_no_old_ones(database: Database, clock: Clock) -> None:
    numbers = range(1, MAX_CHECKS_PER_RUN + 6)
    sent(database, clock, [a_post(number) for number in numbers], [str(number) for number in numbers])
    platform = FakePlatform()
    follower = follower_of(platform, database, clock)
    run(follower)
    assert len(platform.asked) == MAX_CHECKS_PER_RUN
    clock.advance(3600)
    run(follower)
    assert set(platform.asked) == set(numbers)
    assert len(platform.asked) == 2 * MAX_CHECKS_PER_RUN
    clock.advance(3 * 86400)
    run(follower)
    assert len(platform.asked) == 2 * MAX_CHECKS_PER_RUN


def test_a_run_without_a_limit_checks_all_recent_posts(database: Database, clock: Clock) -> None:
    numbers = range(1, 2 * MAX_CHECKS_PER_RUN)
    sent(database, clock, [a_post(number) for number in numbers], [str(number) for number in numbers])
    platform = FakePlatform()
    limit = TimeLimit.start(threading.Event(), 60)
    follower_of(platform, database, clock).run(limit, max_checks=None)
    assert sorted(platform.asked) == list(numbers)


def test_a_refused_delete_is_left_to_the_follow_up(database: Database, clock: Clock) -> None:
    """Which retries with growing pauses, and reports the error."""
    sent(database, clock, [a_post(1)], ["7"])
    platform = FakePlatform()
    platform.gone, platform.trouble = True, Refused(SkipReason.BANNED, "banned")
    follower = follower_of(platform, database, clock)
    assert [run(follower), run(follower)] == [0, 0]
    assert platform.asked == [1]
    due = SentReplies(database).next_to_delete("home", clock())
    assert due is not None
    assert due.comment_id == "7"


def test_a_post_that_cannot_be_read_does_not_hold_up_the_others(database: Database, clock: Clock) -> None:
    """Not even for `precis run --once`, which starts with the newest reply each time."""
    sent(database, clock, [a_post(number) for number in range(1, 4)], ["1", "2", "3"])
    clock.advance(60)
    sent(database, clock, [a_post(4)], ["4"])
    platform = FakePlatform()
    platform.gone, platform.unreadable = True, {4}
    for _ in range(2):
        run(follower_of(platform, database, clock))
    assert sorted(report.state for report in all_posts(database)) == ["deleted"] * 3 + ["sent"]


def test_a_server_that_is_down_is_asked_a_few_times_only(database: Database, clock: Clock) -> None:
    sent(database, clock, [a_post(number) for number in range(1, 9)], [str(number) for number in range(1, 9)])
    platform = FakePlatform()
    platform.trouble = Unreachable("down")
    run(follower_of(platform, database, clock))
    assert len(platform.asked) == MAX_ERRORS


@pytest.mark.parametrize("trouble", [RetryLater(START, "busy"), AccountError("banned", "Ask.")])
def test_an_error_that_concerns_all_posts_ends_the_run(
    database: Database, clock: Clock, trouble: PlatformError
) -> None:
    sent(database, clock, [a_post(1), a_post(2)], ["1", "2"])
    platform = FakePlatform()
    platform.trouble = trouble
    run(follower_of(platform, database, clock))
    assert len(platform.asked) == 1


def test_an_error_leaves_the_reply_for_a_later_run(database: Database, clock: Clock) -> None:
    sent(database, clock, [a_post(1)], ["7"])
    platform = FakePlatform()
    platform.gone, platform.trouble = True, Unreachable("down")
    follower = follower_of(platform, database, clock)
    assert run(follower) == 0
    assert [report.state for report in all_posts(database)] == ["sent"]
    platform.trouble = None
    assert run(follower) == 1
    assert all_posts(database)[0].sentence(clock()).endswith("The post was deleted or removed.")
