"""Each refusal of Reddit becomes one clear sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot.core.errors import AccountError, Refused, RetryLater, UnknownOutcome
from bot.core.models import Source
from bot.core.skip_reasons import SkipReason
from tests.platforms.reddit.conftest import RedditEnvironment


def refused(env: RedditEnvironment, change: Callable[[RedditEnvironment], None]) -> Refused:
    post = env.post()
    env.server.state.submissions[post.id] = post
    adapter = env.adapter()
    adapter.fetch_post(post.id)
    change(env)
    with pytest.raises(Refused) as caught:
        adapter.reply(post.id, "text", None)
    assert not env.own()
    return caught.value


def last(env: RedditEnvironment) -> object:
    return list(env.server.state.submissions.values())[-1]


@pytest.mark.parametrize(
    ("change", "reason", "expected"),
    [
        (lambda env: setattr(last(env), "locked", True), SkipReason.LOCKED, "the thread is locked"),
        (lambda env: setattr(last(env), "archived", True), SkipReason.LOCKED, "the post is archived"),
        (
            lambda env: setattr(last(env), "removed_by", "deleted"),
            SkipReason.GONE,
            "the post was deleted",
        ),
        (lambda env: env.news.banned.append(env.bot), SkipReason.BANNED, "banned from the subreddit"),
        (
            lambda env: setattr(env.news, "approved_users_only", True),
            SkipReason.REFUSED,
            "only approved users",
        ),
        (lambda env: setattr(env.news, "private", True), SkipReason.REFUSED, "does not allow the account"),
        (lambda env: env.server.state.submissions.clear(), SkipReason.GONE, "does not exist on Reddit"),
    ],
)
def test_refusals(
    env: RedditEnvironment, change: Callable[[RedditEnvironment], None], reason: SkipReason, expected: str
) -> None:
    error = refused(env, change)
    assert error.reason is reason
    assert expected in str(error)


def test_a_ban_applies_to_the_subreddits_posts_at_once(env: RedditEnvironment) -> None:
    refused(env, lambda env: env.news.banned.append(env.bot))
    adapter = env.adapters[0]
    env.post("later")
    assert {post.banned for post in env.poll(adapter).posts} == {True}
    env.news.banned.clear()
    env.clock.advance(minutes=61)
    assert {post.banned for post in env.poll(adapter).posts} == {False}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("USER_BLOCKED", SkipReason.REFUSED),
        ("TOO_LONG", SkipReason.TOO_LONG),
        ("NEW_CODE", SkipReason.REFUSED),
    ],
)
def test_refusals_by_code_in_the_body(env: RedditEnvironment, code: str, reason: SkipReason) -> None:
    post = env.post()
    env.answer("POST /api/comment/", 200, {"json": {"errors": [[code, "a message", "field"]]}})
    with pytest.raises(Refused, match=f"{code}: a message") as caught:
        env.adapter().reply(post.id, "text", None)
    assert caught.value.reason is reason


def test_a_code_with_an_unknown_outcome(env: RedditEnvironment) -> None:
    post = env.post()
    env.answer("POST /api/comment/", 200, {"json": {"errors": [["SOMETHING_IS_BROKEN", "sorry", None]]}})
    with pytest.raises(UnknownOutcome):
        env.adapter().reply(post.id, "text", None)


@pytest.mark.parametrize("code", [[], {}, 7, None])
def test_a_code_that_is_not_text_has_an_unknown_outcome(env: RedditEnvironment, code: object) -> None:
    env.answer("POST /api/comment/", 200, {"json": {"errors": [[code, "a message", "field"]]}})
    with pytest.raises(UnknownOutcome):
        env.adapter().reply(env.post().id, "text", None)


@pytest.mark.parametrize("message", [[], None])
def test_a_rate_limit_without_a_wait_time_has_the_default_wait(
    env: RedditEnvironment, message: object
) -> None:
    env.answer("POST /api/comment/", 200, {"json": {"errors": [["RATELIMIT", message, "ratelimit"]]}})
    with pytest.raises(RetryLater):
        env.adapter().reply(env.post().id, "text", None)


@pytest.mark.parametrize(("status", "reason"), [(400, SkipReason.REFUSED), (413, SkipReason.TOO_LONG)])
def test_refusals_by_status(env: RedditEnvironment, status: int, reason: SkipReason) -> None:
    post = env.post()
    env.answer("POST /api/comment/", status, {"message": "No", "error": status})
    with pytest.raises(Refused) as caught:
        env.adapter().reply(post.id, "text", None)
    assert caught.value.reason is reason


def test_a_suspended_account(env: RedditEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    adapter.connect()
    env.bot.suspended = True
    with pytest.raises(AccountError, match="has suspended the account Precis"):
        adapter.reply(post.id, "text", None)
    with pytest.raises(AccountError, match="has suspended"):
        env.adapter().connect()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"password": "wrong"}, "rejects the username or password"),
        ({"client_secret": "wrong"}, "does not recognize the app"),
        ({"username": "", "password": "", "refresh_token": "revoked"}, "does not accept the refresh token"),
    ],
)
def test_refused_logins(env: RedditEnvironment, changes: dict[str, str], expected: str) -> None:
    adapter = env.adapter(**changes)
    with pytest.raises(AccountError, match=expected) as caught:
        adapter.connect()
    assert caught.value.remedy


def test_a_refused_login_is_not_retried_at_once(env: RedditEnvironment) -> None:
    adapter = env.adapter(password="wrong")
    for _ in range(5):
        with pytest.raises(AccountError):
            adapter.connect()
    assert len(env.server.login_grants) == 1
    env.bot.password = "wrong"
    env.clock.advance(minutes=15)
    assert adapter.connect().name == "Precis"


def test_an_expired_token_is_renewed(env: RedditEnvironment) -> None:
    adapter = env.adapter()
    adapter.connect()
    env.server.revoke_tokens()
    assert adapter.fetch_post("zzzzzz").gone
    assert env.server.login_grants == ["password", "password"]


def test_a_revoked_refresh_token(env: RedditEnvironment) -> None:
    env.server.refresh_tokens["long-lived"] = env.bot
    adapter = env.adapter(username="", password="", refresh_token="long-lived")
    adapter.connect()
    env.server.refresh_tokens.clear()
    env.server.revoke_tokens()
    with pytest.raises(AccountError, match="does not accept the refresh token"):
        adapter.poll(Source("summaries", "news"), None, env.since())


def test_a_new_token_that_is_refused_at_once(env: RedditEnvironment) -> None:
    env.answer("GET /api/v1/me", 401, {}, **{"WWW-Authenticate": 'Bearer realm="r", error="invalid_token"'})
    with pytest.raises(AccountError, match="rejected it at once"):
        env.adapter().connect()
    assert len(env.server.login_grants) == 2


def test_a_token_without_the_scopes(env: RedditEnvironment) -> None:
    wanting = {"WWW-Authenticate": 'Bearer realm="reddit", error="insufficient_scope"'}
    env.answer("GET /api/v1/me", 403, {}, **wanting)
    with pytest.raises(AccountError, match="lacks scopes that Precis needs"):
        env.adapter().connect()
