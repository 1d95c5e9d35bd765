"""Mentions on every platform: each gets one summary, or a link to the one that is there."""

from __future__ import annotations

import pytest

from bot.config.settings import InboxSettings
from bot.core.models import NotArticle
from bot.core.skip_reasons import SkipReason
from bot.rules import CommunityRules
from tests.inbox.servers import SENTENCE, Daemon, PlatformServer, RedditServer, too_short

LINK, OTHER = "https://paper.example/boats", "https://paper.example/harbour"
PLAIN = SENTENCE.rstrip(".")


def test_a_mention_under_a_link_gets_a_summary_below_it_once(town: PlatformServer, daemon: Daemon) -> None:
    post = town.post(LINK)
    comment = town.say(post, "{bot} please")
    for minutes in (0, 10, 10):
        daemon.pass_by(minutes)
    (said,) = town.said()
    assert PLAIN in said.text
    assert said.below == str(comment.id)
    assert daemon.fetched == [LINK]
    assert town.letters() == []


def test_a_mention_with_a_link_of_its_own_is_about_that_link(town: PlatformServer, daemon: Daemon) -> None:
    comment = town.say(town.post(None), f"{{bot}} what about [this]({OTHER})?")
    daemon.pass_by()
    assert [(PLAIN in said.text, said.below) for said in town.said()] == [(True, str(comment.id))]
    assert daemon.fetched == [OTHER]


def test_asked_twice_it_answers_with_a_link_to_the_first_reply(town: PlatformServer, daemon: Daemon) -> None:
    post = town.post(LINK)
    first, second = town.say(post, "{bot} please"), town.say(post, "{bot} and for me?")
    for minutes in (0, 10, 10):
        daemon.pass_by(minutes)
    summary, pointer = town.said()
    assert (summary.below, pointer.below) == (str(first.id), str(second.id))
    assert pointer.text.startswith("I have already summarised this: http")
    assert PLAIN not in pointer.text
    assert daemon.fetched == [LINK]


def test_where_a_reply_stands_already_it_is_looked_up_first(town: PlatformServer, daemon: Daemon) -> None:
    post = town.post(LINK)
    town.bot_says(post, "A summary from before the database was lost")
    town.say(post, "{bot} please")
    daemon.pass_by()
    _, pointer = town.said()
    assert pointer.text.startswith("I have already summarised this: http")
    assert daemon.fetched == []


def test_another_link_under_the_same_post_gets_a_summary_of_its_own(
    town: PlatformServer, daemon: Daemon
) -> None:
    post = town.post(LINK)
    town.bot_says(post, "A summary of the post's link")
    town.say(post, f"{{bot}} and what says {OTHER}?")
    daemon.pass_by()
    assert daemon.fetched == [OTHER]
    assert len(town.said()) == 2


@pytest.mark.parametrize("watched", [True, False])
def test_elsewhere_it_answers_in_private_unless_the_config_allows(
    town: PlatformServer, daemon: Daemon, watched: bool
) -> None:
    comment = town.say(town.post(LINK, watched=watched), "{bot} please")
    daemon.pass_by()
    if watched:
        assert ([said.below for said in town.said()], town.letters()) == ([str(comment.id)], [])
        return
    assert town.said() == []
    (letter,) = town.letters()
    assert PLAIN in letter
    assert "own accord" in letter


def test_elsewhere_it_answers_in_place_where_the_config_allows(town: PlatformServer) -> None:
    daemon = Daemon(town, settings=InboxSettings(elsewhere=True))
    comment = town.say(town.post(LINK, watched=False), "{bot} please")
    daemon.pass_by()
    assert [said.below for said in town.said()] == [str(comment.id)]
    daemon.close()


def test_under_a_locked_post_the_summary_comes_in_private(town: PlatformServer, daemon: Daemon) -> None:
    post = town.post(LINK)
    town.say(post, "{bot} please")
    town.forbid(post)
    daemon.pass_by()
    assert town.said() == []
    (letter,) = town.letters()
    assert PLAIN in letter
    assert SkipReason.LOCKED.sentence in letter


def test_a_lock_that_comes_while_the_page_is_read_sends_the_summary_in_private(
    town: PlatformServer, daemon: Daemon
) -> None:
    post = town.post(LINK)
    town.say(post, "{bot} please")
    daemon.mail()
    daemon.work()
    town.forbid(post)
    daemon.send()
    daemon.mail()
    assert town.said() == []
    assert [PLAIN in letter for letter in town.letters()] == [True]


def test_where_the_bot_is_banned_the_summary_comes_in_private(town: PlatformServer, daemon: Daemon) -> None:
    town.say(town.post(LINK), "{bot} please")
    town.ban_bot()
    daemon.pass_by()
    assert town.said() == []
    assert [PLAIN in letter for letter in town.letters()] == [True]


def test_where_it_is_switched_off_the_summary_comes_in_private(town: PlatformServer) -> None:
    daemon = Daemon(town, rules=CommunityRules(enabled=False))
    town.say(town.post(LINK), "{bot} please")
    daemon.pass_by()
    assert (town.said(), len(town.letters())) == ([], 1)
    daemon.close()


