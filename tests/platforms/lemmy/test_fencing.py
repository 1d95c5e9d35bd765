"""A node that no longer leads an account writes nothing, whenever it was paused. Over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.core.errors import PlatformError, RetryLater, StoreError, Unreachable, WriteStopped
from bot.platforms.fencing import CheckedWrites, TokenRevocation, TokenState, revoke_last_token
from bot.platforms.lemmy import Lemmy
from bot.sandbox.faults import Fault
from bot.sandbox.loopback_server import Disconnect, Request
from tests.platforms.lemmy.conftest import V3, V4, LemmyEnvironment, MemoryTokenStore, only_on

LOGIN, COMMENT = "POST /user/login", "POST /comment"
ACCOUNT = "summaries"


def logout(env: LemmyEnvironment) -> str:
    return "POST /account/auth/logout" if env.is_v4 else "POST /user/logout"


def take_over(env: LemmyEnvironment) -> Lemmy:
    """What a new leader does before its first write."""
    adapter = env.adapter()
    revoke_last_token(adapter, env.token_store, ACCOUNT)
    adapter.connect()
    return adapter


class Leadership:
    """A check that passes once, in spite of what happens during it, and then fails."""

    def __init__(self, env: LemmyEnvironment, *, is_aware: bool = True) -> None:
        self._env = env
        self._is_aware = is_aware
        self.is_lost = False

    def check(self) -> None:
        if self.is_lost:
            if self._is_aware:
                raise StoreError("another node leads the account")
            return
        self.is_lost = True
        take_over(self._env)


def test_the_adapter_takes_part(env: LemmyEnvironment) -> None:
    assert isinstance(env.adapter(), TokenRevocation)
    assert isinstance(env.adapter(), CheckedWrites)


def test_a_new_leader_revokes_the_token_and_logs_in_anew(env: LemmyEnvironment) -> None:
    old = env.adapter()
    old.connect()
    before = env.token_store.load(ACCOUNT)
    adapter = env.adapter()
    revocation = revoke_last_token(adapter, env.token_store, ACCOUNT)
    assert (revocation.state, revocation.wait) == (TokenState.REVOKED, timedelta(0))
    assert env.token_store.load(ACCOUNT) is None
    adapter.connect()
    assert env.token_store.load(ACCOUNT) not in (None, before)
    assert len(env.calls(LOGIN)) == 2
    adapter.reply(str(env.post().id), "Text.", None)


def test_other_tokens_of_the_account_stay_valid(env: LemmyEnvironment) -> None:
    other = env.adapter(token_store=MemoryTokenStore())
    other.connect()
    env.adapter().connect()
    take_over(env)
    other.reply(str(env.post().id), "Text.", None)


def test_without_a_saved_token_nothing_is_called(env: LemmyEnvironment) -> None:
    revocation = revoke_last_token(env.adapter(), env.token_store, ACCOUNT)
    assert (revocation.state, revocation.wait) == (TokenState.NOT_VALID, timedelta(0))
    assert env.proxy_requests == []


@pytest.mark.parametrize("is_aware", [True, False])
def test_a_token_that_is_revoked_between_check_and_request_writes_nothing(
    env: LemmyEnvironment, is_aware: bool
) -> None:
    """Also if the paused node still believes that it leads the account."""
    old = env.adapter()
    old.connect()
    env.clock.advance(minutes=11)  # so that a log-in is allowed again
    post = str(env.post().id)
    leadership = Leadership(env, is_aware=is_aware)
    old.write_guard.use(leadership.check)
    with pytest.raises(RetryLater) as caught:
        old.reply(post, "Text.", None)
    assert isinstance(caught.value, WriteStopped) is is_aware
    assert leadership.is_lost
    assert len(env.calls(COMMENT)) == 1
    assert env.server.state.all_comments() == []
    assert len(env.calls(LOGIN)) == (2 if is_aware else 3)


@pytest.mark.parametrize("write", ["edit", "delete", "message"])
def test_every_write_call_is_fenced(env: LemmyEnvironment, write: str) -> None:
    old = env.adapter()
    comment = old.reply(str(env.post().id), "Text.", None)
    recipient = f"alice@{env.server.state.host}"
    calls: dict[str, Callable[[], object]] = {
        "edit": lambda: old.edit(comment.id, "Another text."),
        "delete": lambda: old.delete(comment.id),
        "message": lambda: old.messaging().send_message(recipient, "", "Hello."),
    }
    old.write_guard.use(Leadership(env).check)
    with pytest.raises(WriteStopped):
        calls[write]()
    (stored,) = env.server.state.all_comments()
    assert (stored.content, stored.deleted) == ("Text.", False)
    assert env.server.state.all_private_messages() == []


def test_a_request_that_the_server_holds_is_fenced(env: LemmyEnvironment) -> None:
    old = env.adapter()
    old.connect()
    env.clock.advance(minutes=11)  # so that a log-in is allowed again
    post = str(env.post().id)
    env.server.faults.plan(Fault.HOLD)
    old.write_guard.use(lambda: None)
    errors: list[PlatformError] = []

    def reply() -> None:
        try:
            old.reply(post, "Text.", None)
        except PlatformError as error:
            errors.append(error)

    thread = threading.Thread(target=reply)
    thread.start()
    assert env.server.faults.wait_until_held()
    take_over(env)
    env.server.faults.release()
    thread.join(10)
    assert [type(error) for error in errors] == [RetryLater]
    assert env.server.state.all_comments() == []


def test_the_check_comes_after_the_connection_and_before_the_request(env: LemmyEnvironment) -> None:
    adapter = env.adapter()
    adapter.connect()
    post = str(env.post().id)
    next_connection = env.proxy.accepted_connections + 1
    seen: list[tuple[bool, int]] = []
    adapter.write_guard.use(
        lambda: seen.append((env.proxy.wait_until_accepted(next_connection), len(env.calls(COMMENT))))
    )
    adapter.reply(post, "Text.", None)
    assert seen == [(True, 0)]
    assert env.proxy.accepted_connections == next_connection


def test_a_failed_check_sends_nothing(env: LemmyEnvironment) -> None:
    adapter = env.adapter()
    adapter.connect()
    post = str(env.post().id)

    def fail() -> None:
        raise StoreError("the database does not answer")

    adapter.write_guard.use(fail)
    with pytest.raises(WriteStopped, match="nothing was sent: the database does not answer"):
        adapter.reply(post, "Text.", None)
    assert env.calls(COMMENT) == []
    env.server.revoke_tokens()
    env.clock.advance(minutes=11)
    with pytest.raises(WriteStopped):  # nor does it log in
        adapter.connect()
    assert len(env.calls(LOGIN)) == 1


def test_a_token_that_cannot_be_saved_is_not_used(env: LemmyEnvironment) -> None:
    class LostStore(MemoryTokenStore):
        def save(self, account: str, token: str | None) -> None:
            raise StoreError("another node leads the account")

    adapter = env.adapter(token_store=LostStore())
    for _ in range(2):
        with pytest.raises((StoreError, PlatformError)):
            adapter.reply(str(env.post().id), "Text.", None)
    assert env.calls(COMMENT) == []


def test_a_token_that_could_not_be_saved_is_requested_again_at_once(env: LemmyEnvironment) -> None:
    """The account is not at fault: the connection to the database was lost during the log-in."""

    class StoreWithOneFault(MemoryTokenStore):
        is_broken = True

        def save(self, account: str, token: str | None) -> None:
            if self.is_broken:
                self.is_broken = False
                raise StoreError("the connection to the database is lost")
            super().save(account, token)

    adapter = env.adapter(token_store=StoreWithOneFault())
    with pytest.raises(StoreError):
        adapter.connect()
    adapter.connect()
    adapter.reply(str(env.post().id), "Text.", None)
    assert len(env.calls(COMMENT)) == 1


def test_without_its_database_a_server_revokes_nothing(env: LemmyEnvironment) -> None:
    """It answers as to a token that is not valid, so the token stays in the store."""
    env.adapter().connect()
    env.server.outage.begin(timedelta(minutes=1))
    with pytest.raises(Unreachable):
        revoke_last_token(env.adapter(), env.token_store, ACCOUNT)
    env.clock.advance(minutes=2)
    assert revoke_last_token(env.adapter(), env.token_store, ACCOUNT).state is TokenState.REVOKED


def test_a_token_that_was_not_valid_any_more(env: LemmyEnvironment) -> None:
    env.adapter().connect()
    env.server.revoke_tokens()
    assert revoke_last_token(env.adapter(), env.token_store, ACCOUNT).state is TokenState.NOT_VALID


def test_a_lost_answer_is_not_a_revocation(env: LemmyEnvironment) -> None:
    """The token may be valid, so the new leader must ask again."""
    env.adapter().connect()
    path = logout(env)

    def drop(_request: Request) -> Disconnect:
        del env.answers[path]
        return Disconnect()

    env.answers[path] = drop
    with pytest.raises(Unreachable, match="not known whether the token was revoked"):
        revoke_last_token(env.adapter(), env.token_store, ACCOUNT)
    assert env.token_store.load(ACCOUNT) is not None
    assert revoke_last_token(env.adapter(), env.token_store, ACCOUNT).state is TokenState.REVOKED


def test_another_error_is_not_a_revocation(env: LemmyEnvironment) -> None:
    env.adapter().connect()
    env.answer(logout(env), 400, {"error": "something_else"})
    with pytest.raises(Unreachable, match="failed to log out: 400 something_else"):
        revoke_last_token(env.adapter(), env.token_store, ACCOUNT)


@pytest.mark.parametrize("saved", ["garbage", '{"owner": "precis@other.example", "token": "x"}'])
def test_a_token_of_another_server_cannot_be_revoked(env: LemmyEnvironment, saved: str) -> None:
    env.token_store.save(ACCOUNT, saved)
    revocation = revoke_last_token(env.adapter(), env.token_store, ACCOUNT)
    assert revocation.state is TokenState.NOT_REVOCABLE
    assert revocation.wait > timedelta(minutes=5)


@only_on(V3)
def test_after_an_upgrade_the_log_out_uses_the_new_api(env: LemmyEnvironment) -> None:
    env.adapter().connect()
    env.server.upgrade(V4)
    assert revoke_last_token(env.adapter(), env.token_store, ACCOUNT).state is TokenState.NOT_VALID
    assert len(env.calls("POST /account/auth/logout")) == 2
