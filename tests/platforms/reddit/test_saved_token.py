"""The token of an earlier run is taken up, as long as it holds."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.errors import Unreachable
from bot.platforms.reddit import Reddit
from tests.platforms.reddit.conftest import RedditEnvironment


def log_ins(stage: RedditEnvironment) -> int:
    return len(stage.server.login_grants)


def restarted(stage: RedditEnvironment, **changes: str) -> Reddit:
    adapter = stage.adapter(**changes)
    adapter.connect()
    return adapter


@pytest.mark.parametrize("way", ["password", "refresh_token"])
def test_ten_restarts_are_one_log_in(stage: RedditEnvironment, way: str) -> None:
    stage.server.refresh_tokens["long-lived"] = stage.bot
    with_token = {"username": "", "password": "", "refresh_token": "long-lived"}
    for _ in range(10):
        stage.clock.advance(minutes=1)
        restarted(stage, **(with_token if way == "refresh_token" else {}))
    assert stage.server.login_grants == [way]


def test_neither_password_nor_refresh_token_is_kept(stage: RedditEnvironment) -> None:
    stage.server.refresh_tokens["long-lived"] = stage.bot
    restarted(stage, refresh_token="long-lived", username="", password="")
    restarted(stage)
    kept = stage.vault.tokens["summaries"] or ""
    assert "long-lived" not in kept
    assert "right" not in kept


def test_a_token_that_ends_soon_is_left(stage: RedditEnvironment) -> None:
    restarted(stage)
    stage.clock.advance(hours=23, minutes=56)
    restarted(stage)
    assert log_ins(stage) == 2


def test_a_kept_token_that_was_revoked_costs_one_log_in(stage: RedditEnvironment) -> None:
    restarted(stage)
    stage.server._tokens.clear()
    restarted(stage)
    restarted(stage)
    assert log_ins(stage) == 2


def test_a_reply_with_a_kept_token_that_was_revoked_is_not_lost(stage: RedditEnvironment) -> None:
    restarted(stage)
    post, adapter = stage.post(), restarted(stage)
    stage.server._tokens.clear()
    with pytest.raises(Exception, match="log-in had to be renewed"):
        adapter.reply(post.id, "text", None)
    adapter.reply(post.id, "text", None)
    assert len(stage.own()) == 1


def test_another_account_or_password_in_the_config_is_another_token(stage: RedditEnvironment) -> None:
    stage.server.state.add_redditor("other", password="right")
    restarted(stage)
    assert restarted(stage, username="other").connect().name == "other"
    assert log_ins(stage) == 2


@pytest.mark.parametrize("kept", ["", "nonsense", "[]", '{"owner": 1}', '{"ends": "x"}'])
def test_what_cannot_be_read_counts_for_nothing(stage: RedditEnvironment, kept: str) -> None:
    stage.vault.tokens["summaries"] = kept
    assert restarted(stage).connect().name == "Precis"


@pytest.mark.parametrize(
    "changes",
    [{"expires_in": ends} for ends in (1 << 63, -1, 0, None, "x", 1.5, float("inf"))]
    + [{"access_token": token} for token in (None, 7, "Zürich", "two\nlines")]
    + [{"scope": None}],
)
def test_an_answer_that_holds_no_token_is_none(stage: RedditEnvironment, changes: dict[str, Any]) -> None:
    good = {"access_token": "t", "token_type": "bearer", "expires_in": 86400, "scope": "*"}
    stage.answer("POST /api/v1/access_token", 200, good | changes)
    with pytest.raises(Unreachable, match="no usable token"):
        stage.adapter().connect()


@pytest.mark.parametrize("answer", ["x", [{}], None, 7])
def test_an_answer_of_another_form_is_none(stage: RedditEnvironment, answer: Any) -> None:
    stage.answer("POST /api/v1/access_token", 200, answer)
    with pytest.raises(Unreachable):
        stage.adapter().connect()
