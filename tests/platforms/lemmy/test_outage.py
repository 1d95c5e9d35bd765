"""A server whose database is down answers with errors that look like refusals. None of them is a verdict."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.core.errors import PlatformError, RetryLater, UnknownOutcome, Unreachable
from bot.core.messages import Message, MessageKind
from bot.platforms.lemmy import Lemmy
from bot.sandbox.lemmy import Comment, Post
from bot.sandbox.loopback_server import Disconnect, Request, Response
from tests.platforms.lemmy.conftest import LemmyEnvironment, ids

LOGIN, CHECK, DELETE = "POST /user/login", "GET /user/validate_auth", "POST /comment/delete"
OUTAGE = timedelta(seconds=15)

Call = Callable[[LemmyEnvironment, Lemmy, Post, Comment], object]
CALLS: dict[str, Call] = {
    "connect": lambda env, adapter, post, own: adapter.connect(),
    "poll": lambda env, adapter, post, own: adapter.poll(env.community_source, None, env.since()),
    "fetch_post": lambda env, adapter, post, own: adapter.fetch_post(str(post.id)),
    "own_comments": lambda env, adapter, post, own: adapter.own_comments(str(post.id)),
    "reply": lambda env, adapter, post, own: adapter.reply(str(post.id), "A summary.", None),
    "edit": lambda env, adapter, post, own: adapter.edit(str(own.id), "Another summary."),
    "delete": lambda env, adapter, post, own: adapter.delete(str(own.id)),
    "scores": lambda env, adapter, post, own: adapter.scores((str(own.id),)),
    "inbox": lambda env, adapter, post, own: adapter.messaging().fetch_inbox(),
    "mark_read": lambda env, adapter, post, own: adapter.messaging().mark_read(_message(env)),
    "answer": lambda env, adapter, post, own: adapter.messaging().reply_to_comment(
        str(post.id), str(own.id), "An answer.", None
    ),
    "own_answers": lambda env, adapter, post, own: adapter.messaging().own_replies_to_comment(
        str(post.id), str(own.id)
    ),
    "send_message": lambda env, adapter, post, own: adapter.messaging().send_message(
        f"alice@{env.server.state.host}", "", "A message.", ""
    ),
    "sent_messages": lambda env, adapter, post, own: adapter.messaging().find_sent_messages(
        f"alice@{env.server.state.host}", "A message.", env.since()
    ),
    "moderators": lambda env, adapter, post, own: adapter.messaging().moderators(
        f"news@{env.server.state.host}"
    ),
}


def _message(env: LemmyEnvironment) -> Message:
    receipt = "1" if env.is_v4 else "mention 1"
    return Message(
        "summaries", "comment-1", MessageKind.MENTION, "alice", "hi", env.clock.now, receipt=receipt
    )


def _prepare(env: LemmyEnvironment, **settings: Any) -> tuple[Lemmy, Post, Comment]:
    post = env.post()
    adapter = env.adapter(**settings)
    adapter.connect()
    return adapter, post, env.server.state.add_comment(post, env.bot, "A summary.")


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_no_call_takes_an_outage_for_an_answer(env: LemmyEnvironment, call: Call) -> None:
    adapter, post, own = _prepare(env)
    token = env.token_store.load("summaries")
    env.server.outage.begin(OUTAGE)
    for _ in range(3):
        with pytest.raises((Unreachable, UnknownOutcome)) as caught:
            call(env, adapter, post, own)
        assert len(str(caught.value)) <= 400
        assert "\n" not in str(caught.value)
    assert env.token_store.load("summaries") == token
    env.clock.advance(seconds=16)
    adapter.connect()
    adapter.messaging().fetch_inbox()
    assert len(env.calls(LOGIN)) == 1


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_server_that_starts_is_unreachable(env: LemmyEnvironment, call: Call) -> None:
    adapter, post, own = _prepare(env)
    env.server.startup.begin(OUTAGE)
    with pytest.raises((Unreachable, UnknownOutcome)):
        call(env, adapter, post, own)


def test_a_start_during_an_outage_uses_no_log_in(env: LemmyEnvironment) -> None:
    env.server.outage.begin(OUTAGE)
    adapter = env.adapter()
    for _ in range(20):
        with pytest.raises(Unreachable):
            adapter.connect()
    assert env.calls(LOGIN) == []
    env.clock.advance(seconds=16)
    assert adapter.connect().name.startswith("precis@")


def test_repeated_outages_do_not_lock_the_account_out(env: LemmyEnvironment) -> None:
    adapter, *_ = _prepare(env)
    for _ in range(20):
        env.server.outage.begin(OUTAGE)
        with pytest.raises(Unreachable):
            adapter.messaging().fetch_inbox()
        env.clock.advance(seconds=16)
        adapter.messaging().fetch_inbox()
    assert len(env.calls(LOGIN)) == 1


def test_a_log_in_without_a_verdict_is_tried_again_after_growing_pauses(env: LemmyEnvironment) -> None:
    env.refuse(LOGIN, 400, "unknown", "Error occurred while creating a new object: error connecting")
    adapter = env.adapter()
    for _ in range(360):
        with pytest.raises((Unreachable, RetryLater)):
            adapter.connect()
        env.clock.advance(seconds=10)
    assert 5 <= len([seen for seen in env.proxy_requests if seen.path.endswith("/login")]) <= 9
    del env.answers[env.name_of_call(LOGIN)]
    env.clock.advance(minutes=15)
    adapter.connect()


def test_a_token_that_a_healthy_server_refuses_once_is_kept(env: LemmyEnvironment) -> None:
    adapter, *_ = _prepare(env)
    token = env.token_store.load("summaries")
    env.refuse_once(CHECK, 400, "not_logged_in")
    adapter.connect()
    assert env.token_store.load("summaries") == token
    assert len(env.calls(LOGIN)) == 1


def test_a_delete_during_an_outage_is_not_done(env: LemmyEnvironment) -> None:
    adapter, _, own = _prepare(env)
    env.server.outage.begin(OUTAGE)
    with pytest.raises(PlatformError):
        adapter.delete(str(own.id))
    env.clock.advance(seconds=16)
    adapter.delete(str(own.id))
    assert own.deleted


@pytest.mark.parametrize("code", ["couldnt_find_comment", "couldnt_update_comment", "couldnt_update"])
def test_a_comment_that_stands_is_not_deleted_whatever_the_error_says(
    env: LemmyEnvironment, code: str
) -> None:
    adapter, _, own = _prepare(env)
    env.refuse(DELETE, 400, code)
    with pytest.raises(UnknownOutcome):
        adapter.delete(str(own.id))


def test_a_deleted_and_a_purged_comment_are_deleted(env: LemmyEnvironment) -> None:
    adapter, _, own = _prepare(env)
    adapter.delete(str(own.id))
    adapter.delete(str(own.id))
    env.server.state.purge(own)
    adapter.delete(str(own.id))


def test_a_comment_is_missing_only_if_the_database_answers_before_and_after(env: LemmyEnvironment) -> None:
    adapter, _, own = _prepare(env)
    env.server.state.purge(own)

    def respond(request: Request) -> Response | Disconnect:
        response = env.server.handle(request)
        env.server.outage.begin(OUTAGE)
        return response

    env.answers[env.name_of_call(DELETE)] = respond
    with pytest.raises(Unreachable):
        adapter.delete(str(own.id))


def test_a_post_that_one_answer_calls_missing_is_read_again(env: LemmyEnvironment) -> None:
    adapter, post, _ = _prepare(env)
    env.refuse_once("GET /post", 400, "couldnt_find_post")
    assert not adapter.fetch_post(str(post.id)).gone
    post.removed = True
    assert adapter.fetch_post(str(post.id)).gone


def test_polls_go_on_after_an_outage(env: LemmyEnvironment) -> None:
    adapter, post, _ = _prepare(env)
    env.server.outage.begin(OUTAGE)
    with pytest.raises(Unreachable):
        adapter.poll(env.community_source, None, env.since())
    env.clock.advance(seconds=16)
    assert ids(adapter.poll(env.community_source, None, env.since())) == [post.id]
