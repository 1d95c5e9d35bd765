from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.core.errors import StoreError
from bot.core.models import Comment, PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import Accounts, Database, OutgoingReplies, PostQueue, SentReplies, State
from bot.store.daemon_lock import daemon_lock
from bot.store.post_lookup import all_posts, find_posts
from bot.store.status_reports import status_report
from bot.store.tables import posts
from tests.conftest import START, Clock, a_post
from tests.store.conftest import creates_tables

SOURCE = Source("home", "news@lemmy.example")
LEASE = timedelta(minutes=5)
REPLY = Reply("A sentence.", "en", article_words=900, summary_words=90, saved=90)


@pytest.fixture
def queue(database: Database) -> PostQueue:
    return PostQueue(database)


def discover(queue: PostQueue, *numbers: int, cursor: str = "c") -> int:
    return queue.discover(SOURCE, PollResult(tuple(a_post(n) for n in numbers), cursor), START)


def count_replies(queue: PostQueue, community: str, since: datetime) -> int:
    return queue.obstacles.before_fetch(a_post(community=community), "fediverse", since).replies


def test_a_post_is_discovered_once_and_the_cursor_moves_with_it(queue: PostQueue) -> None:
    assert queue.cursor(SOURCE, START) is None
    assert discover(queue, 1, 2, cursor="a") == 2
    assert discover(queue, 2, 3, cursor="b") == 1
    assert queue.cursor(SOURCE, START) == "b"


def test_the_same_id_on_another_account_is_another_post(queue: PostQueue) -> None:
    discover(queue, 1)
    other = Source("away", None)
    assert queue.discover(other, PollResult((a_post(1, account="away"),), "x"), START) == 1


def test_a_claimed_post_equals_the_discovered_one(queue: PostQueue, clock: Clock) -> None:
    seen = a_post(7, title="Ünïcode \U0001f600", language="de", nsfw=True, score=-3)
    queue.discover(SOURCE, PollResult((seen,), "c"), clock())
    (task,) = queue.claim(clock(), 5, LEASE)
    assert task.post == seen
    assert task.attempts == 0


def test_a_leased_post_is_not_claimed_again_until_the_lease_ends(queue: PostQueue, clock: Clock) -> None:
    discover(queue, 1)
    (task,) = queue.claim(clock(), 5, LEASE)
    assert queue.claim(clock.advance(299), 5, LEASE) == []
    assert queue.claim(clock.advance(1), 5, LEASE) == [task]


def test_released_posts_can_be_claimed_at_once(queue: PostQueue, clock: Clock) -> None:
    discover(queue, 1, 2)
    taken = queue.claim(clock(), 5, LEASE)
    queue.release([taken[0].row])
    assert queue.claim(clock(), 5, LEASE) == [taken[0]]
    queue.release()
    assert len(queue.claim(clock(), 5, LEASE)) == 2


def test_the_newest_posts_are_claimed_first(queue: PostQueue, clock: Clock) -> None:
    discover(queue, 1, 3, 2)
    assert [task.post.id for task in queue.claim(clock(), 2, LEASE)] == ["3", "2"]


def test_a_failed_post_is_retried_later_and_counts_its_attempts(queue: PostQueue, clock: Clock) -> None:
    discover(queue, 1)
    (task,) = queue.claim(clock(), 1, LEASE)
    queue.retry(task.row, "the site was down", clock() + timedelta(seconds=60))
    assert queue.claim(clock.advance(59), 1, LEASE) == []
    (again,) = queue.claim(clock.advance(1), 1, LEASE)
    assert again.attempts == 1


def test_replies_are_counted_by_community_and_time(
    database: Database, queue: PostQueue, clock: Clock
) -> None:
    replies = OutgoingReplies(database)
    discover(queue, 1, 2)
    for task in queue.claim(clock(), 2, LEASE):
        queue.make_ready(task.row, REPLY, clock(), clock())
    replies.mark_sent(1, Comment("c1", "1", "https://lemmy.example/comment/1", clock()), clock())
    assert count_replies(queue, "news@lemmy.example", clock() - timedelta(hours=24)) == 2
    assert count_replies(queue, "news@lemmy.example", clock() + timedelta(seconds=1)) == 1  # it is ready
    assert count_replies(queue, "other@lemmy.example", clock() - timedelta(hours=24)) == 0


@pytest.mark.parametrize("distinguish", [True, False])
def test_a_sent_reply_needs_no_other_commit_before_its_first_check(
    database: Database, queue: PostQueue, clock: Clock, distinguish: bool
) -> None:
    discover(queue, 1)
    (task,) = queue.claim(clock(), 1, LEASE)
    queue.make_ready(task.row, REPLY, clock(), clock())
    asked: list[str] = []

    def must_distinguish(community: str) -> bool:
        asked.append(community)
        return distinguish

    hour = timedelta(hours=1)
    outgoing = OutgoingReplies(database, first_check=hour, must_distinguish=must_distinguish)
    outgoing.mark_sent(task.row, Comment("9", "1", "https://lemmy.example/comment/9", clock()), clock())
    replies = SentReplies(database)
    assert asked == ["news@lemmy.example"]
    assert (replies.next_to_distinguish("home", clock()) is not None) is distinguish
    assert replies.due_for_check("home", clock(), 9) == []
    assert len(replies.due_for_check("home", clock.advance(3600), 9)) == 1


