"""The communities' own pages: followed when they are right, and harmless when they are not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.errors import AccountError, PlatformError, Refused, RetryLater, Unreachable
from bot.core.messages import SettingsPage
from bot.core.skip_reasons import SkipReason
from bot.inbox.settings_pages import SettingsPageReader
from tests.inbox.commands.conftest import NEWS, Scene

Holds = Callable[[str], Any]


def put(scene: Scene, text: str, community: str = "news", revision: str = "", **facts: Any) -> None:
    values: dict[str, Any] = {"editor": "mona", "moderators_only": True, **facts}
    scene.there.pages[community] = SettingsPage(community, text, revision or f"r{hash(text)}", **values)


def words(scene: Scene, community: str = "news") -> int:
    return scene.book.rules_for(community).words


def test_a_page_is_followed_and_the_moderators_hear_what_holds(scene: Scene) -> None:
    put(scene, "words: 90")
    (told,) = scene.read_page("news")
    assert words(scene) == 90
    assert told.startswith("Thank you, the settings of r/news are changed.")
    assert "`words: 90` · moderators" in told
    assert [letter.person for letter in scene.told] == ["r/news"]


def test_the_same_revision_is_told_once(scene: Scene) -> None:
    put(scene, "words: 90")
    scene.read_page("news")
    assert scene.read_page("news") == []


def test_a_page_is_not_asked_for_again_and_again(scene: Scene) -> None:
    scene.host = None
    put(scene, "words: 90")
    scene.read_page("news")
    reader = SettingsPageReader(scene.office, timedelta(hours=1))
    for _ in range(5):
        reader.read_if_due("home", "news")
    assert scene.there.reads == 1
    scene.say("show r/news")  # somebody writes: it may have changed
    reader.read_if_due("home", "news")
    assert scene.there.reads == 2


def test_a_mistake_is_told_with_its_line_and_the_old_settings_hold(scene: Scene) -> None:
    put(scene, "words: 90")
    scene.read_page("news")
    put(scene, "words: 95\nlayout: hexagons")
    (told,) = scene.read_page("news")
    assert "Line 2: `layout` is one of" in told
    assert words(scene) == 90


@pytest.mark.parametrize(
    "text",
    [
        "x" * 2_000_000,
        "words: 20\n" * 200_000,
        "a: &a [x]\nb: [*a, *a]",
        "words: !!python/object/apply:os.system ['true']",
        "\0\ud800",
        "[" * 9000,
    ],
)
def test_a_hostile_page_changes_nothing_and_is_told_in_one_sentence(scene: Scene, text: str) -> None:
    put(scene, "words: 90")
    scene.read_page("news")
    put(scene, text, revision="hostile")
    (told,) = scene.read_page("news")
    assert told.count("Line ") == 1
    assert words(scene) == 90


@pytest.mark.parametrize("text", ["", "  \n", "# nothing\n#words: 20"])
def test_an_empty_page_changes_nothing(scene: Scene, text: str) -> None:
    put(scene, "words: 90")
    scene.read_page("news")
    put(scene, text)
    scene.read_page("news")
    assert words(scene) == 90


def test_a_page_that_was_never_filled_in_is_no_mistake(scene: Scene) -> None:
    put(scene, "# take the # away\n#words: 100")
    assert scene.read_page("news") == []


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("500"),
        Refused(SkipReason.REFUSED, "403"),
        AccountError("suspended", "log in"),
        RetryLater(datetime.fromisoformat("2026-03-01T13:00:00+00:00"), "429"),
    ],
)
def test_a_page_that_cannot_be_read_changes_nothing(scene: Scene, error: PlatformError) -> None:
    put(scene, "words: 90")
    scene.read_page("news")
    scene.there.failing = error
    assert scene.read_page("news") == []
    scene.there.failing = None
    scene.there.pages["news"] = None  # 404
    assert scene.read_page("news") == []
    assert words(scene) == 90


def test_a_page_that_users_can_edit_is_followed_only_when_a_moderator_wrote_last(scene: Scene) -> None:
    put(scene, "words: 90", editor="eve", moderators_only=False)
    (told,) = scene.read_page("news")
    assert "Set its permission to moderators only." in told
    assert words(scene) == 100
    put(scene, "words: 80", editor="Mona", moderators_only=False)
    scene.read_page("news")
    assert words(scene) == 80


def test_the_newer_of_message_and_sidebar_wins_and_the_answer_says_which(scene: Scene, holds: Holds) -> None:
    put(scene, "Welcome!\n```precis\nwords: 90\n```", NEWS, editor=None)
    scene.read_page()
    assert holds("words") == 90
    scene.clock.advance(60)
    answer = str(scene.say(f"settings !{NEWS}\nwords: 80"))
    assert holds("words") == 80
    assert "They come from the message of" in answer
    assert "The sidebar said something else before; the newer of the two counts." in answer
    old = scene.clock() - timedelta(days=1)
    put(scene, "```precis\nwords: 70\n```", NEWS, editor=None, changed=old)
    (told,) = scene.read_page()
    assert holds("words") == 80
    assert "They come from the message of" in told


def test_a_sidebar_without_a_block_says_nothing(scene: Scene, holds: Holds) -> None:
    put(scene, "Be nice.\nwords: 20", NEWS, editor=None)
    assert scene.read_page() == []
    assert holds("words") == 100


def test_a_line_of_a_sidebar_is_numbered_as_it_stands_there(scene: Scene) -> None:
    put(scene, "# Welcome\n\n```precis\nwords: 9\n```", NEWS, editor=None)
    (told,) = scene.read_page()
    assert "Line 4: `words`" in told


def test_closed_to_moderators_no_page_is_followed(scene: Scene) -> None:
    scene.open = False
    put(scene, "words: 90")
    assert scene.read_page("news") == []
    assert words(scene) == 100
