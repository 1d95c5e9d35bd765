"""PieFed while its database is down: every call gets a 400 with an SQL statement as its message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.core.errors import PlatformError, Refused, UnknownOutcome, Unreachable
from bot.core.skip_reasons import SkipReason
from bot.platforms.piefed import PieFed
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.lemmy import Comment
from tests.platforms.piefed import test_adapter
from tests.platforms.piefed.test_adapter import PieFedEnvironment

env = test_adapter.env

OUTAGE = timedelta(seconds=15)


@pytest.fixture
def adapter(env: PieFedEnvironment) -> PieFed:
    """Logged in, with the account loaded."""
    adapter = env.adapter()
    adapter.connect()
    return adapter


@pytest.fixture
def own(env: PieFedEnvironment) -> Comment:
    return env.server.state.add_comment(env.post(), env.bot, "A summary")


def during_outage(env: PieFedEnvironment, call: Callable[[], object]) -> PlatformError:
    """The error of a call during an outage, which is over afterwards."""
    env.server.outage.begin(OUTAGE)
    with pytest.raises(PlatformError) as caught:
        call()
    env.clock.now += OUTAGE
    return caught.value


def test_a_delete_during_an_outage_is_not_given_up(
    env: PieFedEnvironment, adapter: PieFed, own: Comment
) -> None:
    assert isinstance(during_outage(env, lambda: adapter.delete(str(own.id))), UnknownOutcome)
    assert not own.deleted
    adapter.delete(str(own.id))
    assert own.deleted


@pytest.mark.parametrize("action", ["edit", "vote", "private message", "reply"])
def test_a_writing_call_during_an_outage_is_not_a_refusal(
    env: PieFedEnvironment, own: Comment, action: str
) -> None:
    adapter = env.adapter(own_vote=False)
    adapter.connect()
    post, comment = str(own.post.id), str(own.id)
    error = during_outage(
        env,
        {
            "edit": lambda: adapter.edit(comment, "New"),
            "vote": lambda: adapter.remove_own_vote(comment),
            "private message": lambda: adapter.messaging().send_message("Alice", "", "Hello"),
            "reply": lambda: adapter.reply(post, "Text", "en"),
        }[action],
    )
    assert isinstance(error, (UnknownOutcome, Unreachable))


def test_the_text_of_the_server_is_cut_to_one_line(
    env: PieFedEnvironment, adapter: PieFed, own: Comment
) -> None:
    text = str(during_outage(env, lambda: adapter.delete(str(own.id))))
    assert "psycopg2.OperationalError" in text
    assert "SELECT" not in text
    assert "\n" not in text
    assert len(text) < 300


def test_a_login_during_an_outage_is_not_a_wrong_password(env: PieFedEnvironment) -> None:
    adapter = env.adapter()
    assert isinstance(during_outage(env, adapter.connect), Unreachable)
    assert adapter.connect().name == f"precis@{env.server.state.host}"


def test_an_outage_does_not_cost_the_token(env: PieFedEnvironment, adapter: PieFed) -> None:
    saved = env.token_store.load("pie")
    assert isinstance(during_outage(env, adapter.connect), Unreachable)
    assert env.token_store.load("pie") == saved
    assert adapter.connect()
    assert len(env.calls("POST /user/login")) == 1


def test_scores_are_not_missing_because_of_an_outage(
    env: PieFedEnvironment, adapter: PieFed, own: Comment
) -> None:
    assert isinstance(during_outage(env, lambda: adapter.scores((str(own.id),))), Unreachable)
    assert adapter.scores((str(own.id), "999")) == {str(own.id): 1}


def test_a_comment_that_does_not_exist_cannot_be_edited(env: PieFedEnvironment, adapter: PieFed) -> None:
    with pytest.raises(Refused) as refused:
        adapter.edit("999", "New")
    assert refused.value.reason is SkipReason.GONE


def test_an_unknown_community_is_not_blamed_for_an_outage(env: PieFedEnvironment, adapter: PieFed) -> None:
    error = during_outage(env, lambda: adapter.poll(env.here, None, env.since()))
    assert "does not know" not in str(error)


def test_a_mention_that_is_read_during_an_outage_comes_again_with_its_community(
    env: PieFedEnvironment, adapter: PieFed
) -> None:
    """The notification of a mention has no community. It is in the comment, which is read afterwards."""
    env.server.state.add_comment(env.post(), env.author, f"@precis@{env.server.state.host} please")
    env.server.faults = FaultInjector(calls=("GET /comment",), script=(Fault.DATABASE_DOWN,), outage=OUTAGE)
    messaging = adapter.messaging()
    page = messaging.fetch_inbox()
    assert page.messages == ()
    assert len(page.parse_errors) == 1
    env.clock.now += OUTAGE
    (message,) = messaging.fetch_inbox().messages
    assert message.community == f"news@{env.server.state.host}"


def test_a_deleted_comment_is_read_back_before_the_delete_counts(
    env: PieFedEnvironment, adapter: PieFed, own: Comment
) -> None:
    """`No row was found` is the answer for deleted, for missing and for other people's comments."""
    adapter.delete(str(own.id))
    adapter.delete(str(own.id))
    adapter.delete("999")
    other = env.server.state.add_comment(own.post, env.author, "Not the bot's")
    with pytest.raises(Refused) as refused:
        adapter.delete(str(other.id))
    assert refused.value.reason is SkipReason.GONE
