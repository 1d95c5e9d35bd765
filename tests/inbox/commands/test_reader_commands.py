"""What readers may ask for: a reply gone, no more replies, a preview; and what is only counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.messages import MessageKind
from bot.core.models import PollResult, Reply, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import Database, VoteCount
from bot.store.status_reports import all_posts
from tests.conftest import a_post
from tests.inbox.commands.conftest import MOD, NEWS, Scene

ALICE = "alice@lemmy.example"


def wanted_gone(scene: Scene) -> bool:
    return scene.replies.next_to_delete("home", scene.clock()) is not None


@pytest.mark.parametrize("text", ["delete", "LÖSCHEN", "supprimer, svp", "@precis@lemmy.example borrar"])
def test_the_poster_has_the_reply_deleted_without_a_word(scene: Scene, text: str) -> None:
    scene.reply()
    assert scene.say(text, ALICE, via=MessageKind.REPLY, parent_id="c1", post_id="1", community=NEWS) is None
    assert wanted_gone(scene)


def test_so_does_a_moderator(scene: Scene) -> None:
    scene.reply()
    assert (
        scene.say("delete", MOD, via=MessageKind.REPLY, parent_id="c1", post_id="1", community=NEWS) is None
    )
    assert wanted_gone(scene)


def test_nobody_else_does(scene: Scene) -> None:
    scene.reply()
    answer = scene.say("delete", "eve@lemmy.example", via=MessageKind.REPLY, parent_id="c1", post_id="1")
    assert answer == "Only the poster of the link or a moderator can have this reply deleted."
    assert not wanted_gone(scene)


def test_the_poster_neither_where_the_settings_say_so(scene: Scene) -> None:
    scene.written = {"poster_may_delete": False}
    scene.reply()
    assert scene.say("delete", ALICE, via=MessageKind.REPLY, parent_id="c1") is not None
    assert not wanted_gone(scene)


@pytest.mark.parametrize("address", ["https://lemmy.example/post/1", "https://lemmy.example/comment/c1"])
def test_in_private_the_reply_is_named_by_an_address(scene: Scene, address: str) -> None:
    scene.reply()
    assert scene.say(f"delete {address}", ALICE) == "The reply is deleted and will not be written again."
    assert wanted_gone(scene)


def test_a_reply_that_is_not_sent_yet_never_will_be(scene: Scene, database: Database) -> None:
    scene.queue.discover(Source("home", None), PollResult((a_post(1),), "-"), scene.clock())
    (task,) = scene.queue.claim(scene.clock(), 1, timedelta(minutes=5))
    scene.queue.make_ready(task.row, Reply("Boats.", "en", 9, 1, 90), scene.clock(), scene.clock())
    scene.say("delete https://lemmy.example/post/1", ALICE)
    (report,) = all_posts(database)
    assert (report.state, report.reason) == ("skipped", SkipReason.WITHDRAWN)
    assert scene.drafts.next_due("home", scene.clock()) is None


def test_where_there_is_no_reply_it_says_so(scene: Scene) -> None:
    assert "I know of no reply" in str(scene.say("delete https://lemmy.example/post/9", ALICE))


def test_opting_out_holds_in_every_community_until_it_is_taken_back(scene: Scene) -> None:
    posts = [a_post(1), a_post(2, community="other@far.example", author="Alice@lemmy.example")]

    def reasons() -> list[SkipReason | None]:
        found = [scene.book.opted_out_or_paused(post, scene.there.dialect) for post in posts]
        return [skipped.reason if skipped else None for skipped in found]

    assert "from now on" in str(scene.say("opt out", ALICE))
    assert reasons() == [SkipReason.OPTED_OUT] * 2
    assert scene.book.opted_out_or_paused(a_post(3, author="bob@lemmy.example"), scene.there.dialect) is None
    assert "Welcome back" in str(scene.say("opt in", ALICE))
    assert reasons() == [None, None]


def test_nobody_who_opted_out_is_named_in_the_database(scene: Scene, database: Database) -> None:
    scene.say("opt out", "wilhelmina@lemmy.example")
    assert scene.book.opt_outs.counts() == {"fediverse": 1}
    database.close()
    content = b"".join(path.read_bytes() for path in database.path.parent.glob("precis.db*"))
    assert b"wilhelmina" not in content


def test_opinions_are_counted_once_and_never_answered(scene: Scene) -> None:
    scene.reply()
    facts = {"via": MessageKind.REPLY, "parent_id": "c1", "post_id": "1", "community": NEWS}
    assert scene.say("good bot", "bob@lemmy.example", **facts) is None
    assert scene.say("Bad bot!", "eve@lemmy.example", **facts) is None
    assert scene.say("guter Bot", "carl@lemmy.example", **facts) is None
    assert scene.voices.by_community() == (VoteCount(NEWS, 2, 1, 1, 0),)
    assert scene.voices.by_site() == (VoteCount("paper.example", 2, 1, 0, 0),)


def test_a_preview_comes_in_private_with_the_communitys_settings(scene: Scene) -> None:
    answer = str(scene.say(f"try https://paper.example/a !{NEWS}", "eve@lemmy.example"))
    assert answer.endswith("Boats.")
    assert scene.tried[0] == ("home", NEWS, "https://paper.example/a")
    scene.preview = Skipped(SkipReason.WALL)
    assert SkipReason.WALL.sentence in str(scene.say("try https://paper.example/b"))
    assert "send the link" in str(scene.say("try"))


@pytest.mark.parametrize("text", ["why", "help"])
def test_everybody_may_ask_what_the_bot_does(scene: Scene, text: str) -> None:
    assert "`opt out`" in str(scene.say(text, "eve@lemmy.example"))


def test_other_messages_go_to_the_operator_and_are_answered_once_a_month(scene: Scene) -> None:
    assert "it goes to the person who runs me" in str(scene.say("Where do you live?", ALICE))
    scene.clock.advance(60)
    assert scene.say("Answer me!", ALICE) is None
    assert [note.text for note in scene.voices.unhandled_messages()] == ["Where do you live?", "Answer me!"]


def test_a_message_is_forwarded_to_the_operator_as_a_quotation_once(scene: Scene) -> None:
    scene.forward_to = "owner@lemmy.example"
    scene.say("Where do you live?\n\n# I am @mona@lemmy.example", ALICE)
    (letter,) = {letter.key: letter for letter in scene.told}.values()
    assert letter.person == "owner@lemmy.example"
    assert letter.markdown.splitlines() == [
        "alice＠lemmy\\.example:",
        "",
        "> Where do you live?",
        ">",
        "> \\# I am ＠mona＠lemmy\\.example",
    ]


def test_what_machines_and_the_operator_write_is_not_forwarded(scene: Scene) -> None:
    scene.forward_to = "owner@lemmy.example"
    assert scene.say("Thanks, I will write to them", "Owner@lemmy.example") is None
    scene.say("Beep boop. I am a bot, and this action was performed automatically.", ALICE)
    assert scene.told == []


def test_chatter_below_a_reply_is_never_answered(scene: Scene) -> None:
    scene.reply()
    assert scene.say("I liked this", ALICE, via=MessageKind.REPLY, parent_id="c1", post_id="1") is None


def test_other_bots_get_no_answer(scene: Scene) -> None:
    assert scene.say("Beep boop. I am a bot, and this action was performed automatically.", ALICE) is None


def test_a_flood_of_messages_is_kept_in_part(scene: Scene) -> None:
    for number in range(30):
        scene.say(f"spam {number} " + "x" * 5000, ALICE)
    notes = scene.voices.unhandled_messages()
    assert len(notes) == 20
    assert max(len(note.text) for note in notes) == 2000
