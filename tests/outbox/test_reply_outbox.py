"""The outbox over a fake platform whose answers each test chooses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from bot.core.errors import AccountError, PlatformError, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.models import Comment, Dialect, PollResult, Post, Reply, Source
from bot.core.skip_reasons import SkipReason
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.store import Accounts, Database, MutedCommunities, OutgoingReplies, PostQueue, SentReplies
from bot.store.backlog import find_backlog
from bot.store.manual_actions import unmute
from bot.store.post_lookup import all_posts
from bot.store.post_reports import PostReport
from bot.store.status_reports import status_report
from tests.conftest import START, Clock, a_post, on_sqlite

TIMING = SendTiming(
    settle=timedelta(seconds=150), read_gap=timedelta(seconds=30), backoff=timedelta(seconds=60)
)


class FakePlatform:
    """A server in memory. `answers` has one entry for each reply; None stores and confirms it."""

    account = "home"
    dialect = Dialect.LEMMY

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.comments: list[Comment] = []
        self.answers: list[PlatformError | Exception | None] = []
        self.stores = True
        self.read_error: PlatformError | None = None
        self.post = a_post(1)
        self.pause: datetime | None = None
        self.sent = 0
        self.reads = 0

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        self.reads += 1
        if self.read_error:
            raise self.read_error
        return tuple(self.comments)

    def fetch_post(self, post_id: str) -> Post:
        return self.post

    def next_reply_at(self, community: str) -> datetime | None:
        return self.pause

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        self.sent += 1
        answer = self.answers.pop(0) if self.answers else None
        comment = Comment(
            str(self.sent), post_id, f"https://lemmy.example/comment/{self.sent}", self._clock()
        )
        if answer is None or (self.stores and not isinstance(answer, (RetryLater, Refused, Unreachable))):
            self.comments.append(comment)
        if answer is not None:
            raise answer
        return comment

    def own_replies_to_comment(self, post_id: str, comment_id: str) -> tuple[Comment, ...]:
        return self.own_comments(post_id)

    def reply_to_comment(
        self, post_id: str, comment_id: str, markdown: str, language: str | None, *, refused_sends: int = 0
    ) -> Comment:
        return self.reply(post_id, markdown, language)


@pytest.fixture
def platform(clock: Clock) -> FakePlatform:
    return FakePlatform(clock)


@pytest.fixture
def outbox(database: Database, platform: FakePlatform, clock: Clock) -> ReplyOutbox:
    return ready_outbox(database, platform, clock)


def ready_outbox(database: Database, platform: FakePlatform, clock: Clock) -> ReplyOutbox:
    """An outbox with one reply that is ready."""
    queue = PostQueue(database)
    queue.discover(Source("home", None), PollResult((a_post(1),), "c"), clock())
    (task,) = queue.claim(clock(), 1, timedelta(minutes=1))
    queue.make_ready(task.row, Reply("Text.", "en", 900, 90, 90), clock(), clock())
    return make_outbox(database, platform, clock)


def make_outbox(database: Database, platform: FakePlatform, clock: Callable[[], datetime]) -> ReplyOutbox:
    return ReplyOutbox(
        platform,  # type: ignore[arg-type]
        replies=OutgoingReplies(database),
        queue=PostQueue(database),
        accounts=Accounts(database),
        muted_communities=MutedCommunities(database),
        created_at=database.created_at(),
        check_post=gone_or_locked,
        clock=clock,
        timing=TIMING,
        messaging=platform,  # type: ignore[arg-type]
    )


def run(outbox: ReplyOutbox) -> None:
    while outbox.process_next():
        pass


def the_post(database: Database) -> PostReport:
    (report,) = all_posts(database)
    return report


def test_a_reply_is_sent_once(outbox: ReplyOutbox, platform: FakePlatform, database: Database) -> None:
    run(outbox)
    run(outbox)
    assert platform.sent == 1
    assert the_post(database).state == "sent"


@pytest.mark.parametrize("answer", [UnknownOutcome("no answer in time"), RuntimeError("a bug")])
def test_after_an_ambiguous_answer_the_reply_is_found_and_not_resent(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock, answer: Exception
) -> None:
    platform.answers = [answer]
    run(outbox)
    assert the_post(database).state == "sending"
    clock.advance(149)
    run(outbox)
    assert the_post(database).state == "sending"
    clock.advance(1)
    run(outbox)
    assert (platform.sent, the_post(database).state) == (1, "sent")


def test_a_reply_that_was_not_stored_is_resent_after_two_empty_reads(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.answers = [UnknownOutcome("connection dropped")]
    platform.stores = False
    run(outbox)
    clock.advance(150)
    run(outbox)
    assert (platform.sent, the_post(database).state) == (1, "sending")
    clock.advance(30)
    run(outbox)
    assert (platform.sent, the_post(database).state) == (2, "sent")


def test_a_comment_that_appears_between_the_two_reads_is_found(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.answers = [UnknownOutcome("500")]
    run(outbox)
    hidden, platform.comments = platform.comments, []
    clock.advance(150)
    run(outbox)
    platform.comments = hidden
    clock.advance(30)
    run(outbox)
    assert (platform.sent, the_post(database).state) == (1, "sent")


def test_rows_in_sending_at_start_up_wait_for_the_settle_time_again(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.answers = [UnknownOutcome("killed here")]
    run(outbox)
    clock.advance(140)
    assert OutgoingReplies(database).restart_settling(clock() + TIMING.settle) == 1
    clock.advance(100)
    run(outbox)
    assert the_post(database).state == "sending"
    clock.advance(50)
    run(outbox)
    assert (platform.sent, the_post(database).state) == (1, "sent")


def test_an_existing_reply_is_recorded_before_the_first_attempt(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.comments = [Comment("5", "1", "https://lemmy.example/comment/5", clock(), gone=True)]
    run(outbox)
    assert platform.sent == 0
    assert the_post(database).comment_url == "https://lemmy.example/comment/5"


def test_posts_older_than_the_database_wait_for_what_an_earlier_one_sent(
    database: Database, platform: FakePlatform, clock: Clock
) -> None:
    queue = PostQueue(database)
    old = a_post(1, published=START - timedelta(minutes=1))
    queue.discover(Source("home", None), PollResult((old,), "c"), clock())
    (task,) = queue.claim(clock(), 1, timedelta(minutes=1))
    queue.make_ready(task.row, Reply("Text.", "en", 900, 90, 90), clock(), clock())
    outbox = make_outbox(database, platform, clock)
    run(outbox)
    assert platform.sent == 0
    clock.advance(150)
    run(outbox)
    assert platform.sent == 1


def test_a_rate_limit_is_waited_for(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.answers = [RetryLater(clock() + timedelta(seconds=100), "rate limit")]
    run(outbox)
    assert the_post(database).state == "ready"
    clock.advance(99)
    run(outbox)
    assert platform.sent == 1
    clock.advance(1)
    run(outbox)
    assert (platform.sent, the_post(database).state) == (2, "sent")


def test_our_own_rate_limit_is_checked_before_anything_is_committed(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.pause = clock() + timedelta(seconds=100)
    run(outbox)
    assert (platform.sent, the_post(database).sends) == (0, 0)
    clock.advance(100)
    platform.pause = None
    run(outbox)
    assert platform.sent == 1


def test_a_refusal_skips_the_post_with_its_reason(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database
) -> None:
    platform.answers = [Refused(SkipReason.LOCKED, "locked")]
    run(outbox)
    assert (the_post(database).state, the_post(database).reason) == ("skipped", SkipReason.LOCKED)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"gone": True}, SkipReason.GONE),
        ({"locked": True}, SkipReason.LOCKED),
        ({"banned": True}, SkipReason.BANNED),
    ],
)
def test_a_post_that_changed_in_the_meantime_gets_no_reply(
    outbox: ReplyOutbox,
    platform: FakePlatform,
    database: Database,
    change: dict[str, bool],
    reason: SkipReason,
) -> None:
    platform.post = a_post(1, **change)
    run(outbox)
    assert (platform.sent, the_post(database).reason) == (0, reason)


@pytest.mark.parametrize("error", [Unreachable("hidden"), Refused(SkipReason.NSFW, "the account hides it")])
def test_a_post_that_got_a_reason_to_skip_is_skipped_although_its_comments_are_hidden(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, error: PlatformError
) -> None:
    platform.read_error, platform.post = error, a_post(1, locked=True)
    run(outbox)
    assert (platform.sent, the_post(database).reason) == (0, SkipReason.LOCKED)


def test_a_reply_under_comments_that_the_account_does_not_see_is_skipped(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database
) -> None:
    platform.read_error = Refused(SkipReason.NSFW, "the account hides NSFW posts")
    run(outbox)
    assert (platform.sent, the_post(database).state, the_post(database).reason) == (
        0,
        "skipped",
        SkipReason.NSFW,
    )
    assert the_post(database).error == "the account hides NSFW posts"


@on_sqlite  # thousands of transactions
def test_hidden_comments_are_read_ever_less_often_and_logged_once(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.read_error = Unreachable("the list of comments is incomplete")
    reads = []
    with capture_logs() as lines:
        for minute in range(24 * 60):
            before = platform.reads
            run(outbox)
            reads += [minute] * (platform.reads - before)
            clock.advance(60)
    assert reads[:7] == [0, 1, 3, 7, 15, 31, 63]
    assert len(reads) == 7 + 22
    assert [line["event"] for line in lines] == ["cannot send for now"]


@pytest.mark.parametrize("state", ["skipped", "dead", "withdrawn"])
def test_the_failures_of_a_reply_that_ended_are_not_kept_for_good(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock, state: str
) -> None:
    platform.read_error = Unreachable("the list of comments is incomplete")
    run(outbox)
    assert outbox._failures.rows == {1}
    if state == "skipped":
        platform.post, platform.read_error = replace(platform.post, gone=True), None
        clock.advance(3600)
        run(outbox)
    elif state == "dead":
        OutgoingReplies(database).mark_dead(1, "no clear answer", clock())
    else:
        SentReplies(database).withdraw(1, clock(), "The poster asked for it.")
    assert the_post(database).state == ("dead" if state == "dead" else "skipped")
    clock.advance(26 * 3600)
    platform.read_error = Unreachable("the list of comments is incomplete")
    queue = PostQueue(database)
    queue.discover(Source("home", None), PollResult((a_post(2),), "c"), clock())
    (task,) = queue.claim(clock(), 1, timedelta(minutes=1))
    queue.make_ready(task.row, Reply("Text.", "en", 900, 90, 90), clock(), clock())
    platform.post = a_post(2)
    run(outbox)
    assert outbox._failures.rows == {task.row} != {1}


def test_an_ambiguous_reply_below_hidden_comments_is_skipped_after_a_day(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.answers = [UnknownOutcome("500")]
    run(outbox)
    platform.read_error = Refused(SkipReason.NSFW, "the account hides NSFW posts")
    for _ in range(24):
        run(outbox)
        assert the_post(database).state == "sending"
        clock.advance(3600)
    run(outbox)
    assert (platform.sent, the_post(database).reason) == (1, SkipReason.NSFW)
    assert "not known whether the reply was stored" in (the_post(database).error or "")


@pytest.mark.parametrize(
    "reason",
    [SkipReason.BANNED, SkipReason.LOCKED, SkipReason.GONE, SkipReason.TOO_LONG, SkipReason.REFUSED],
)
@pytest.mark.parametrize("parent_id", ["", "50"])
def test_each_refused_reply_leaves_one_line_in_the_log(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, reason: SkipReason, parent_id: str
) -> None:
    """A reply to a post, or to the comment that requested it."""
    database.update_post(1, parent_id=parent_id)
    platform.answers = [Refused(reason, "the server answers 400: not this one")]
    with capture_logs() as lines:
        run(outbox)
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("the reply was refused", "warning")
    assert (line["account"], line["community"], line["post"]) == ("home", "news@lemmy.example", "1")
    assert (line["reason"], line["error"]) == (reason.value, "the server answers 400: not this one")
    assert line["muted"] is (reason is SkipReason.BANNED)


@pytest.mark.parametrize(
    ("change", "reason"), [({"gone": True}, SkipReason.GONE), ({"locked": True}, SkipReason.LOCKED)]
)
def test_a_reply_that_is_skipped_before_it_is_sent_leaves_one_line_in_the_log(
    outbox: ReplyOutbox, platform: FakePlatform, change: dict[str, bool], reason: SkipReason
) -> None:
    platform.post = a_post(1, **change)
    with capture_logs() as lines:
        run(outbox)
    (line,) = lines
    assert (line["event"], line["community"], line["post"], line["reason"]) == (
        "skipped",
        "news@lemmy.example",
        "1",
        reason.value,
    )


def test_an_unreachable_server_is_retried_with_growing_pauses(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.answers = [Unreachable("refused"), Unreachable("refused")]
    run(outbox)
    clock.advance(60)
    run(outbox)
    assert platform.sent == 2
    clock.advance(119)
    run(outbox)
    assert platform.sent == 2
    clock.advance(1)
    run(outbox)
    assert (platform.sent, the_post(database).state) == (3, "sent")


def test_nothing_is_sent_or_decided_while_the_read_back_fails(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.answers = [UnknownOutcome("no answer")]
    run(outbox)
    platform.read_error = Unreachable("down")
    for _ in range(5):
        clock.advance(3600)
        run(outbox)
    assert (platform.sent, the_post(database).state) == (1, "sending")
    platform.read_error = None
    clock.advance(3600)
    run(outbox)
    assert (platform.sent, the_post(database).state) == (1, "sent")


def test_a_broken_account_is_shown_in_status_and_the_reply_is_kept(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database
) -> None:
    platform.answers = [AccountError("The token was revoked.", "Log in again.")]
    platform.stores = False
    run(outbox)
    assert status_report(database).account_errors == {"home": "The token was revoked. Log in again."}
    assert the_post(database).state == "ready"


def test_a_reply_that_never_gets_a_clear_answer_is_dead_at_the_end(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.answers = [UnknownOutcome("500")] * 10
    platform.stores = False
    for _ in range(60):
        run(outbox)
        clock.advance(60)
    assert (platform.sent, the_post(database).state) == (TIMING.max_sends, "dead")
    assert the_post(database).reason is SkipReason.NO_CLEAR_ANSWER
    assert "Failed after 5 attempts" in the_post(database).sentence(clock())


def test_clear_refusals_do_not_count_as_sends_without_a_clear_answer(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    """A server that is busy for a while, or an account that is banned for a day, must not end a reply."""
    refusals: list[PlatformError] = [Unreachable("refused"), AccountError("banned", "Ask.")]
    platform.answers = [*refusals * TIMING.max_sends, UnknownOutcome("500")]
    platform.stores = False
    for _ in range(2 * TIMING.max_sends + 3):
        run(outbox)
        clock.advance(3600)
    assert the_post(database).state == "sent"


def test_an_unexpected_error_is_logged_and_holds_up_no_other_reply(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    queue = PostQueue(database)
    queue.discover(Source("home", None), PollResult((a_post(2, published=clock()),), "c"), clock())
    (task,) = queue.claim(clock(), 1, timedelta(minutes=1))
    queue.make_ready(task.row, Reply("Text.", "en", 900, 90, 90), clock(), clock())
    platform.read_error = ZeroDivisionError("a bug")  # type: ignore[assignment]
    with capture_logs() as entries:
        run(outbox)
        platform.read_error = None
        run(outbox)
    assert [line["event"] for line in entries if "exc_info" in line] == [
        "a call failed with an unexpected error"
    ]
    assert sorted(report.state for report in all_posts(database)) == ["ready", "sent"]
    clock.advance(60)
    run(outbox)
    assert sorted(report.state for report in all_posts(database)) == ["sent", "sent"]


def test_a_ban_mutes_the_community_until_it_is_unmuted(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    queue, mutes = PostQueue(database), MutedCommunities(database)
    queue.discover(Source("home", None), PollResult((a_post(2),), "d"), clock())
    (task,) = queue.claim(clock(), 1, timedelta(minutes=1))
    queue.make_ready(task.row, Reply("Text.", "en", 900, 90, 90), clock(), clock())
    platform.answers = [Refused(SkipReason.BANNED, "banned from news")]
    run(outbox)
    assert platform.sent == 1
    assert [each.reason for each in all_posts(database)] == [SkipReason.BANNED, SkipReason.BANNED]
    (mute,) = mutes.list_all()
    assert (mute.community, mute.detail) == ("news@lemmy.example", "banned from news")
    assert unmute(database, "news@lemmy.example", clock()) == 1
    assert mutes.list_all() == ()


def test_a_post_that_links_elsewhere_is_processed_again(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.post = a_post(1, url="https://paper.example/another")
    run(outbox)
    assert (platform.sent, the_post(database).state) == (0, "discovered")
    (task,) = PostQueue(database).claim(clock(), 5, timedelta(minutes=1))
    assert task.post == platform.post
    PostQueue(database).make_ready(task.row, Reply("Of another.", "en", 900, 90, 90), clock(), clock())
    run(outbox)
    assert (platform.sent, the_post(database).state) == (1, "sent")


def test_a_post_that_lost_its_link_is_processed_again_and_nothing_is_sent(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.post = a_post(1, url=None)
    run(outbox)
    assert (platform.sent, the_post(database).state) == (0, "discovered")
    (task,) = PostQueue(database).claim(clock(), 5, timedelta(minutes=1))
    assert task.post.url is None


def test_a_reply_that_waits_for_a_rate_limit_causes_no_calls(
    outbox: ReplyOutbox, platform: FakePlatform, database: Database, clock: Clock
) -> None:
    platform.pause = clock() + timedelta(minutes=5)
    platform.read_error = Unreachable("nobody should have asked")
    run(outbox)
    (plan,) = status_report(database).plans
    assert (plan.waiting, plan.next_at) == (1, platform.pause)
    sentence = the_post(database).sentence(clock())
    assert sentence.endswith(" Last result: waiting until the server allows the next comment")
    assert find_backlog(database, clock() + timedelta(minutes=4)) is None


class VotingPlatform(FakePlatform):
    """Its comments start with a vote of their author; removing it raises `error`, if there is one."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.removed_votes: list[str] = []
        self.error: Exception | None = None

    def remove_own_vote(self, comment_id: str) -> None:
        self.removed_votes.append(comment_id)
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize(
    "error", [None, UnknownOutcome("500"), AccountError("banned", "ask"), ValueError("bug")]
)
@pytest.mark.parametrize("answer", [None, UnknownOutcome("no answer in time")])
def test_the_own_vote_is_removed_once_and_never_changes_the_replys_state(
    database: Database, clock: Clock, error: Exception | None, answer: PlatformError | None
) -> None:
    platform = VotingPlatform(clock)
    platform.error, platform.answers = error, [answer]
    outbox = ready_outbox(database, platform, clock)
    run(outbox)
    clock.advance(1000)
    run(outbox)
    assert (platform.removed_votes, platform.sent, the_post(database).state) == (["1"], 1, "sent")
    assert status_report(database).account_errors == {}
