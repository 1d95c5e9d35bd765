"""What Reddit refuses, as one clear sentence each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.core.errors import AccountError, Refused, RetryLater, UnknownOutcome
from bot.core.models import Source
from bot.core.skip_reasons import SkipReason
from tests.platforms.reddit.conftest import RedditEnvironment


def refused(stage: RedditEnvironment, change: Callable[[RedditEnvironment], None]) -> Refused:
    post = stage.post()
    stage.server.state.submissions[post.id] = post
    adapter = stage.adapter()
    adapter.fetch_post(post.id)
    change(stage)
    with pytest.raises(Refused) as caught:
        adapter.reply(post.id, "text", None)
    assert not stage.own()
    return caught.value


def last(stage: RedditEnvironment) -> object:
    return list(stage.server.state.submissions.values())[-1]


@pytest.mark.parametrize(
    ("change", "reason", "told"),
    [
        (lambda stage: setattr(last(stage), "locked", True), SkipReason.LOCKED, "the thread is locked"),
        (lambda stage: setattr(last(stage), "archived", True), SkipReason.LOCKED, "the post is archived"),
        (
            lambda stage: setattr(last(stage), "removed_by", "deleted"),
            SkipReason.GONE,
            "the post was deleted",
        ),
        (lambda stage: stage.news.banned.append(stage.bot), SkipReason.BANNED, "banned from the subreddit"),
        (
            lambda stage: setattr(stage.news, "approved_users_only", True),
            SkipReason.REFUSED,
            "only approved users",
        ),
        (lambda stage: setattr(stage.news, "private", True), SkipReason.REFUSED, "does not allow the account"),
        (lambda stage: stage.server.state.submissions.clear(), SkipReason.GONE, "does not exist on Reddit"),
    ],
)
def test_refusals(stage: RedditEnvironment, change: Callable[[RedditEnvironment], None], reason: SkipReason, told: str) -> None:
    error = refused(stage, change)
    assert error.reason is reason
    assert told in str(error)


def test_a_ban_mutes_the_subreddit_at_once(stage: RedditEnvironment) -> None:
    refused(stage, lambda stage: stage.news.banned.append(stage.bot))
    adapter = stage.adapters[0]
    stage.post("later")
    assert {post.banned for post in stage.poll(adapter).posts} == {True}
    stage.news.banned.clear()
    stage.clock.advance(minutes=61)
    assert {post.banned for post in stage.poll(adapter).posts} == {False}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("USER_BLOCKED", SkipReason.REFUSED),
        ("TOO_LONG", SkipReason.TOO_LONG),
        ("NEW_CODE", SkipReason.REFUSED),
    ],
)
def test_codes_in_the_body(stage: RedditEnvironment, code: str, reason: SkipReason) -> None:
    post = stage.post()
    stage.answer("POST /api/comment/", 200, {"json": {"errors": [[code, "a message", "field"]]}})
    with pytest.raises(Refused, match=f"{code}: a message") as caught:
        stage.adapter().reply(post.id, "text", None)
    assert caught.value.reason is reason


def test_a_code_that_leaves_it_open(stage: RedditEnvironment) -> None:
    post = stage.post()
    stage.answer("POST /api/comment/", 200, {"json": {"errors": [["SOMETHING_IS_BROKEN", "sorry", None]]}})
    with pytest.raises(UnknownOutcome):
        stage.adapter().reply(post.id, "text", None)


@pytest.mark.parametrize("code", [[], {}, 7, None])
def test_a_code_that_is_none_leaves_it_open(stage: RedditEnvironment, code: object) -> None:
    stage.answer("POST /api/comment/", 200, {"json": {"errors": [[code, "a message", "field"]]}})
    with pytest.raises(UnknownOutcome):
        stage.adapter().reply(stage.post().id, "text", None)


@pytest.mark.parametrize("message", [[], None])
def test_a_pause_that_is_not_spelled_out_is_the_usual_one(stage: RedditEnvironment, message: object) -> None:
    stage.answer("POST /api/comment/", 200, {"json": {"errors": [["RATELIMIT", message, "ratelimit"]]}})
    with pytest.raises(RetryLater):
        stage.adapter().reply(stage.post().id, "text", None)


@pytest.mark.parametrize(("status", "reason"), [(400, SkipReason.REFUSED), (413, SkipReason.TOO_LONG)])
def test_refusals_by_status(stage: RedditEnvironment, status: int, reason: SkipReason) -> None:
    post = stage.post()
    stage.answer("POST /api/comment/", status, {"message": "No", "error": status})
    with pytest.raises(Refused) as caught:
        stage.adapter().reply(post.id, "text", None)
    assert caught.value.reason is reason


def test_a_suspended_account(stage: RedditEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    adapter.connect()
    stage.bot.suspended = True
    with pytest.raises(AccountError, match="has suspended the account Precis"):
        adapter.reply(post.id, "text", None)
    with pytest.raises(AccountError, match="has suspended"):
        stage.adapter().connect()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"password": "wrong"}, "rejects the username or password"),
        ({"client_secret": "wrong"}, "does not recognize the app"),
        ({"username": "", "password": "", "refresh_token": "revoked"}, "does not accept the refresh token"),
    ],
)
def test_log_ins_that_are_refused(stage: RedditEnvironment, changes: dict[str, str], told: str) -> None:
    adapter = stage.adapter(**changes)
    with pytest.raises(AccountError, match=told) as caught:
        adapter.connect()
    assert caught.value.remedy


def test_a_refused_log_in_is_not_tried_again_at_once(stage: RedditEnvironment) -> None:
    adapter = stage.adapter(password="wrong")
    for _ in range(5):
        with pytest.raises(AccountError):
            adapter.connect()
    assert len(stage.server.login_grants) == 1
    stage.bot.password = "wrong"
    stage.clock.advance(minutes=15)
    assert adapter.connect().name == "Precis"


def test_a_token_that_expires_is_renewed_in_the_middle(stage: RedditEnvironment) -> None:
    adapter = stage.adapter()
    adapter.connect()
    stage.server.revoke_tokens()
    assert adapter.fetch_post("zzzzzz").gone
    assert stage.server.login_grants == ["password", "password"]


def test_a_token_revoked_in_the_middle(stage: RedditEnvironment) -> None:
    stage.server.refresh_tokens["long-lived"] = stage.bot
    adapter = stage.adapter(username="", password="", refresh_token="long-lived")
    adapter.connect()
    stage.server.refresh_tokens.clear()
    stage.server.revoke_tokens()
    with pytest.raises(AccountError, match="does not accept the refresh token"):
        adapter.poll(Source("summaries", "news"), None, stage.since())


def test_a_token_that_is_refused_at_once(stage: RedditEnvironment) -> None:
    stage.answer("GET /api/v1/me", 401, {}, **{"WWW-Authenticate": 'Bearer realm="r", error="invalid_token"'})
    with pytest.raises(AccountError, match="rejected it at once"):
        stage.adapter().connect()
    assert len(stage.server.login_grants) == 2


def test_a_token_without_the_scopes(stage: RedditEnvironment) -> None:
    wanting = {"WWW-Authenticate": 'Bearer realm="reddit", error="insufficient_scope"'}
    stage.answer("GET /api/v1/me", 403, {}, **wanting)
    with pytest.raises(AccountError, match="lacks scopes that Precis needs"):
        stage.adapter().connect()
