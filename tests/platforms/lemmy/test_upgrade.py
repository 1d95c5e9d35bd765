"""A server that is upgraded from 0.19 to 1.0, or downgraded, while the bot runs."""

import json
from datetime import timedelta

import pytest

from bot.core.errors import AccountError, PlatformError, Unreachable
from bot.core.models import Reply
from bot.notices.software_versions import is_major_update
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.platforms.base import SoftwareReporter
from bot.platforms.lemmy import Lemmy
from bot.sandbox.faults import Fault
from bot.sandbox.lemmy.rate_limits import DEFAULT_LIMITS
from bot.sandbox.loopback_server import Request, Response
from bot.store import Accounts, Database, MutedCommunities, OutgoingReplies, PostQueue
from bot.store.post_lookup import all_posts
from tests.platforms.lemmy.conftest import V3, V4, LemmyEnvironment, ids, only_on


def poll_twice(env: LemmyEnvironment, adapter: Lemmy, cursor: str | None) -> tuple[list[int], str | None]:
    """The first poll after an upgrade may fail."""
    for _ in range(2):
        try:
            result = adapter.poll(env.community_source, cursor, env.since())
        except Unreachable:
            continue
        return ids(result), result.cursor
    raise AssertionError("two polls failed")


def test_an_upgrade_is_noticed_at_the_next_poll_and_the_cursor_is_still_valid(env: LemmyEnvironment) -> None:
    before, after = (V4, V3) if env.is_v4 else (V3, V4)
    first = [env.post(f"Post {number}", ago=60 - number).id for number in range(30)]
    adapter = env.adapter()
    found, cursor = poll_twice(env, adapter, None)
    assert found == first
    env.server.upgrade(after)
    news = env.post("news", ago=0)
    assert poll_twice(env, adapter, cursor)[0] == [news.id]
    paths = [request.path for request in env.server.requests if request.path.endswith("/post/list")]
    assert paths[-1] == ("/api/v4/post/list" if after == V4 else "/api/v3/post/list")
    assert before != after


def test_the_adapter_reports_the_software_before_and_after(env: LemmyEnvironment) -> None:
    before, after = (V4, V3) if env.is_v4 else (V3, V4)
    adapter = env.adapter()
    assert isinstance(adapter, SoftwareReporter)
    assert adapter.software is None
    adapter.connect()
    assert adapter.software == f"Lemmy {before}"
    env.server.upgrade(after)
    env.clock.advance(hours=2)  # the version is checked every hour
    poll_twice(env, adapter, None)
    adapter.own_comments(str(env.post("news", ago=0).id))
    assert adapter.software == f"Lemmy {after}"
    assert is_major_update(before, after)


@only_on(V3)
def test_posts_on_later_pages_are_not_lost_after_an_upgrade(env: LemmyEnvironment) -> None:
    """1.0 answers 0.19's call for a list too, but with one page and no token for the next."""
    adapter = env.adapter()
    env.post("first", ago=500)
    _, cursor = poll_twice(env, adapter, None)
    posts = [env.post(f"Post {number}", ago=400 - number).id for number in range(130)]
    env.server.upgrade(V4)
    found, _ = poll_twice(env, adapter, cursor)
    assert found == posts


@only_on(V3)
def test_an_upgrade_restarts_the_sweep(env: LemmyEnvironment) -> None:
    """Its page token is from the other version."""
    posts = [env.post(f"Post {number}", ago=1300 - number).id for number in range(1200)]
    adapter = env.adapter()
    found, cursor = poll_twice(env, adapter, None)
    assert "sweep_page" in json.loads(cursor or "")
    env.server.upgrade(V4)
    for _ in range(6):
        more, cursor = poll_twice(env, adapter, cursor)
        found = [*found, *more]
        env.clock.advance(minutes=20)
    assert set(found) == set(posts)


def test_a_cached_nodeinfo_is_not_trusted(env: LemmyEnvironment) -> None:
    wrong_version = V3 if env.is_v4 else V4
    env.answer("GET /nodeinfo/2.1", 200, {"software": {"name": "lemmy", "version": wrong_version}})
    env.post()
    adapter = env.adapter()
    adapter.connect()
    assert len(adapter.poll(env.community_source, None, env.since()).posts) == 1
    assert env.calls("GET /post/list")
    env.server.requests.clear()
    env.clock.advance(minutes=61)
    adapter.connect()  # now the site is trusted, so the counts of rate limits are kept
    (prefix,) = {request.path[:7] for request in env.server.requests}
    assert prefix == ("/api/v4" if env.is_v4 else "/api/v3")


