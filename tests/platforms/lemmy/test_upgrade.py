"""A server that is upgraded from 0.19 to 1.0, or set back, while the bot runs."""

import json
from datetime import timedelta

import pytest

from bot.core.errors import AccountError, PlatformError, Unreachable
from bot.core.models import Reply
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.platforms.lemmy import Lemmy
from bot.sandbox.faults import Fault
from bot.sandbox.lemmy.rate_limits import DEFAULT_LIMITS
from bot.sandbox.loopback_server import Request, Response
from bot.store import Accounts, Database, MutedCommunities, OutgoingReplies, PostQueue
from bot.store.status_reports import all_posts
from tests.platforms.lemmy.conftest import V3, V4, LemmyEnvironment, ids, only_on


def poll_twice(stage: LemmyEnvironment, adapter: Lemmy, cursor: str | None) -> tuple[list[int], str | None]:
    """The first poll after an upgrade may say that it has to be made again."""
    for _ in range(2):
        try:
            batch = adapter.poll(stage.community_source, cursor, stage.since())
        except Unreachable:
            continue
        return ids(batch), batch.cursor
    raise AssertionError("two polls failed")


def test_an_upgrade_is_noticed_at_the_next_poll_and_the_mark_still_holds(stage: LemmyEnvironment) -> None:
    before, after = (V4, V3) if stage.is_v4 else (V3, V4)
    first = [stage.post(f"Post {number}", ago=60 - number).id for number in range(30)]
    adapter = stage.adapter()
    found, cursor = poll_twice(stage, adapter, None)
    assert found == first
    stage.server.upgrade(after)
    news = stage.post("news", ago=0)
    assert poll_twice(stage, adapter, cursor)[0] == [news.id]
    paths = [request.path for request in stage.server.requests if request.path.endswith("/post/list")]
    assert paths[-1] == ("/api/v4/post/list" if after == V4 else "/api/v3/post/list")
    assert before != after


@only_on(V3)
def test_posts_on_later_pages_are_not_lost_to_the_shim(stage: LemmyEnvironment) -> None:
    """1.0 answers 0.19's list too, with one page and no word of more."""
    adapter = stage.adapter()
    stage.post("first", ago=500)
    _, cursor = poll_twice(stage, adapter, None)
    posts = [stage.post(f"Post {number}", ago=400 - number).id for number in range(130)]
    stage.server.upgrade(V4)
    found, _ = poll_twice(stage, adapter, cursor)
    assert found == posts


@only_on(V3)
def test_a_sweep_that_was_under_way_begins_anew(stage: LemmyEnvironment) -> None:
    """Its page token is of the other version."""
    posts = [stage.post(f"Post {number}", ago=1300 - number).id for number in range(1200)]
    adapter = stage.adapter()
    found, cursor = poll_twice(stage, adapter, None)
    assert "sweep_page" in json.loads(cursor or "")
    stage.server.upgrade(V4)
    for _ in range(6):
        more, cursor = poll_twice(stage, adapter, cursor)
        found = [*found, *more]
        stage.clock.advance(minutes=20)
    assert set(found) == set(posts)


def test_a_nodeinfo_out_of_a_cache_deceives_nobody(stage: LemmyEnvironment) -> None:
    lie = V3 if stage.is_v4 else V4
    stage.answer("GET /nodeinfo/2.1", 200, {"software": {"name": "lemmy", "version": lie}})
    stage.post()
    adapter = stage.adapter()
    adapter.connect()
    assert len(adapter.poll(stage.community_source, None, stage.since()).posts) == 1
    assert stage.calls("GET /post/list")
    stage.server.requests.clear()
    stage.clock.advance(minutes=61)
    adapter.connect()  # by now the site is believed, so that no counts of limits are thrown away
    (prefix,) = {request.path[:7] for request in stage.server.requests}
    assert prefix == ("/api/v4" if stage.is_v4 else "/api/v3")


