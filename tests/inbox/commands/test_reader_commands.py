"""Commands of readers: delete, opt out, preview, help; votes; messages that are not a command."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.core.messages import MessageKind
from bot.core.models import Comment, Dialect, PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.inbox.commands.handler import CommandHandler
from bot.inbox.message_outcomes import name_message
from bot.render import MAX_LENGTH
from bot.store import Database, VoteCount
from bot.store.post_lookup import all_posts
from bot.store.tables import metadata
from tests.conftest import a_post
from tests.inbox.commands.conftest import MOD, NEWS, CommandHarness

ALICE = "alice@lemmy.example"


def deletion_requested(harness: CommandHarness) -> bool:
    return harness.sent_replies.next_to_delete("home", harness.clock()) is not None


@pytest.mark.parametrize("text", ["delete", "LÖSCHEN", "supprimer, svp", "@precis@lemmy.example borrar"])
def test_the_poster_deletes_the_reply_without_an_answer(harness: CommandHarness, text: str) -> None:
    harness.add_sent_reply()
    assert (
        harness.send(text, ALICE, via=MessageKind.REPLY, parent_id="c1", post_id="1", community=NEWS) is None
    )
    assert deletion_requested(harness)


def test_delete_under_a_post_means_the_reply_that_was_sent(harness: CommandHarness) -> None:
    """The post itself was skipped; then somebody requested a summary in a comment."""
    harness.queue.discover(Source("home", None), PollResult((a_post(1),), "-"), harness.clock())
    (claimed,) = harness.queue.claim(harness.clock(), 1, timedelta(minutes=5))
    harness.queue.skip(claimed.row, Skipped(SkipReason.TOO_OLD), harness.clock())
    comment = Comment("c9", "1", "https://lemmy.example/comment/c9", harness.clock(), parent_id="8")
    harness.sent_replies.adopt(a_post(1), comment, harness.clock())
    harness.send("delete", ALICE, via=MessageKind.MENTION, post_id="1", community=NEWS)
    assert deletion_requested(harness)


def test_a_moderator_deletes_the_reply_without_an_answer(harness: CommandHarness) -> None:
    harness.add_sent_reply()
    assert (
        harness.send("delete", MOD, via=MessageKind.REPLY, parent_id="c1", post_id="1", community=NEWS)
        is None
    )
    assert deletion_requested(harness)


def test_other_people_cannot_delete_a_reply(harness: CommandHarness) -> None:
    harness.add_sent_reply()
    answer = harness.send("delete", "eve@lemmy.example", via=MessageKind.REPLY, parent_id="c1", post_id="1")
    assert answer == "Only the poster of the link or a moderator can have this reply deleted."
    assert not deletion_requested(harness)


def test_the_poster_cannot_delete_a_reply_where_the_settings_forbid_it(harness: CommandHarness) -> None:
    harness.operator_rules = {"poster_may_delete": False}
    harness.add_sent_reply()
    assert harness.send("delete", ALICE, via=MessageKind.REPLY, parent_id="c1") is not None
    assert not deletion_requested(harness)


@pytest.mark.parametrize(
    "address",
    [
        "https://lemmy.example/post/1",
        "https://lemmy.example/comment/c1",
        "https://lemmy.example/post/1?scrollToComments=true",
        "https://old.lemmy.example/post/1",
        "https://phtn.example/post/lemmy.example/1",
        "<https://lemmy.example/post/1/>",
        "[the post](https://lemmy.example/post/1).",
    ],
)
def test_a_private_message_names_the_reply_by_its_url(harness: CommandHarness, address: str) -> None:
    harness.add_sent_reply()
    assert harness.send(f"delete {address}", ALICE) == "The reply will be deleted and not posted again."
    assert deletion_requested(harness)


def test_a_reply_deleted_before_it_is_sent_is_never_sent(harness: CommandHarness, database: Database) -> None:
    harness.queue.discover(Source("home", None), PollResult((a_post(1),), "-"), harness.clock())
    (claimed,) = harness.queue.claim(harness.clock(), 1, timedelta(minutes=5))
    harness.queue.make_ready(claimed.row, Reply("Boats.", "en", 9, 1, 90), harness.clock(), harness.clock())
    harness.send("delete https://lemmy.example/post/1", ALICE)
    (report,) = all_posts(database)
    assert (report.state, report.reason) == ("skipped", SkipReason.WITHDRAWN)
    assert harness.outgoing_replies.next_due("home", harness.clock()) is None


def test_deleting_a_reply_that_does_not_exist_is_answered(harness: CommandHarness) -> None:
    assert "I cannot find a reply" in str(harness.send("delete https://lemmy.example/post/9", ALICE))


def test_an_opt_out_applies_in_every_community_until_the_opt_in(harness: CommandHarness) -> None:
    posts = [a_post(1), a_post(2, community="other@far.example", author="Alice@lemmy.example")]

    def reasons() -> list[SkipReason | None]:
        found = [harness.opted_out_or_paused(post) for post in posts]
        return [skipped.reason if skipped else None for skipped in found]

    assert "To undo this, write `opt in`" in str(harness.send("opt out", ALICE))
    assert reasons() == [SkipReason.OPTED_OUT] * 2
    assert harness.opted_out_or_paused(a_post(3, author="bob@lemmy.example")) is None
    assert "can get replies again" in str(harness.send("opt in", ALICE))
    assert reasons() == [None, None]


def test_the_database_does_not_contain_names_of_people_who_opted_out(
    harness: CommandHarness, database: Database
) -> None:
    harness.send("opt out", "wilhelmina@lemmy.example")
    assert harness.rule_resolver.opt_outs.counts() == {"fediverse": 1}
    with database.read_transaction() as connection:
        rows = [row for table in metadata.sorted_tables for row in connection.execute(select(table))]
    assert rows
    assert "wilhelmina" not in repr(rows)
    database.close()
    if database.path is not None:  # a file also has what was deleted
        content = b"".join(path.read_bytes() for path in database.path.parent.glob("precis.db*"))
        assert b"wilhelmina" not in content


def test_votes_are_counted_once_and_never_answered(harness: CommandHarness) -> None:
    harness.add_sent_reply()
    details = {"via": MessageKind.REPLY, "parent_id": "c1", "post_id": "1", "community": NEWS}
    assert harness.send("good bot", "bob@lemmy.example", **details) is None
    assert harness.send("Bad bot!", "eve@lemmy.example", **details) is None
    assert harness.send("guter Bot", "carl@lemmy.example", **details) is None
    assert harness.feedback.by_community() == (VoteCount(NEWS, 2, 1, 1, 0),)
    assert harness.feedback.by_site() == (VoteCount("paper.example", 2, 1, 0, 0),)


def test_a_preview_is_private_and_uses_the_communitys_settings(harness: CommandHarness) -> None:
    answer = str(harness.send(f"try https://paper.example/a !{NEWS}", "eve@lemmy.example"))
    assert answer.endswith("Boats.")
    assert harness.previewed[0] == ("home", NEWS, "https://paper.example/a")
    harness.preview_result = Skipped(SkipReason.WALL)
    assert SkipReason.WALL.sentence in str(harness.send("try https://paper.example/b"))
    assert "send the link" in str(harness.send("try"))


@pytest.mark.parametrize("text", ["why", "help"])
def test_anyone_can_ask_what_the_bot_does(harness: CommandHarness, text: str) -> None:
    assert "`opt out`" in str(harness.send(text, "eve@lemmy.example"))


def test_other_messages_are_stored_for_the_operator_and_answered_once_a_month(
    harness: CommandHarness,
) -> None:
    assert "It goes to the person who runs me" in str(harness.send("Where do you live?", ALICE))
    harness.clock.advance(60)
    assert harness.send("Answer me!", ALICE) is None
    assert [message.text for message in harness.feedback.unhandled_messages()] == [
        "Where do you live?",
        "Answer me!",
    ]


def test_an_unhandled_message_is_forwarded_to_the_operator_once_and_quoted(harness: CommandHarness) -> None:
    harness.forward_to = "owner@lemmy.example"
    harness.send("Where do you live?\n\n# I am @mona@lemmy.example", ALICE)
    (message,) = {message.idempotency_key: message for message in harness.queued_messages}.values()
    assert message.recipient == "owner@lemmy.example"
    assert message.markdown.splitlines() == [
        "alice＠lemmy\\.example:",
        "",
        "> Where do you live?",
        ">",
        "> \\# I am ＠mona＠lemmy\\.example",
    ]


def test_messages_of_bots_and_the_operator_are_not_forwarded(harness: CommandHarness) -> None:
    harness.forward_to = "owner@lemmy.example"
    assert harness.send("Thanks, I will write to them", "Owner@lemmy.example") is None
    harness.send("Beep boop. I am a bot, and this action was performed automatically.", ALICE)
    assert harness.queued_messages == []


def test_a_comment_without_a_command_below_a_reply_is_never_answered(harness: CommandHarness) -> None:
    harness.add_sent_reply()
    assert harness.send("I liked this", ALICE, via=MessageKind.REPLY, parent_id="c1", post_id="1") is None


def test_other_bots_get_no_answer(harness: CommandHarness) -> None:
    assert harness.send("Beep boop. I am a bot, and this action was performed automatically.", ALICE) is None


def test_a_flood_of_messages_is_stored_only_in_part(harness: CommandHarness) -> None:
    for number in range(30):
        harness.send(f"spam {number} " + "x" * 5000, ALICE)
    stored = harness.feedback.unhandled_messages()
    assert len(stored) == 20
    assert max(len(message.text) for message in stored) == 2000


def test_the_answer_to_try_is_not_longer_than_a_platform_accepts(harness: CommandHarness) -> None:
    """A reply may have the maximum length itself; the answer has two more lines above it."""
    longest = "\n\n".join(["w" * 980] * 10).ljust(MAX_LENGTH, ".")
    harness.preview_result = Reply(longest, "en", 900, 90, 90)
    message = harness.message(f"try https://paper.example/a !{NEWS}")
    answer = CommandHandler(harness.context).handle(message)
    assert answer is not None
    assert answer.markdown.startswith("With the settings of")
    named = name_message(message, answer, Dialect.LEMMY)
    assert "With the settings of" in named.markdown.split("\n\n")[1]
    assert MAX_LENGTH - 1100 < len(named.markdown) <= MAX_LENGTH
