"""Tokens and log-ins."""

from datetime import timedelta

import pytest

from bot.core.errors import AccountError, RetryLater, Unreachable
from bot.sandbox.loopback_server import Request, Response
from tests.platforms.lemmy.conftest import LemmyEnvironment

LOGIN, CHECK = "POST /user/login", "GET /user/validate_auth"


def test_the_token_of_a_log_in_is_saved(env: LemmyEnvironment) -> None:
    identity = env.adapter().connect()
    assert identity.name == f"precis@{env.server.state.host}"
    assert identity.bot_flag
    env.adapter().connect()
    assert len(env.calls(LOGIN)) == 1
    assert len(env.calls(CHECK)) == 1


def test_an_expired_token_is_renewed_once(env: LemmyEnvironment) -> None:
    env.adapter().connect()
    env.server.revoke_tokens()
    env.adapter().connect()
    assert len(env.calls(LOGIN)) == 2


@pytest.mark.parametrize("saved", ["garbage", "[]", "{}", '{"owner": 1}', '{"owner": "x", "token": "y"}'])
def test_an_invalid_saved_token_is_not_used(env: LemmyEnvironment, saved: str) -> None:
    env.token_store.save("summaries", saved)
    env.adapter().connect()
    assert (len(env.calls(CHECK)), len(env.calls(LOGIN))) == (0, 1)


def test_another_user_in_the_config_does_not_get_the_old_token(env: LemmyEnvironment) -> None:
    env.adapter().connect()
    env.server.state.add_person("other", password="right", bot_account=True)
    assert env.adapter(username="other").connect().name.startswith("other@")


@pytest.mark.parametrize(
    ("status", "code", "cause", "remedy"),
    [
        (401, "incorrect_login", "name or the password", "username and password in the config"),
        (400, "missing_totp_token", "second factor", "two-factor authentication off"),
        (400, "site_ban", "banned from the whole server", "admins"),
        (400, "deleted", "has been deleted", "another account"),
        (400, "registration_application_is_pending", "not been approved", "Wait"),
        (400, "email_not_verified", "not verified", "link"),
    ],
)
def test_a_failed_log_in_has_a_remedy(
    env: LemmyEnvironment, status: int, code: str, cause: str, remedy: str
) -> None:
    env.refuse(LOGIN, status, code)
    with pytest.raises(AccountError, match=cause) as caught:
        env.adapter().connect()
    assert remedy in caught.value.remedy


def test_there_are_no_two_log_in_attempts_in_a_row(env: LemmyEnvironment) -> None:
    adapter = env.adapter(password="wrong")
    for _ in range(5):
        with pytest.raises(AccountError, match="password"):
            adapter.connect()
    assert len(env.calls(LOGIN)) == 1
    env.bot.password = "wrong"
    env.clock.advance(hours=1)
    adapter.connect()
    assert len(env.calls(LOGIN)) == 2


def test_a_token_refused_right_after_the_log_in_does_not_cause_a_loop(env: LemmyEnvironment) -> None:
    adapter = env.adapter()
    adapter.connect()
    for _ in range(5):
        env.server.revoke_tokens()
        with pytest.raises(AccountError, match="refused the new token"):
            adapter.connect()
    assert len(env.calls(LOGIN)) == 1
    env.clock.advance(minutes=10)
    adapter.connect()
    assert len(env.calls(LOGIN)) == 2


def test_a_log_in_without_an_answer_may_be_retried(env: LemmyEnvironment) -> None:
    env.answer(LOGIN, 502, {})
    adapter = env.adapter()
    with pytest.raises(Unreachable):
        adapter.connect()
    del env.answers[env.name_of_call(LOGIN)]
    adapter.connect()


@pytest.mark.parametrize("token", ["ä" * 300, "two\nlines", "\x1b[31m"])
def test_a_token_that_a_header_cannot_contain_is_refused(env: LemmyEnvironment, token: str) -> None:
    env.answer(LOGIN, 200, {"jwt": token, "registration_created": False, "verify_email_sent": False})
    with pytest.raises(Unreachable, match="no valid response to the log-in"):
        env.adapter().connect()
    assert env.token_store.load("summaries") is None


def test_a_rate_limited_log_in_is_retry_later(env: LemmyEnvironment) -> None:
    env.refuse(LOGIN, 400, "rate_limit_error")
    with pytest.raises(RetryLater) as caught:
        env.adapter().connect()
    wait = 3601 if env.is_v4 else 361  # the whole window, or one token
    assert caught.value.retry_at - env.clock.now == timedelta(seconds=wait)


def test_a_call_with_an_expired_token_renews_it_and_is_retry_later(env: LemmyEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    adapter.connect()
    env.clock.advance(minutes=30)
    env.server.revoke_tokens()
    with pytest.raises(RetryLater) as caught:
        adapter.reply(str(post.id), "A summary.", None)
    assert caught.value.retry_at == env.clock.now
    assert len(env.calls("POST /comment")) == 1
    adapter.reply(str(post.id), "A summary.", None)
    assert len(env.server.state.all_comments()) == 1


def test_a_server_that_refuses_a_valid_token_is_unreachable(env: LemmyEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    adapter.connect()
    env.refuse("POST /comment", 401, "incorrect_login")
    with pytest.raises(Unreachable, match="accepts the token"):
        adapter.reply(str(post.id), "A summary.", None)
    assert len(env.calls(LOGIN)) == 1


def test_a_private_server_is_read_with_a_new_token(env: LemmyEnvironment) -> None:
    post = env.post()
    adapter = env.adapter()
    adapter.connect()
    env.clock.advance(minutes=30)
    env.server.revoke_tokens()

    def private_once(_request: Request) -> Response:
        del env.answers["GET /post"]
        return Response.from_json({"error": "instance_is_private"}, 400)

    env.answers["GET /post"] = private_once
    assert adapter.fetch_post(str(post.id)).id == str(post.id)
    assert len(env.calls(LOGIN)) == 2