@only_on(V3)
def test_the_token_is_renewed_when_the_upgrade_logged_everybody_out(stage: LemmyEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    adapter.connect()
    stage.clock.advance(minutes=30)
    stage.server.upgrade(V4)
    stage.server.revoke_tokens()
    for _ in range(3):
        try:
            adapter.own_comments(str(post.id))
            adapter.reply(str(post.id), "text", None)
            break
        except (AccountError, PlatformError):
            continue
    (comment,) = stage.server.state.all_comments()
    assert comment.creator is stage.bot
    assert stage.server.requests[-1].path == "/api/v4/comment"


@only_on(V3)
def test_the_limits_are_counted_as_the_new_version_counts(stage: LemmyEnvironment) -> None:
    stage.server._numbers = DEFAULT_LIMITS
    stage.server.upgrade(V3)
    adapter = stage.adapter()
    adapter.connect()
    stage.server.upgrade(V4)
    stage.clock.advance(minutes=61)
    for number in range(12):
        stage.clock.now = adapter.next_reply_at("news@home") or stage.clock.now
        adapter.reply(str(stage.post().id), f"text {number}", None)
    assert len(stage.server.state.all_comments()) == 12


@pytest.mark.parametrize("fault", [None, Fault.STORE_THEN_DROP, Fault.LATE_COMMIT, Fault.PARTIAL_STORE])
@pytest.mark.parametrize("at", [1, 3, 5])
@only_on(V3)
def test_through_the_outbox_nothing_is_lost_or_answered_twice(
    stage: LemmyEnvironment, database: Database, at: int, fault: Fault | None
) -> None:
    """The upgrade comes after `at` replies, and the reply under way at that moment goes wrong."""
    posts = [stage.post(f"Post {number}", ago=30 - number) for number in range(8)]
    adapter, queue = stage.adapter(), PostQueue(database)
    outbox = make_outbox(stage, database, adapter)
    cursor: str | None = None
    for round_ in range(60):
        try:
            batch = adapter.poll(stage.community_source, cursor, stage.since())
        except PlatformError:
            pass
        else:
            queue.discover(stage.community_source, batch, stage.clock())
            cursor = batch.cursor
        for task in queue.claim(stage.clock(), 10, timedelta(minutes=1)):
            reply = Reply(f"Summary of {task.post.id}.", "en", 900, 90, 90)
            queue.make_ready(task.row, reply, stage.clock(), stage.clock())
        outbox.process_next()
        if stage.server.version == V3 and len(stage.server.state.all_comments()) >= at:
            stage.server.faults.plan(*([fault] if fault else []))
            outbox.process_next()
            stage.server.upgrade(V4)
            posts.append(stage.post("after the upgrade", ago=0))
        stage.clock.advance(seconds=20)
        if round_ % 5 == 4:
            stage.clock.advance(seconds=160)
    answered = sorted(comment.post.id for comment in stage.server.state.all_comments())
    assert answered == sorted(post.id for post in posts)
    assert {report.state for report in all_posts(database)} == {"sent"}
    assert (stage.server.version, stage.server.faults.injected) == (V4, (fault,) if fault else ())


def make_outbox(stage: LemmyEnvironment, database: Database, adapter: Lemmy) -> ReplyOutbox:
    return ReplyOutbox(
        adapter,
        replies=OutgoingReplies(database),
        queue=PostQueue(database),
        accounts=Accounts(database),
        muted_communities=MutedCommunities(database),
        created_at=database.created_at(),
        check_post=gone_or_locked,
        clock=stage.clock,
        timing=SendTiming(settle=timedelta(seconds=150), read_gap=timedelta(seconds=30)),
    )


@only_on(V3)
def test_an_unfamiliar_answer_of_the_same_version_changes_nothing(stage: LemmyEnvironment) -> None:
    """A list without a page token, from a server that says 0.19 when it is asked again."""
    stage.post()

    def without_token(request: Request) -> Response:
        answer = stage.server.handle(request)
        assert isinstance(answer, Response)
        body = json.loads(bytes(answer.body))  # type: ignore[arg-type]
        del body["next_page"]
        return Response.from_json(body)

    stage.answers["GET /post/list"] = without_token
    assert len(stage.adapter().poll(stage.community_source, None, stage.since()).posts) == 1
