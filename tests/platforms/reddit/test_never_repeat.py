"""A comment is sent once, whatever the response. For comparison, plain PRAW on the same server."""

from __future__ import annotations

import praw
import pytest

from bot.core.errors import PlatformError, Refused, RetryLater, UnknownOutcome
from bot.platforms.reddit.praw_session import _ignore_ini_files
from bot.sandbox.faults import Fault
from bot.sandbox.loopback_server import Disconnect, Request, Response
from bot.sandbox.reddit import views
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from tests.platforms.reddit.conftest import RedditEnvironment

STORED = (
    Fault.STORE_THEN_FAIL,
    Fault.STORE_THEN_DROP,
    Fault.PARTIAL_STORE,
    Fault.LATE_COMMIT,
    Fault.EMPTY_THINGS,
)


def plain_praw(env: RedditEnvironment) -> praw.Reddit:
    _ignore_ini_files()
    return praw.Reddit(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        username="precis",
        password="right",
        user_agent="plain PRAW for comparison",
        check_for_updates=False,
        oauth_url=env.proxy.url,
        reddit_url=env.proxy.url,
    )


@pytest.mark.parametrize("fault", STORED)
def test_a_stored_comment_without_a_clear_response_is_not_sent_again(
    env: RedditEnvironment, fault: Fault
) -> None:
    post = env.post()
    env.server.faults.plan(fault)
    with pytest.raises(UnknownOutcome):
        env.adapter().reply(post.id, "text", None)
    assert len(env.own()) == 1
    assert len(env.server.calls("POST /api/comment")) == 1


@pytest.mark.parametrize(
    ("faults", "comments"),
    [
        ((Fault.STORE_THEN_FAIL,), 2),
        ((Fault.STORE_THEN_DROP,), 2),
        ((Fault.STORE_THEN_FAIL, Fault.STORE_THEN_DROP), 3),
    ],
)
def test_plain_praw_sends_the_same_comment_again(
    env: RedditEnvironment, faults: tuple[Fault, ...], comments: int
) -> None:
    post = env.post()
    env.server.faults.plan(*faults)
    plain_praw(env).submission(post.id).reply("text")
    assert len(env.own()) == comments


@pytest.mark.parametrize("fault", [Fault.FAIL, Fault.DROP])
def test_a_comment_that_was_not_stored_and_has_no_clear_response_is_not_sent_again(
    env: RedditEnvironment, fault: Fault
) -> None:
    post = env.post()
    env.server.faults.plan(fault)
    with pytest.raises(UnknownOutcome):
        env.adapter().reply(post.id, "text", None)
    assert not env.own()
    assert len(env.server.calls("POST /api/comment")) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.RATE_LIMIT, RetryLater),
        (Fault.RATELIMIT_ITEM, RetryLater),
        (Fault.TOKEN_EXPIRED, RetryLater),
        (Fault.FORBIDDEN, Refused),
        (Fault.NOT_FOUND, Refused),
        (Fault.REDIRECT_TO_SEARCH, UnknownOutcome),
    ],
)
def test_refusals_are_sent_once(env: RedditEnvironment, fault: Fault, error: type[PlatformError]) -> None:
    post = env.post()
    adapter = env.adapter()
    adapter.fetch_post(post.id)
    env.server.faults.plan(fault)
    with pytest.raises(error):
        adapter.reply(post.id, "text", None)
    assert not env.own()
    assert len(env.server.calls("POST /api/comment")) == 1


def test_after_an_expired_token_the_next_attempt_succeeds(env: RedditEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    env.server.faults.plan(Fault.TOKEN_EXPIRED)
    with pytest.raises(RetryLater, match="login had to be renewed"):
        adapter.reply(post.id, "text", None)
    adapter.reply(post.id, "text", None)
    assert len(env.own()) == 1
    assert env.server.login_grants == ["password", "password"]


@pytest.mark.parametrize("fault", [Fault.STORE_THEN_FAIL, Fault.STORE_THEN_DROP])
def test_edits_and_deletions_are_sent_once(env: RedditEnvironment, fault: Fault) -> None:
    post = env.post()
    adapter = env.adapter()
    comment = adapter.reply(post.id, "text", None)
    env.server.faults.plan(fault, fault)
    with pytest.raises(UnknownOutcome):
        adapter.edit(comment.id, "new")
    with pytest.raises(UnknownOutcome):
        adapter.delete(comment.id)
    assert [len(env.server.calls(f"POST /api/{name}")) for name in ("editusertext", "del")] == [1, 1]


def test_an_unreachable_server_stored_nothing(env: RedditEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    adapter.connect()
    env.proxy.stop()
    adapter.close()  # closes the kept-alive connections, which the proxy still serves
    with pytest.raises(PlatformError) as caught:
        adapter.reply(post.id, "text", None)
    assert not isinstance(caught.value, UnknownOutcome)


def test_a_response_that_is_not_json_has_an_unknown_outcome(env: RedditEnvironment) -> None:
    post = env.post()
    env.answer("POST /api/comment/", 200, "x")
    with pytest.raises(UnknownOutcome):
        env.adapter().reply(post.id, "text", None)
    env.answer("POST /api/comment/", 200, {"json": {"errors": [], "data": {"things": [{"kind": "t1"}]}}})
    with pytest.raises(UnknownOutcome):
        env.adapter().reply(post.id, "text", None)


def test_a_reply_that_was_stored_elsewhere_has_an_unknown_outcome(env: RedditEnvironment) -> None:
    post, other = env.post("one"), env.post("two")
    adapter = env.adapter()
    elsewhere = env.server.state.add_comment(other, env.bot, "text")
    env.answer("POST /api/comment/", 200, views.things(views.comment(elsewhere)))
    with pytest.raises(UnknownOutcome, match="stored elsewhere"):
        adapter.reply(post.id, "text", None)


def test_reading_calls_are_retried(env: RedditEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    adapter.connect()
    stumbles = iter([500, 503])

    def respond(request: Request) -> Response | Disconnect:
        status = next(stumbles, None)
        return Response(status) if status else env.server.handle(request)

    env.answers["GET /api/info/"] = respond
    assert adapter.fetch_post(post.id).id == post.id
