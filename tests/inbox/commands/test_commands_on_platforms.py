"""Moderators and readers on every platform: real servers of the sandbox, real adapters, a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.inbox.commands.simulation import (
    Fuse,
    Household,
    between,
    called,
    fresh_post,
    live,
    name_of,
    neighbour,
    person,
    say_below,
    standing,
    write,
)
from tests.inbox.servers import LemmyServer, PlatformServer, RedditServer


@pytest.fixture
def household(town: PlatformServer) -> Iterator[Household]:
    made = Household(town)
    yield made
    made.close()


@pytest.fixture
def mona(town: PlatformServer) -> Any:
    return person(town, "mona", moderator=True)


def test_a_moderator_changes_a_setting_and_the_next_reply_follows_it(
    town: PlatformServer,
    household: Household,
    mona: Any,
) -> None:
    write(town, mona, f"settings {name_of(town)}\nreading_time: true\nlayout: bullets")
    household.pass_by()
    (answer,) = town.letters()
    assert "`layout: bullets` · moderators" in answer
    fresh_post(town)
    household.pass_by(1)
    (reply,) = standing(town)
    assert reply.startswith("- The mayor counted 45 boats")
    assert "The article takes about 4 minutes to read." in reply


def test_a_mistake_is_answered_with_its_line_and_the_old_settings_hold(
    town: PlatformServer,
    household: Household,
    mona: Any,
) -> None:
    write(town, mona, f"settings {name_of(town)}\nlayout: bullets")
    household.pass_by()
    write(town, mona, f"settings {name_of(town)}\nlayuot: paragraphs")
    household.pass_by(1)
    assert "Line 2: “layuot” is no setting. Did you mean `layout`?" in town.letters()[-1]
    fresh_post(town)
    household.pass_by(1)
    assert standing(town)[0].startswith("- ")


def test_strangers_and_former_moderators_are_refused(
    town: PlatformServer,
    household: Household,
    mona: Any,
) -> None:
    assert isinstance(town, LemmyServer | RedditServer)
    town.news.moderators.remove(mona)
    for words in (f"settings {name_of(town)}\nlayout: bullets", f"pause {name_of(town)}"):
        for author in (mona, town.alice):
            write(town, author, words)
        household.pass_by(10)
    assert len(town.letters()) == 4
    assert all("you are not one of them" in letter for letter in town.letters())
    fresh_post(town)
    household.pass_by(1)
    assert not standing(town)[0].startswith("- ")


def test_who_opted_out_gets_no_replies_until_they_opt_in(
    town: PlatformServer,
    household: Household,
) -> None:
    bob = person(town, "bob")
    write(town, bob, "opt out")
    household.pass_by()
    fresh_post(town, bob)
    household.pass_by(1)
    assert standing(town) == []
    write(town, bob, "opt in")
    household.pass_by(1)
    fresh_post(town, bob, "https://paper.example/harbour")
    household.pass_by(1)
    assert len(standing(town)) == 1


def test_good_and_bad_bots_are_counted_and_never_answered(
    town: PlatformServer,
    household: Household,
) -> None:
    fresh_post(town)
    household.pass_by()
    for number, text in enumerate(["good bot", "Bad bot!", "good bot"]):
        say_below(town, person(town, f"reader{number}"), text)
    household.pass_by(1)
    household.pass_by(1)
    (place,) = household.people.feedback.by_community()
    assert (place.subject, place.good, place.bad) == (town.community, 2, 1)
    assert len(town.said()) == 1
    assert town.letters() == []


def test_a_reply_whose_score_falls_is_deleted(town: PlatformServer, household: Household) -> None:
    assert isinstance(town, LemmyServer | RedditServer)
    fresh_post(town)
    household.pass_by()
    (comment,) = town.server.state.all_comments()
    household.pass_by(61)
    assert len(standing(town)) == 1
    if isinstance(town, RedditServer):
        comment.score = -6
    else:
        comment.votes_of_others = -7
    household.pass_by(6 * 60)
    household.pass_by(1)
    assert standing(town) == []


def delete_by_poster(town: PlatformServer) -> None:
    assert isinstance(town, LemmyServer | RedditServer)
    say_below(town, town.alice, "delete")


def delete_by_moderator(town: PlatformServer) -> None:
    say_below(town, person(town, "mona", moderator=True), "Bitte löschen")


@pytest.mark.parametrize("ask", [delete_by_poster, delete_by_moderator])
def test_delete_is_done_once_and_for_good(town: PlatformServer, household: Household, ask: Any) -> None:
    fresh_post(town)
    household.pass_by()
    ask(town)
    household.pass_by(1)
    assert standing(town) == []
    for _ in range(3):
        household.pass_by(10)
    assert len(town.said()) == 1
    assert town.letters() == []


def _whole_story(town: PlatformServer, fuse: Fuse | None) -> Household:
    """Pause, opt-out, delete and what follows, in one life; every wish has its end on the server."""
    bob, mona = person(town, "bob"), person(town, "mona", moderator=True)
    fresh_post(town)
    live(town, (0, 1)).close()
    say_below(town, mona, "delete")
    write(town, bob, "opt out")
    write(town, mona, f"pause {name_of(town)}")
    household = live(town, (1, 5, 5, 5), fuse)
    fresh_post(town, link="https://paper.example/harbour")
    household.pass_by(1)
    write(town, mona, f"resume {name_of(town)}")
    household.pass_by(1)
    fresh_post(town, bob, "https://paper.example/ferry")
    fresh_post(town, link="https://paper.example/bridge")
    household.pass_by(1)
    household.pass_by(5)
    return household


@pytest.mark.parametrize(("step", "before"), [(1, True), (5, False), (9, True), (13, False)])
def test_a_kill_at_any_step_leaves_everything_done_exactly_once(
    town: PlatformServer,
    step: int,
    before: bool,
) -> None:
    fuse = Fuse(step, before=before)
    _whole_story(town, fuse).close()
    assert fuse.burnt
    said = town.said()
    assert [each.gone for each in said] == [True, False]
    letters = town.letters()
    assert sum("no more replies" in letter for letter in letters) == 1
    assert sum("from now on" in letter for letter in letters) == 1
    assert sum("I reply in" in letter for letter in letters) == 1
    assert len(letters) == 3


def test_two_bots_exchange_at_most_one_message(town: PlatformServer, tmp_path: Path) -> None:
    """The other one answers every private message with the same words as ours, and is no flagged bot."""
    other = person(town, "otherbot")
    write(town, other, "Hello there, I have news for you")
    household = live(town, (0, 1))
    for turn in range(5):
        letters = town.letters()
        assert len(letters) <= 1
        write(town, other, letters[-1] if letters else f"Once more, number {turn}")
        household.pass_by(60 * 24 * 2)
    household.close()
    assert len(town.letters()) == 1


def test_two_daemons_in_one_place_exchange_at_most_one_message(town: PlatformServer) -> None:
    """Both reply to the same posts and moderate it, and people have set them on each other."""
    other = neighbour(town)
    assert isinstance(town, LemmyServer | RedditServer)
    assert isinstance(other, LemmyServer | RedditServer)
    mona = person(town, "mona", moderator=True)
    town.news.moderators += [town.bot, other.bot]
    ours, theirs = Household(town), Household(other)
    both = f"{called(town)} {called(other)} what do you two think?"
    hello, again = "Hello there, I have news for you", "And what do you say?"
    fresh_post(town, other.bot)
    town.say(fresh_post(town, link="https://paper.example/harbour"), both)
    write(town, other.bot, hello)
    write(town, mona, f"settings {name_of(town)}\nwords: 90")
    write(other, mona, f"settings {name_of(town)}\nlayuot: bullets")
    for turn in range(6):
        for household in (ours, theirs):
            household.pass_by(60 * 8)
        if turn == 2:
            say_below(town, other.bot, again)
            say_below(other, town.bot, again)
    for household in (ours, theirs):
        household.close()
    assert len(standing(town)) == len(standing(other)) == 3
    said = between(town, town.bot, other.bot) + between(town, other.bot, town.bot)
    assert len([text for text in said if text not in (hello, again)]) == 1