@only_on(V3)
def test_the_token_is_renewed_if_the_upgrade_revoked_it(env: LemmyEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    adapter.connect()
    env.clock.advance(minutes=30)
    env.server.upgrade(V4)
    env.server.revoke_tokens()
    for _ in range(3):
        try:
            adapter.own_comments(str(post.id))
            adapter.reply(str(post.id), "text", None)
            break
        except (AccountError, PlatformError):
            continue
    (comment,) = env.server.state.all_comments()
    assert comment.creator is env.bot
    assert env.server.requests[-1].path == "/api/v4/comment"


@only_on(V3)
def test_rate_limits_are_counted_as_in_the_new_version(env: LemmyEnvironment) -> None:
    env.server._numbers = DEFAULT_LIMITS
    env.server.upgrade(V3)
    adapter = env.adapter()
    adapter.connect()
    env.server.upgrade(V4)
    env.clock.advance(minutes=61)
    for number in range(12):
        env.clock.now = adapter.next_reply_at("news@home") or env.clock.now
        adapter.reply(str(env.post().id), f"text {number}", None)
    assert len(env.server.state.all_comments()) == 12


@pytest.mark.parametrize("fault", [None, Fault.STORE_THEN_DROP, Fault.LATE_COMMIT, Fault.PARTIAL_STORE])
@pytest.mark.parametrize("at", [1, 3, 5])
@only_on(V3)
def test_during_an_upgrade_no_reply_is_lost_or_sent_twice(
    env: LemmyEnvironment, database: Database, at: int, fault: Fault | None
) -> None:
    """The upgrade happens after `at` replies, and the reply that is being sent fails."""
    posts = [env.post(f"Post {number}", ago=30 - number) for number in range(8)]
    adapter, queue = env.adapter(), PostQueue(database)
    outbox = make_outbox(env, database, adapter)
    cursor: str | None = None
    for round_ in range(60):
        try:
            result = adapter.poll(env.community_source, cursor, env.since())
        except PlatformError:
            pass
        else:
            queue.discover(env.community_source, result, env.clock())
            cursor = result.cursor
        for task in queue.claim(env.clock(), 10, timedelta(minutes=1)):
            reply = Reply(f"Summary of {task.post.id}.", "en", 900, 90, 90)
            queue.make_ready(task.row, reply, env.clock(), env.clock())
        outbox.process_next()
        if env.server.version == V3 and len(env.server.state.all_comments()) >= at:
            env.server.faults.plan(*([fault] if fault else []))
            outbox.process_next()
            env.server.upgrade(V4)
            posts.append(env.post("after the upgrade", ago=0))
        env.clock.advance(seconds=20)
        if round_ % 5 == 4:
            env.clock.advance(seconds=160)
    answered = sorted(comment.post.id for comment in env.server.state.all_comments())
    assert answered == sorted(post.id for post in posts)
    assert {report.state for report in all_posts(database)} == {"sent"}
    assert (env.server.version, env.server.faults.injected) == (V4, (fault,) if fault else ())


def make_outbox(env: LemmyEnvironment, database: Database, adapter: Lemmy) -> ReplyOutbox:
    return ReplyOutbox(
        adapter,
        replies=OutgoingReplies(database),
        queue=PostQueue(database),
        accounts=Accounts(database),
        muted_communities=MutedCommunities(database),
        created_at=database.created_at(),
        check_post=gone_or_locked,
        clock=env.clock,
        timing=SendTiming(settle=timedelta(seconds=150), read_gap=timedelta(seconds=30)),
    )


@only_on(V3)
def test_an_unexpected_answer_of_the_same_version_does_not_switch_versions(env: LemmyEnvironment) -> None:
    """A list without a page token, from a server that still reports 0.19."""
    env.post()

    def without_token(request: Request) -> Response:
        answer = env.server.handle(request)
        assert isinstance(answer, Response)
        body = json.loads(bytes(answer.body))  # type: ignore[arg-type]
        del body["next_page"]
        return Response.from_json(body)

    env.answers["GET /post/list"] = without_token
    assert len(env.adapter().poll(env.community_source, None, env.since()).posts) == 1
