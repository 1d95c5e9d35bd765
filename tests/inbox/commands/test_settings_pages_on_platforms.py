"""The communities' own pages on every platform, over real HTTP: the wiki on Reddit, the sidebar elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.sandbox.faults import Fault
from tests.inbox.commands.simulation import Household, fresh_post, name_of, person, standing, write
from tests.inbox.servers import LemmyServer, PlatformServer, RedditServer


@pytest.fixture
def mona(town: PlatformServer) -> Any:
    return person(town, "mona", moderator=True)


@pytest.fixture
def household(town: PlatformServer, mona: Any) -> Iterator[Household]:
    if isinstance(town, RedditServer):
        town.news.moderators.append(town.bot)
    made = Household(town)
    yield made
    made.close()


def put(town: PlatformServer, mona: Any, text: str) -> None:
    if isinstance(town, RedditServer):
        page = town.server.state.add_wiki_revision(town.news, "precis", text, mona)
        page.permlevel = 2
    else:
        assert isinstance(town, LemmyServer)
        town.news.description = f"Be nice.\n\n```precis\n{text}\n```\n"


def told(town: PlatformServer) -> list[str]:
    """What the moderators were told."""
    return [text for text in town.letters() if "settings" in text or "wiki page" in text]


def words(household: Household) -> int:
    return household.people.rule_resolver.rules_for(household.town.community).words


def test_a_page_is_followed_and_each_change_is_answered_once(
    town: PlatformServer, household: Household, mona: Any
) -> None:
    put(town, mona, "layout: bullets\nwords: 90")
    for _ in range(3):
        household.pass_by(61)
    assert words(household) == 90
    (letter,) = told(town)
    assert "`words: 90` · moderators" in letter
    fresh_post(town)
    household.pass_by(1)
    assert standing(town)[0].startswith("- ")


def test_a_mistake_is_told_with_its_line_and_the_old_settings_hold(
    town: PlatformServer, household: Household, mona: Any
) -> None:
    put(town, mona, "words: 90")
    household.pass_by()
    put(town, mona, "words: 80\nlayuot: bullets")
    household.pass_by(61)
    assert words(household) == 90
    line = 2 if isinstance(town, RedditServer) else 5
    assert f"Line {line}: “layuot” is no setting. Did you mean `layout`?" in told(town)[-1]


@pytest.mark.parametrize(
    "text", ["", "a: &a [x]\nb: [*a]", "words: !!python/name:os.system", "words: 30\n" * 250_000]
)
def test_whatever_stands_there_nothing_breaks(
    town: PlatformServer, household: Household, mona: Any, text: str
) -> None:
    put(town, mona, "words: 90")
    household.pass_by()
    put(town, mona, text)
    household.pass_by(61)
    assert words(household) == 90
    fresh_post(town)
    household.pass_by(1)
    assert len(standing(town)) == 1


def test_a_page_that_vanishes_or_is_closed_changes_nothing(
    town: PlatformServer, household: Household, mona: Any
) -> None:
    put(town, mona, "words: 90")
    household.pass_by()
    if isinstance(town, RedditServer):
        town.news.wiki_disabled = True
        household.pass_by(61)
        town.news.wiki_disabled = False
        town.server.state.wiki.clear()
    else:
        assert isinstance(town, LemmyServer)
        town.news.description = None
    household.pass_by(61)
    assert words(household) == 90
    assert len(told(town)) == 1


@pytest.mark.parametrize("fault", [Fault.FAIL, Fault.DROP, Fault.RATE_LIMIT])
def test_a_page_that_the_server_fails_to_give_changes_nothing_and_is_read_later(
    town: PlatformServer, household: Household, mona: Any, fault: Fault
) -> None:
    put(town, mona, "words: 90")
    household.pass_by()
    put(town, mona, "words: 80")
    town.faults.plan(*[fault] * 10)
    household.read_pages(61)
    assert town.faults.injected
    assert words(household) == 90
    town.faults.stop()
    household.pass_by(61)
    assert words(household) == 80
    assert len(told(town)) == 2


def test_the_newer_of_message_and_page_wins_and_the_answer_says_which(
    town: PlatformServer, household: Household, mona: Any
) -> None:
    put(town, mona, "words: 90")
    household.pass_by()
    town.clock.advance(minutes=10)
    write(town, mona, f"settings {name_of(town)}\nwords: 80")
    household.pass_by(1)
    assert words(household) == 80
    assert "the newer of the two counts" in town.letters()[-1]


def test_on_reddit_a_page_that_users_may_edit_needs_a_moderator_as_its_last_editor(
    town: PlatformServer, household: Household, mona: Any
) -> None:
    if not isinstance(town, RedditServer):
        pytest.skip("sidebars are the moderators' own")
    page = town.server.state.add_wiki_revision(town.news, "precis", "words: 20", town.alice)
    page.permlevel = 0
    household.pass_by()
    assert words(household) == 100
    assert "Set its permission to moderators only." in told(town)[-1]


def test_on_reddit_an_invitation_leads_to_a_page_that_is_written_once(
    town: PlatformServer, mona: Any
) -> None:
    if not isinstance(town, RedditServer):
        pytest.skip("there are no invitations elsewhere")
    world = town.server.state
    town.news.invited_moderators.append(town.bot)
    world.add_private_message(
        mona, "invitation to moderate /r/news", "gadzooks!", to=town.bot, from_subreddit=town.news
    )
    household = Household(town)
    household.pass_by()
    assert town.bot in town.news.moderators
    assert "start r/news" in town.letters()[-1]
    write(town, mona, "start r/news")
    household.pass_by(1)
    page = world.wiki["news", "precis"]
    assert "#sentences: 4" in page.revisions[-1].text
    assert page.permlevel == 2
    write(town, mona, "start r/news")
    household.pass_by(61)
    assert len(page.revisions) == 1
    household.close()