def test_the_text_of_a_reply_is_erased_when_it_is_sent(
    database: Database, queue: PostQueue, clock: Clock
) -> None:
    discover(queue, 1)
    (task,) = queue.claim(clock(), 1, LEASE)
    queue.make_ready(task.row, REPLY, clock(), clock())
    drafts = OutgoingReplies(database)
    draft = drafts.next_due("home", clock())
    assert draft is not None
    assert draft.markdown == REPLY.markdown
    drafts.mark_sent(draft.row, Comment("9", "1", "https://lemmy.example/comment/9", clock()), clock())
    with database.read_transaction() as connection:
        row = connection.execute(select(posts)).one()
    assert (row.state, row.markdown, row.saved, row.comment_id) == (State.SENT, None, 90, "9")


def test_old_posts_are_erased_except_ids_states_hashes_and_numbers(
    database: Database, queue: PostQueue, clock: Clock
) -> None:
    discover(queue, 1)
    (task,) = queue.claim(clock(), 1, LEASE)
    queue.skip(task.row, Skipped(SkipReason.WALL, "isAccessibleForFree is false"), clock())
    assert queue.erase_content(clock()) == 0
    assert queue.erase_content(clock.advance(1)) == 1
    with database.read_transaction() as connection:
        row = connection.execute(select(posts)).one()
    assert (row.content, row.error, row.reason, row.post_id) == (None, None, "wall", "1")
    assert len(row.url_hash) == 64
    assert find_posts(database, "https://lemmy.example/post/1")[0].title == ""
    assert discover(queue, 1) == 0


@creates_tables
def test_everything_survives_reopening(database: Database, queue: PostQueue, clock: Clock) -> None:
    discover(queue, 1, cursor="far")
    created = database.created_at()
    database.close()
    again = Database(database.location, clock.advance(1000))
    assert PostQueue(again).cursor(SOURCE, clock()) == "far"
    assert len(PostQueue(again).claim(clock(), 5, LEASE)) == 1
    assert again.created_at() == created == START
    again.close()


def test_a_second_daemon_on_the_same_file_is_refused(tmp_path) -> None:
    with (
        daemon_lock(tmp_path / "precis.db"),
        pytest.raises(StoreError, match="Another precis daemon is already running") as refused,
        daemon_lock(tmp_path / "precis.db"),
    ):
        pass
    assert "set another database" in refused.value.remedy
    with daemon_lock(tmp_path / "precis.db"):
        pass  # free again


@creates_tables
def test_a_file_that_is_not_a_database_is_refused(tmp_path, clock: Clock) -> None:
    path = tmp_path / "precis.db"
    path.write_bytes(b"not a database at all, but long enough to be taken for one" * 20)
    with pytest.raises(StoreError, match="is not a database"):
        Database(path, clock())


@creates_tables
def test_a_missing_folder_is_refused(tmp_path, clock: Clock) -> None:
    with pytest.raises(StoreError, match="No such file or directory"):
        Database(tmp_path / "nowhere" / "precis.db", clock())


def test_a_database_of_a_newer_version_is_refused_and_unchanged(database: Database, clock: Clock) -> None:
    with database.write_transaction() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(StoreError, match="newer version"):
        Database(database.location, clock())


def test_tokens_are_saved_for_each_account(database: Database, clock: Clock) -> None:
    accounts = Accounts(database)
    assert accounts.load("home") is None
    accounts.save("home", "secret")
    accounts.set_error("home", "The password is wrong.", clock())
    assert accounts.load("home") == "secret"
    accounts.save("home", None)
    assert accounts.load("home") is None
    assert status_report(database).account_errors == {"home": "The password is wrong."}


def test_status_counts_posts_and_why_explains_them(
    database: Database, queue: PostQueue, clock: Clock
) -> None:
    discover(queue, 1, 2, 3, 4)
    tasks = {task.post.id: task for task in queue.claim(clock(), 4, LEASE)}
    queue.skip(tasks["1"].row, Skipped(SkipReason.NOT_FOUND, "404"), clock())
    queue.retry(tasks["2"].row, "the site was down", clock() + timedelta(minutes=1))
    queue.make_ready(tasks["3"].row, REPLY, clock(), clock())
    report = status_report(database)
    assert report.states == {State.SKIPPED: 1, State.DISCOVERED: 2, State.READY: 1}
    assert report.reasons == {SkipReason.NOT_FOUND: 1}
    assert report.oldest_waiting is not None
    sentences = [each.sentence(clock()) for each in all_posts(database)]
    assert sentences[0] == "The page does not exist or was removed. (404)"
    assert sentences[1] == (
        "Waiting for attempt 2, after 2026-03-01 12:01:00 UTC. Last result: the site was down"
    )
    assert sentences[2] == "The reply is ready and will be sent now."
    assert sentences[3] == "Discovered, waiting to be processed."


def test_reading_beside_a_daemon_changes_nothing(database: Database, queue: PostQueue) -> None:
    discover(queue, 1)
    reader = Database(database.location, None)
    assert len(all_posts(reader)) == 1
    reader.close()


def test_reading_a_missing_database_names_the_remedy(tmp_path) -> None:
    with pytest.raises(StoreError, match="There is no database") as missing:
        Database(tmp_path / "precis.db", None)
    assert "precis run" in missing.value.remedy
    assert not (tmp_path / "precis.db").exists()
