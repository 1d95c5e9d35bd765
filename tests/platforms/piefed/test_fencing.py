"""PieFed cannot revoke a token: what the wait of a new leader prevents, and what remains. Over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import stamina

from bot.core.errors import Refused, StoreError, UnknownOutcome, WriteStopped
from bot.platforms.fencing import CheckedWrites, TokenRevocation, TokenState, revoke_last_token
from bot.platforms.piefed import PieFed
from bot.sandbox.lemmy import Post
from bot.sandbox.piefed import PieFedSandbox
from tests.platforms.clock import ManualClock
from tests.platforms.piefed.test_adapter import MemoryTokenStore

ACCOUNT = "pie"
SHORT = timedelta(milliseconds=200)
"""The idle timeout of a proxy in a test. A read call on a closed connection is repeated."""


class Nodes:
    """Two nodes that share a token store, on a PieFed whose proxy has this idle timeout."""

    def __init__(self, idle_timeout: timedelta | None) -> None:
        self.clock = ManualClock()
        self.server = PieFedSandbox(clock=self.clock, limits=None, idle_timeout=idle_timeout)
        self.token_store = MemoryTokenStore()
        state = self.server.state
        author = state.add_person("Alice")
        state.add_person("precis", password="right", bot_account=True)
        self.post: Post = state.add_post(state.add_community("News"), author, "A title", "https://a.example/")
        self.adapters: list[PieFed] = []

    def node(self) -> PieFed:
        created = PieFed(
            account=ACCOUNT,
            base_url=self.server.url,
            username="precis",
            password="right",
            token_store=self.token_store,
            user_agent="precis-test/1",
            clock=self.clock,
            timeout=timedelta(seconds=10),
        )
        self.adapters.append(created)
        return created

    def reply(self, node: PieFed, text: str = "Text.") -> None:
        node.reply(str(self.post.id), text, None)

    def texts(self) -> list[str]:
        return [comment.content for comment in self.server.state.all_comments()]

    def replies_received(self) -> int:
        return sum(
            request.method == "POST" and request.path.endswith("/comment") for request in self.server.requests
        )


@pytest.fixture
def start() -> Iterator[Callable[[timedelta | None], Nodes]]:
    started: list[Nodes] = []

    def start(idle_timeout: timedelta | None) -> Nodes:
        started.append(Nodes(idle_timeout))
        started[-1].server.start()
        return started[-1]

    with stamina.set_testing(True, attempts=3, cap=True):
        yield start
    for nodes in started:
        for adapter in nodes.adapters:
            adapter.close()
        nodes.server.stop()


Start = Callable[[timedelta | None], Nodes]


def test_a_token_cannot_be_revoked_but_the_new_leader_logs_in_anew(start: Start) -> None:
    nodes = start(None)
    old, new = nodes.node(), nodes.node()
    assert isinstance(new, TokenRevocation)
    assert isinstance(new, CheckedWrites)
    old.connect()
    before = nodes.token_store.load(ACCOUNT)
    revocation = revoke_last_token(new, nodes.token_store, ACCOUNT)
    assert revocation.state is TokenState.NOT_REVOCABLE
    new.connect()
    assert nodes.token_store.load(ACCOUNT) not in (None, before)
    nodes.reply(old, "By the old leader.")  # its token is still valid


def test_the_wait_is_longer_than_the_idle_timeout_of_nginx(start: Start) -> None:
    nodes = start(timedelta(seconds=60))
    nodes.node().connect()
    revocation = revoke_last_token(nodes.node(), nodes.token_store, ACCOUNT)
    assert revocation.wait > timedelta(seconds=60)


def test_after_the_wait_a_paused_node_cannot_send(start: Start) -> None:
    """The server has closed the connection that was opened before the check, and no other is opened."""
    nodes = start(SHORT)
    old = nodes.node()
    old.connect()
    closed: list[bool] = []
    old.write_guard.use(lambda: closed.append(nodes.server.wait_until_closed()))
    with pytest.raises(UnknownOutcome):
        nodes.reply(old)
    assert closed == [True]
    assert nodes.replies_received() == 0
    assert nodes.texts() == []


def test_a_failed_check_sends_nothing(start: Start) -> None:
    nodes = start(None)
    node = nodes.node()
    node.connect()

    def fail() -> None:
        raise StoreError("another node leads the account")

    node.write_guard.use(fail)
    with pytest.raises(WriteStopped):
        nodes.reply(node)
    assert nodes.replies_received() == 0


def test_what_remains_the_same_text_is_refused(start: Start) -> None:
    """A proxy that never closes a connection, and a new leader that has sent the same reply."""
    nodes = start(None)
    old = nodes.node()
    old.connect()

    def take_over() -> None:
        new = nodes.node()
        revoke_last_token(new, nodes.token_store, ACCOUNT)
        nodes.reply(new)

    old.write_guard.use(take_over)
    with pytest.raises((UnknownOutcome, Refused), match="Duplicate reply"):
        nodes.reply(old)
    assert nodes.texts() == ["Text."]


def test_what_remains_another_text_is_a_second_comment(start: Start) -> None:
    """A proxy that never closes a connection, and a reply that was written again in between."""
    nodes = start(None)
    old = nodes.node()
    old.connect()

    def take_over() -> None:
        new = nodes.node()
        revoke_last_token(new, nodes.token_store, ACCOUNT)
        nodes.reply(new, "Another text.")

    old.write_guard.use(take_over)
    nodes.reply(old, "Text.")
    assert nodes.texts() == ["Another text.", "Text."]
