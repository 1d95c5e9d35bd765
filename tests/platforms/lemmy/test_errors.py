"""What each of the server's codes becomes when a reply, an edit or a delete meets it."""

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
        (400, "couldnt_find_post", "", SkipReason.GONE),
        (404, "couldnt_find_post", "", SkipReason.GONE),
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
def test_a_reply_that_is_not_answered_with_yes(
    stage: LemmyEnvironment, status: int, code: str, message: str, expected: SkipReason | type[PlatformError]
) -> None:
    post = stage.post()
    stage.refuse(REPLY, status, code, message)
    with pytest.raises(PlatformError) as caught:
        stage.adapter().reply(str(post.id), "A summary.", None)
    if isinstance(expected, SkipReason):
        assert isinstance(caught.value, Refused)
        assert caught.value.reason is expected
        assert code in str(caught.value)
    else:
        assert type(caught.value) is expected


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "couldnt_find_comment", SkipReason.GONE),
        (400, "no_comment_edit_allowed", SkipReason.REFUSED),
        (400, "banned_from_community", SkipReason.BANNED),
        (500, "unknown", UnknownOutcome),
    ],
)
def test_an_edit_that_is_not_answered_with_yes(
    stage: LemmyEnvironment, status: int, code: str, expected: SkipReason | type[PlatformError]
) -> None:
    stage.refuse(EDIT, status, code)
    with pytest.raises(PlatformError) as caught:
        stage.adapter().edit("1", "Better.")
    if isinstance(expected, SkipReason):
        assert isinstance(caught.value, Refused)
        assert caught.value.reason is expected
    else:
        assert type(caught.value) is expected


@pytest.mark.parametrize("code", ["couldnt_update_comment", "couldnt_find_comment"])
def test_what_is_deleted_already_is_no_error(stage: LemmyEnvironment, code: str) -> None:
    stage.refuse(DELETE, 400, code)
    stage.adapter().delete("1")


def test_a_delete_while_banned_is_refused(stage: LemmyEnvironment) -> None:
    stage.refuse(DELETE, 400, "banned_from_community")
    with pytest.raises(Refused) as caught:
        stage.adapter().delete("1")
    assert caught.value.reason is SkipReason.BANNED


@pytest.mark.parametrize(
    ("call", "act"),
    [
        ("GET /post/list", lambda stage, adapter: adapter.poll(stage.community_source, None, stage.since())),
        ("GET /post", lambda _stage, adapter: adapter.fetch_post("1")),
        ("GET /comment/list", lambda _stage, adapter: adapter.own_comments("1")),
        ("the own comments", lambda _stage, adapter: adapter.own_comments("1")),
        ("GET /site", lambda _stage, adapter: adapter.connect()),
    ],
)
@pytest.mark.parametrize("body", [{"error": "unknown", "message": "odd"}, {"posts": 3}, [], "text", {}])
def test_a_reading_call_that_fails_is_unreachable(
    stage: LemmyEnvironment, call: str, act: Callable[[LemmyEnvironment, Lemmy], object], body: object
) -> None:
    stage.post()
    if call == "the own comments":
        call = "GET /comment/list" if stage.is_v4 else "GET /user"
    stage.answer(call, 400 if isinstance(body, dict) and "error" in body else 200, body)
    with pytest.raises(Unreachable):
        act(stage, stage.adapter())
