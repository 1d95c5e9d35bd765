"""Tokens and log-ins."""

from datetime import timedelta

import pytest

from bot.core.errors import AccountError, RetryLater, Unreachable
from bot.sandbox.loopback_server import Request, Response
from tests.platforms.lemmy.conftest import LemmyEnvironment

LOGIN, CHECK = "POST /user/login", "GET /user/validate_auth"


def test_one_log_in_gives_a_token_that_is_kept(stage: LemmyEnvironment) -> None:
    identity = stage.adapter().connect()
    assert identity.name == f"precis@{stage.server.state.host}"
    assert identity.bot_flag
    stage.adapter().connect()
    assert len(stage.calls(LOGIN)) == 1
    assert len(stage.calls(CHECK)) == 1


def test_a_token_that_is_no_longer_accepted_is_renewed_once(stage: LemmyEnvironment) -> None:
    stage.adapter().connect()
    stage.server.revoke_tokens()
    stage.adapter().connect()
    assert len(stage.calls(LOGIN)) == 2


@pytest.mark.parametrize("kept", ["garbage", "[]", "{}", '{"owner": 1}', '{"owner": "x", "token": "y"}'])
def test_what_is_not_our_token_is_not_used(stage: LemmyEnvironment, kept: str) -> None:
    stage.token_store.save("summaries", kept)
    stage.adapter().connect()
    assert (len(stage.calls(CHECK)), len(stage.calls(LOGIN))) == (0, 1)


def test_another_user_in_the_config_does_not_get_the_old_token(stage: LemmyEnvironment) -> None:
    stage.adapter().connect()
    stage.server.state.add_person("other", password="right", bot_account=True)
    assert stage.adapter(username="other").connect().name.startswith("other@")


@pytest.mark.parametrize(
    ("status", "code", "says", "remedy"),
    [
        (401, "incorrect_login", "name or the password", "username and password in the config"),
        (400, "missing_totp_token", "second factor", "two-factor authentication off"),
        (400, "site_ban", "banned from the whole server", "admins"),
        (400, "deleted", "has been deleted", "another account"),
        (400, "registration_application_is_pending", "not been approved", "Wait"),
        (400, "email_not_verified", "not verified", "link"),
        (400, "something_new", "something_new", "web page"),
    ],
)
def test_a_refused_log_in_says_what_to_do(
    stage: LemmyEnvironment, status: int, code: str, says: str, remedy: str
) -> None:
    stage.refuse(LOGIN, status, code)
    with pytest.raises(AccountError, match=says) as caught:
        stage.adapter().connect()
    assert remedy in caught.value.remedy


def test_a_log_in_is_never_tried_twice_in_a_row(stage: LemmyEnvironment) -> None:
    adapter = stage.adapter(password="wrong")
    for _ in range(5):
        with pytest.raises(AccountError, match="password"):
            adapter.connect()
    assert len(stage.calls(LOGIN)) == 1
    stage.bot.password = "wrong"
    stage.clock.advance(hours=1)
    adapter.connect()
    assert len(stage.calls(LOGIN)) == 2


def test_a_token_refused_right_after_the_log_in_does_not_make_a_loop(stage: LemmyEnvironment) -> None:
    adapter = stage.adapter()
    adapter.connect()
    for _ in range(5):
        stage.server.revoke_tokens()
        with pytest.raises(AccountError, match="refused the new token"):
            adapter.connect()
    assert len(stage.calls(LOGIN)) == 1
    stage.clock.advance(minutes=10)
    adapter.connect()
    assert len(stage.calls(LOGIN)) == 2


def test_a_log_in_that_nobody_answers_may_be_tried_again(stage: LemmyEnvironment) -> None:
    stage.answer(LOGIN, 502, {})
    adapter = stage.adapter()
    with pytest.raises(Unreachable):
        adapter.connect()
    del stage.answers[stage.name_of_call(LOGIN)]
    adapter.connect()


@pytest.mark.parametrize("token", ["ä" * 300, "two\nlines", "\x1b[31m"])
def test_a_token_that_no_header_may_have_is_no_token(stage: LemmyEnvironment, token: str) -> None:
    stage.answer(LOGIN, 200, {"jwt": token, "registration_created": False, "verify_email_sent": False})
    with pytest.raises(Unreachable, match="no valid answer to the log-in"):
        stage.adapter().connect()
    assert stage.token_store.load("summaries") is None


def test_a_log_in_limit_is_not_before(stage: LemmyEnvironment) -> None:
    stage.refuse(LOGIN, 400, "rate_limit_error")
    with pytest.raises(RetryLater) as caught:
        stage.adapter().connect()
    wait = 3601 if stage.is_v4 else 721  # the whole window; or one token, and the reserve
    assert caught.value.retry_at - stage.clock.now == timedelta(seconds=wait)


def test_a_call_with_a_dead_token_renews_it_and_says_not_now(stage: LemmyEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    adapter.connect()
    stage.clock.advance(minutes=30)
    stage.server.revoke_tokens()
    with pytest.raises(RetryLater) as caught:
        adapter.reply(str(post.id), "A summary.", None)
    assert caught.value.retry_at == stage.clock.now
    assert len(stage.calls("POST /comment")) == 1
    adapter.reply(str(post.id), "A summary.", None)
    assert len(stage.server.state.all_comments()) == 1


def test_a_server_that_refuses_a_good_token_is_in_trouble(stage: LemmyEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    adapter.connect()
    stage.refuse("POST /comment", 401, "incorrect_login")
    with pytest.raises(Unreachable, match="accepts the token"):
        adapter.reply(str(post.id), "A summary.", None)
    assert len(stage.calls(LOGIN)) == 1


def test_a_private_server_is_read_with_a_new_token(stage: LemmyEnvironment) -> None:
    post = stage.post()
    adapter = stage.adapter()
    adapter.connect()
    stage.clock.advance(minutes=30)
    stage.server.revoke_tokens()

    def private_once(_request: Request) -> Response:
        del stage.answers["GET /post"]
        return Response.from_json({"error": "instance_is_private"}, 400)

    stage.answers["GET /post"] = private_once
    assert adapter.fetch_post(str(post.id)).id == str(post.id)
    assert len(stage.calls(LOGIN)) == 2
