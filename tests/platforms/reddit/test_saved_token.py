"""The saved token of an earlier run is used while it is valid."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.errors import Unreachable
from bot.platforms.reddit import Reddit
from tests.platforms.reddit.conftest import RedditEnvironment


def login_count(env: RedditEnvironment) -> int:
    return len(env.server.login_grants)


def restart(env: RedditEnvironment, **changes: str) -> Reddit:
    adapter = env.adapter(**changes)
    adapter.connect()
    return adapter


@pytest.mark.parametrize("grant", ["password", "refresh_token"])
def test_ten_restarts_need_one_login(env: RedditEnvironment, grant: str) -> None:
    env.server.refresh_tokens["long-lived"] = env.bot
    with_token = {"username": "", "password": "", "refresh_token": "long-lived"}
    for _ in range(10):
        env.clock.advance(minutes=1)
        restart(env, **(with_token if grant == "refresh_token" else {}))
    assert env.server.login_grants == [grant]


def test_password_and_refresh_token_are_not_saved(env: RedditEnvironment) -> None:
    env.server.refresh_tokens["long-lived"] = env.bot
    restart(env, refresh_token="long-lived", username="", password="")
    restart(env)
    saved = env.token_store.tokens["summaries"] or ""
    assert "long-lived" not in saved
    assert "right" not in saved


def test_a_saved_token_that_expires_soon_is_not_used(env: RedditEnvironment) -> None:
    restart(env)
    env.clock.advance(hours=23, minutes=56)
    restart(env)
    assert login_count(env) == 2


def test_a_revoked_saved_token_costs_one_login(env: RedditEnvironment) -> None:
    restart(env)
    env.server._tokens.clear()
    restart(env)
    restart(env)
    assert login_count(env) == 2


def test_a_reply_with_a_revoked_saved_token_can_be_retried(env: RedditEnvironment) -> None:
    restart(env)
    post, adapter = env.post(), restart(env)
    env.server._tokens.clear()
    with pytest.raises(Exception, match="login had to be renewed"):
        adapter.reply(post.id, "text", None)
    adapter.reply(post.id, "text", None)
    assert len(env.own()) == 1


def test_another_username_in_the_config_needs_a_new_token(env: RedditEnvironment) -> None:
    env.server.state.add_redditor("other", password="right")
    restart(env)
    assert restart(env, username="other").connect().name == "other"
    assert login_count(env) == 2


@pytest.mark.parametrize("saved", ["", "nonsense", "[]", '{"owner": 1}', '{"ends": "x"}'])
def test_an_unreadable_saved_token_is_ignored(env: RedditEnvironment, saved: str) -> None:
    env.token_store.tokens["summaries"] = saved
    assert restart(env).connect().name == "Precis"


@pytest.mark.parametrize(
    "changes",
    [{"expires_in": ends} for ends in (1 << 63, -1, 0, None, "x", 1.5, float("inf"))]
    + [{"access_token": token} for token in (None, 7, "Zürich", "two\nlines")]
    + [{"scope": None}],
)
def test_a_login_response_without_a_usable_token(env: RedditEnvironment, changes: dict[str, Any]) -> None:
    good = {"access_token": "t", "token_type": "bearer", "expires_in": 86400, "scope": "*"}
    env.answer("POST /api/v1/access_token", 200, good | changes)
    with pytest.raises(Unreachable, match="no usable token"):
        env.adapter().connect()


@pytest.mark.parametrize("answer", ["x", [{}], None, 7])
def test_a_malformed_login_response(env: RedditEnvironment, answer: Any) -> None:
    env.answer("POST /api/v1/access_token", 200, answer)
    with pytest.raises(Unreachable):
        env.adapter().connect()
