"""The error for each of the server's codes when the bot replies, edits, deletes or reads."""

from collections.abc import Callable

import pytest

from bot.core.errors import PlatformError, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.skip_reasons import SkipReason
from bot.platforms.lemmy import Lemmy
from tests.platforms.lemmy.conftest import LemmyEnvironment

REPLY, EDIT, DELETE = "POST /comment", "PUT /comment", "POST /comment/delete"


@pytest.mark.parametrize(
    ("status", "code", "message", "expected"),
    [
        (400, "locked", "", SkipReason.LOCKED),
        (400, "deleted", "", SkipReason.GONE),
        (400, "couldnt_find_post", "", UnknownOutcome),
        (404, "couldnt_find_post", "", UnknownOutcome),
        (400, "banned_from_community", "", SkipReason.BANNED),
        (400, "invalid_body_field", "", SkipReason.TOO_LONG),
        (400, "blocked_url", "", SkipReason.REFUSED),
        (400, "slurs", "", SkipReason.REFUSED),
        (400, "max_comment_depth_reached", "", SkipReason.REFUSED),
        (400, "a_code_of_tomorrow", "", SkipReason.REFUSED),
        (400, "unknown", "Json deserialize error: missing field", SkipReason.REFUSED),
        (400, "unknown", "Content type error", SkipReason.REFUSED),
        (400, "couldnt_create_comment", "", UnknownOutcome),
        (400, "couldnt_like_comment", "", UnknownOutcome),
        (400, "unknown", "Timeout waiting for a connection", UnknownOutcome),
        (400, "rate_limit_error", "", RetryLater),
        (401, "incorrect_login", "", Unreachable),
        (500, "unknown", "", UnknownOutcome),
        (502, "unknown", "", UnknownOutcome),
    ],
)
def test_errors_of_a_reply(
    env: LemmyEnvironment, status: int, code: str, message: str, expected: SkipReason | type[PlatformError]
) -> None:
    post = env.post()
    env.refuse(REPLY, status, code, message)
    with pytest.raises(PlatformError) as caught:
        env.adapter().reply(str(post.id), "A summary.", None)
    if isinstance(expected, SkipReason):
        assert isinstance(caught.value, Refused)
        assert caught.value.reason is expected
        assert code in str(caught.value)
    else:
        assert type(caught.value) is expected


def test_a_reply_to_a_post_that_does_not_exist_is_refused(env: LemmyEnvironment) -> None:
    with pytest.raises(Refused) as caught:
        env.adapter().reply("999", "A summary.", None)
    assert caught.value.reason is SkipReason.GONE


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "couldnt_find_comment", SkipReason.GONE),
        (400, "no_comment_edit_allowed", SkipReason.REFUSED),
        (400, "banned_from_community", SkipReason.BANNED),
        (500, "unknown", UnknownOutcome),
    ],
)
def test_errors_of_an_edit(
    env: LemmyEnvironment, status: int, code: str, expected: SkipReason | type[PlatformError]
) -> None:
    env.refuse(EDIT, status, code)
    with pytest.raises(PlatformError) as caught:
        env.adapter().edit("1", "Better.")
    if isinstance(expected, SkipReason):
        assert isinstance(caught.value, Refused)
        assert caught.value.reason is expected
    else:
        assert type(caught.value) is expected


@pytest.mark.parametrize("code", ["couldnt_update_comment", "couldnt_find_comment"])
def test_deleting_a_deleted_comment_is_not_an_error(env: LemmyEnvironment, code: str) -> None:
    env.refuse(DELETE, 400, code)
    env.adapter().delete("1")


def test_a_delete_while_banned_is_refused(env: LemmyEnvironment) -> None:
    env.refuse(DELETE, 400, "banned_from_community")
    with pytest.raises(Refused) as caught:
        env.adapter().delete("1")
    assert caught.value.reason is SkipReason.BANNED


@pytest.mark.parametrize(
    ("call", "act"),
    [
        ("GET /post/list", lambda env, adapter: adapter.poll(env.community_source, None, env.since())),
        ("GET /post", lambda _env, adapter: adapter.fetch_post("1")),
        ("GET /comment/list", lambda _env, adapter: adapter.own_comments("1")),
        ("the own comments", lambda _env, adapter: adapter.own_comments("1")),
        ("GET /site", lambda _env, adapter: adapter.connect()),
    ],
)
@pytest.mark.parametrize("body", [{"error": "unknown", "message": "odd"}, {"posts": 3}, [], "text", {}])
def test_a_failed_read_call_is_unreachable(
    env: LemmyEnvironment, call: str, act: Callable[[LemmyEnvironment, Lemmy], object], body: object
) -> None:
    env.post()
    if call == "the own comments":
        call = "GET /comment/list" if env.is_v4 else "GET /user"
    env.answer(call, 400 if isinstance(body, dict) and "error" in body else 200, body)
    with pytest.raises(Unreachable):
        act(env, env.adapter())