def test_whoever_asks_in_vain_is_told_why(town: PlatformServer, daemon: Daemon) -> None:
    daemon.pages[LINK] = too_short()
    town.say(town.post(LINK), "{bot} please")
    daemon.pass_by()
    assert town.said() == []
    (letter,) = town.letters()
    assert SkipReason.TOO_SHORT.sentence in letter


def test_a_wall_is_told_too_and_its_text_is_not(town: PlatformServer, daemon: Daemon) -> None:
    daemon.pages[LINK] = NotArticle(SkipReason.WALL, text="Secret words")
    town.say(town.post(LINK), "{bot} please")
    daemon.pass_by()
    (letter,) = town.letters()
    assert SkipReason.WALL.sentence in letter
    assert "Secret" not in letter


def test_a_reply_that_was_taken_down_is_not_written_again(town: PlatformServer, daemon: Daemon) -> None:
    if isinstance(town, RedditServer):
        pytest.skip("Reddit shows the author nothing of a removal")
    post = town.post(LINK)
    town.bot_says(post, "A summary").removed = True
    town.say(post, "{bot} please")
    daemon.pass_by()
    assert len(town.said()) == 1
    assert [PLAIN in letter for letter in town.letters()] == [True]


def test_a_mention_under_a_post_that_is_about_to_be_answered_waits_for_that_reply(
    town: PlatformServer, daemon: Daemon
) -> None:
    post = town.post(LINK)
    post.published = town.clock.now
    daemon.poll()
    town.say(post, "{bot} please")
    for minutes in (0, 10):
        daemon.pass_by(minutes)
    reply, pointer = town.said()
    assert (reply.below, PLAIN in reply.text) == (None, True)
    assert pointer.text.startswith("I have already summarised this: http")
    assert daemon.fetched == [LINK]


def test_a_post_that_is_seen_after_somebody_asked_gets_no_second_summary(
    town: PlatformServer, daemon: Daemon
) -> None:
    post = town.post(LINK)
    post.published = town.clock.now
    town.say(post, "{bot} please")
    daemon.mail()
    daemon.poll()
    daemon.pass_by()
    assert len(town.said()) == 1


def test_what_ended_without_a_reply_unasked_is_looked_at_again_when_asked(
    town: PlatformServer, daemon: Daemon
) -> None:
    post = town.post(LINK)
    post.published = town.clock.now
    daemon.pages[LINK] = too_short()
    daemon.poll()
    daemon.work()
    del daemon.pages[LINK]
    comment = town.say(post, "{bot} please")
    daemon.pass_by(1)
    assert [said.below for said in town.said()] == [str(comment.id)]


def test_a_deleted_mention_is_not_answered(town: PlatformServer, daemon: Daemon) -> None:
    town.say(town.post(LINK), "{bot} please").deleted = True
    daemon.pass_by()
    assert (town.said(), town.letters(), daemon.fetched) == ([], [], [])


def test_a_mention_that_is_deleted_while_the_page_is_read_gets_no_answer_at_all(
    town: PlatformServer, daemon: Daemon
) -> None:
    comment = town.say(town.post(LINK), "{bot} please")
    daemon.mail()
    daemon.work()
    comment.deleted = True
    daemon.send()
    daemon.mail()
    assert (town.said(), town.letters()) == ([], [])


def test_a_mention_of_last_month_is_not_answered(town: PlatformServer, daemon: Daemon) -> None:
    town.say(town.post(LINK), "{bot} please")
    daemon.pass_by(minutes=60 * 24 * 30)
    assert (town.said(), town.letters()) == ([], [])


def test_a_bot_is_not_answered(town: PlatformServer, daemon: Daemon) -> None:
    town.make_bot_of_alice()
    town.say(town.post(LINK), "{bot} please")
    town.write("show")
    daemon.pass_by()
    assert (town.said(), town.letters(), daemon.fetched) == ([], [], [])


def test_nobody_gets_more_answers_in_a_day_than_the_config_allows(town: PlatformServer) -> None:
    daemon = Daemon(town, settings=InboxSettings(per_person=2))
    for number in range(4):
        town.say(town.post(f"{LINK}/{number}"), "{bot} please")
    daemon.pass_by()
    assert len(town.said()) == 2
    town.say(town.post(f"{LINK}/later"), "{bot} please")
    daemon.pass_by(minutes=60 * 25)
    assert len(town.said()) == 3
    daemon.close()


def test_a_mention_without_any_link_is_the_desks(town: PlatformServer, daemon: Daemon) -> None:
    town.say(town.post(None), "{bot} who are you?")
    daemon.pass_by()
    assert [message.text.endswith("who are you?") for message in daemon.desk.heard] == [True]  # type: ignore[attr-defined]
    assert town.said() == []


def test_a_command_in_a_mention_is_the_desks_though_there_is_a_link(
    town: PlatformServer, daemon: Daemon
) -> None:
    comment = town.say(town.post(LINK), "{bot} delete")
    daemon.pass_by()
    assert [(said.text, said.below) for said in town.said()] == [("Done.", str(comment.id))]
    assert daemon.fetched == []
