"""A node that no longer leads an account writes nothing, whenever it was paused. The real PRAW over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta

import prawcore
import pytest

from bot.core.errors import AccountError, PlatformError, RetryLater, StoreError, Unreachable, WriteStopped
from bot.platforms.fencing import CheckedWrites, TokenRevocation, TokenState, revoke_last_token
from bot.platforms.reddit import Reddit
from bot.sandbox.faults import Fault
from bot.sandbox.loopback_server import Disconnect, Response
from tests.platforms.reddit.conftest import MemoryTokenStore, RedditEnvironment

ACCOUNT = "summaries"
REVOKE = "POST /api/v1/revoke_token"


def take_over(env: RedditEnvironment, **changes: str) -> Reddit:
    """What a new leader does before its first write."""
    adapter = env.adapter(**changes)
    assert revoke_last_token(adapter, env.token_store, ACCOUNT).state is TokenState.REVOKED
    adapter.connect()
    return adapter


def token_of(saved: str | None) -> str:
    return str(json.loads(saved or "{}").get("token"))


def test_the_adapter_takes_part(env: RedditEnvironment) -> None:
    assert isinstance(env.adapter(), TokenRevocation)
    assert isinstance(env.adapter(), CheckedWrites)


def test_a_new_leader_revokes_the_token_and_logs_in_anew(env: RedditEnvironment) -> None:
    env.adapter().connect()
    before = token_of(env.token_store.load(ACCOUNT))
    adapter = take_over(env)
    assert env.server.revocations == [before]
    assert token_of(env.token_store.load(ACCOUNT)) != before
    assert env.server.login_grants == ["password", "password"]
    adapter.reply(env.post().id, "Text.", None)
    assert env.server.requests[-1].headers["User-Agent"].count("prawcore") == 1


def test_the_refresh_token_in_the_config_stays_valid(env: RedditEnvironment) -> None:
    env.server.refresh_tokens["long-lived"] = env.bot
    config = {"username": "", "password": "", "refresh_token": "long-lived"}
    env.adapter(**config).connect()
    take_over(env, **config).reply(env.post().id, "Text.", None)
    assert env.server.login_grants == ["refresh_token", "refresh_token"]


@pytest.mark.parametrize("is_aware", [True, False])
def test_a_token_that_is_revoked_between_check_and_request_writes_nothing(
    env: RedditEnvironment, is_aware: bool
) -> None:
    """Also if the paused node still believes that it leads the account."""
    old = env.adapter()
    old.connect()
    post = env.post()
    checks: list[str] = []

    def check() -> None:
        checks.append("")
        if len(checks) == 1:
            take_over(env)
        elif is_aware:
            raise StoreError("another node leads the account")

    old.write_guard.use(check)
    with pytest.raises(RetryLater) as caught:
        old.reply(post.id, "Text.", None)
    assert isinstance(caught.value, WriteStopped) is is_aware
    assert len(env.server.calls("POST /api/comment")) == 1
    assert env.own() == []
    assert len(env.server.login_grants) == (2 if is_aware else 3)


@pytest.mark.parametrize("write", ["edit", "delete", "message"])
def test_every_write_call_is_fenced(env: RedditEnvironment, write: str) -> None:
    old = env.adapter()
    comment = old.reply(env.post().id, "Text.", None)
    calls: dict[str, Callable[[], object]] = {
        "edit": lambda: old.edit(comment.id, "Another text."),
        "delete": lambda: old.delete(comment.id),
        "message": lambda: old.messaging().send_message("Alice", "Subject", "Hello."),
    }
    checks: list[str] = []

    def check() -> None:
        checks.append("")
        if len(checks) > 1:
            raise StoreError("another node leads the account")
        take_over(env)

    old.write_guard.use(check)
    with pytest.raises(WriteStopped):
        calls[write]()
    (stored,) = env.own()
    assert stored.body == "Text."
    assert env.server.state.all_private_messages() == []


def test_a_request_that_the_server_holds_is_fenced(env: RedditEnvironment) -> None:
    old = env.adapter()
    old.connect()
    post = env.post()
    env.server.faults.plan(Fault.HOLD)
    errors: list[PlatformError] = []

    def reply() -> None:
        try:
            old.reply(post.id, "Text.", None)
        except PlatformError as error:
            errors.append(error)

    thread = threading.Thread(target=reply)
    thread.start()
    assert env.server.faults.wait_until_held()
    take_over(env)
    env.server.faults.release()
    thread.join(10)
    assert [type(error) for error in errors] == [RetryLater]
    assert env.own() == []


def test_a_failed_check_sends_nothing(env: RedditEnvironment) -> None:
    adapter = env.adapter()
    adapter.connect()
    post = env.post()

    def fail() -> None:
        raise StoreError("the database does not answer")

    adapter.write_guard.use(fail)
    with pytest.raises(WriteStopped, match="nothing was sent: the database does not answer"):
        adapter.reply(post.id, "Text.", None)
    assert env.server.calls("POST /api/comment") == []
    another = env.adapter(token_store=MemoryTokenStore())
    another.write_guard.use(fail)
    with pytest.raises(WriteStopped):  # nor does it log in
        another.connect()
    assert len(env.server.login_grants) == 1


def test_a_token_that_cannot_be_saved_is_not_used(env: RedditEnvironment) -> None:
    class LostStore(MemoryTokenStore):
        def save(self, account: str, token: str | None) -> None:
            raise StoreError("another node leads the account")

    adapter = env.adapter(token_store=LostStore())
    for _ in range(2):
        with pytest.raises(StoreError):
            adapter.reply(env.post().id, "Text.", None)
    assert env.server.calls("POST /api/comment") == []


@pytest.mark.parametrize("status", [200, 204])
def test_both_statuses_are_a_success(env: RedditEnvironment, status: int) -> None:
    """The archived code of Reddit answers 204. prawcore 4 expects a 200."""
    env.adapter().connect()
    env.answers[REVOKE] = lambda _request: Response(status)
    assert revoke_last_token(env.adapter(), env.token_store, ACCOUNT).state is TokenState.REVOKED


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Response(400), Unreachable),
        (Response(401), AccountError),
        (Response(429), RetryLater),
        (Response(503), Unreachable),
        (Disconnect(), Unreachable),
    ],
)
def test_an_error_is_not_a_revocation(
    env: RedditEnvironment, answer: Response | Disconnect, error: type[PlatformError]
) -> None:
    """The token may be valid, so the new leader must ask again."""
    env.adapter().connect()
    env.answers[REVOKE] = lambda _request: answer
    with pytest.raises(error):
        revoke_last_token(env.adapter(), env.token_store, ACCOUNT)
    assert env.token_store.load(ACCOUNT) is not None
    del env.answers[REVOKE]
    take_over(env)


@pytest.mark.parametrize("saved", ["garbage", '{"owner": "another app", "token": "x"}'])
def test_a_token_of_another_app_cannot_be_revoked(env: RedditEnvironment, saved: str) -> None:
    env.token_store.save(ACCOUNT, saved)
    revocation = revoke_last_token(env.adapter(), env.token_store, ACCOUNT)
    assert revocation.state is TokenState.NOT_REVOCABLE
    assert revocation.wait > timedelta(minutes=5)
    assert env.server.revocations == []


def test_the_sandbox_revokes_a_refresh_token_with_its_access_tokens(env: RedditEnvironment) -> None:
    env.server.refresh_tokens["long-lived"] = env.bot
    adapter = env.adapter(username="", password="", refresh_token="long-lived")
    adapter.connect()
    with pytest.raises(prawcore.ResponseException, match="204"):
        adapter._session._praw._core._authorizer.revoke(only_access=False)
    assert env.server.refresh_tokens == {}
    assert env.server._tokens == {}
