"""A comment goes out once, whatever the answer; plain PRAW on the same server beside it."""

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


def plain_praw(stage: RedditEnvironment) -> praw.Reddit:
    _ignore_ini_files()
    return praw.Reddit(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        username="precis",
        password="right",
        user_agent="plain PRAW beside it",
        check_for_updates=False,
        oauth_url=stage.front.url,
        reddit_url=stage.front.url,
    )


@pytest.mark.parametrize("fault", STORED)
def test_stored_without_a_clear_answer_is_ambiguous_and_not_sent_again(stage: RedditEnvironment, fault: Fault) -> None:
    post = stage.post()
    stage.server.faults.plan(fault)
    with pytest.raises(UnknownOutcome):
        stage.adapter().reply(post.id, "text", None)
    assert len(stage.own()) == 1
    assert len(stage.server.calls("POST /api/comment")) == 1


@pytest.mark.parametrize(
    ("faults", "comments"),
    [
        ((Fault.STORE_THEN_FAIL,), 2),
        ((Fault.STORE_THEN_DROP,), 2),
        ((Fault.STORE_THEN_FAIL, Fault.STORE_THEN_DROP), 3),
    ],
)
def test_plain_praw_sends_the_same_comment_again(
    stage: RedditEnvironment, faults: tuple[Fault, ...], comments: int
) -> None:
    post = stage.post()
    stage.server.faults.plan(*faults)
    plain_praw(stage).submission(post.id).reply("text")
    assert len(stage.own()) == comments


@pytest.mark.parametrize("fault", [Fault.FAIL, Fault.DROP])
def test_nothing_stored_without_a_clear_answer_is_ambiguous_too(stage: RedditEnvironment, fault: Fault) -> None:
    post = stage.post()
    stage.server.faults.plan(fault)
    with pytest.raises(UnknownOutcome):
        stage.adapter().reply(post.id, "text", None)
    assert not stage.own()
    assert len(stage.server.calls("POST /api/comment")) == 1


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
def test_refusals_are_sent_once(stage: RedditEnvironment, fault: Fault, error: type[PlatformError]) -> None:
    post = stage.post()
    adapter = stage.adapter()
    adapter.fetch_post(post.id)
    stage.server.faults.plan(fault)
    with pytest.raises(error):
        adapter.reply(post.id, "text", None)
    assert not stage.own()
    assert len(stage.server.calls("POST /api/comment")) == 1


def test_after_an_expired_token_the_next_try_goes_through(stage: RedditEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    stage.server.faults.plan(Fault.TOKEN_EXPIRED)
    with pytest.raises(RetryLater, match="log-in had to be renewed"):
        adapter.reply(post.id, "text", None)
    adapter.reply(post.id, "text", None)
    assert len(stage.own()) == 1
    assert stage.server.login_grants == ["password", "password"]


@pytest.mark.parametrize("fault", [Fault.STORE_THEN_FAIL, Fault.STORE_THEN_DROP])
def test_edits_and_deletes_are_sent_once_too(stage: RedditEnvironment, fault: Fault) -> None:
    post = stage.post()
    adapter = stage.adapter()
    comment = adapter.reply(post.id, "text", None)
    stage.server.faults.plan(fault, fault)
    with pytest.raises(UnknownOutcome):
        adapter.edit(comment.id, "new")
    with pytest.raises(UnknownOutcome):
        adapter.delete(comment.id)
    assert [len(stage.server.calls(f"POST /api/{name}")) for name in ("editusertext", "del")] == [1, 1]


def test_a_server_that_is_not_there_stored_nothing(stage: RedditEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    adapter.connect()
    stage.front.stop()
    adapter.close()  # its kept connections, which the front still answers
    with pytest.raises(PlatformError) as caught:
        adapter.reply(post.id, "text", None)
    assert not isinstance(caught.value, UnknownOutcome)


def test_an_answer_that_is_no_json_is_ambiguous(stage: RedditEnvironment) -> None:
    post = stage.post()
    stage.answer("POST /api/comment/", 200, "x")
    with pytest.raises(UnknownOutcome):
        stage.adapter().reply(post.id, "text", None)
    stage.answer("POST /api/comment/", 200, {"json": {"errors": [], "data": {"things": [{"kind": "t1"}]}}})
    with pytest.raises(UnknownOutcome):
        stage.adapter().reply(post.id, "text", None)


def test_a_reply_that_was_stored_elsewhere_is_ambiguous(stage: RedditEnvironment) -> None:
    post, other = stage.post("one"), stage.post("two")
    adapter = stage.adapter()
    elsewhere = stage.server.state.add_comment(other, stage.bot, "text")
    stage.answer("POST /api/comment/", 200, views.things(views.comment(elsewhere)))
    with pytest.raises(UnknownOutcome, match="stored elsewhere"):
        adapter.reply(post.id, "text", None)


def test_reading_calls_are_repeated(stage: RedditEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    adapter.connect()
    stumbles = iter([500, 503])

    def respond(request: Request) -> Response | Disconnect:
        status = next(stumbles, None)
        return Response(status) if status else stage.server.handle(request)

    stage.answers["GET /api/info/"] = respond
    assert adapter.fetch_post(post.id).id == post.id
