"""Settings pages of communities: applied if they are valid; otherwise they change nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.errors import AccountError, PlatformError, Refused, RetryLater, Unreachable
from bot.core.messages import SettingsPage
from bot.core.skip_reasons import SkipReason
from bot.inbox.settings_pages import SettingsPageReader
from tests.inbox.commands.conftest import NEWS, CommandHarness

CurrentValue = Callable[[str], Any]


def write_page(
    harness: CommandHarness, text: str, community: str = "news", revision: str = "", **details: Any
) -> None:
    values: dict[str, Any] = {"editor": "mona", "moderators_only": True, **details}
    harness.messaging.pages[community] = SettingsPage(community, text, revision or f"r{hash(text)}", **values)


def words(harness: CommandHarness, community: str = "news") -> int:
    return harness.rule_resolver.rules_for(community).words


def test_a_page_is_applied_and_the_moderators_get_the_current_settings(harness: CommandHarness) -> None:
    write_page(harness, "words: 90")
    (message,) = harness.read_settings_page("news")
    assert words(harness) == 90
    assert message.startswith("Changed in r/news:")
    assert "`words: 100` → `90`" in message
    assert [message.recipient for message in harness.queued_messages] == ["r/news"]


@pytest.mark.parametrize(
    ("before", "after", "begins"),
    [
        ("", "language: de", "Geändert"),
        ("language: de", "language: fr", "Modifié"),
        ("language: de", "words: 90", "Changed"),
    ],
)
def test_the_answer_is_in_the_language_of_the_new_settings(
    harness: CommandHarness, before: str, after: str, begins: str
) -> None:
    if before:
        write_page(harness, before)
        harness.read_settings_page("news")
    write_page(harness, after)
    (message,) = harness.read_settings_page("news")
    assert message.startswith(begins)
    assert harness.queued_messages[-1].language == {"G": "de", "M": "fr", "C": "en"}[begins[0]]
    answer = harness.send(f"settings !{NEWS}\n{before or 'words: 80'}\n")
    assert answer is not None
    answer = str(harness.send(f"settings !{NEWS}\n{after}"))
    assert answer.startswith(begins)


def test_a_revision_is_answered_once(harness: CommandHarness) -> None:
    write_page(harness, "words: 90")
    harness.read_settings_page("news")
    assert harness.read_settings_page("news") == []


def test_a_page_is_not_read_before_the_interval_ends(harness: CommandHarness) -> None:
    harness.host = None
    write_page(harness, "words: 90")
    harness.read_settings_page("news")
    reader = SettingsPageReader(harness.context, timedelta(hours=1))
    for _ in range(5):
        reader.read_if_due("home", "news")
    assert harness.messaging.reads == 1
    harness.send("show r/news")  # after a settings command the page may have changed
    reader.read_if_due("home", "news")
    assert harness.messaging.reads == 2


def test_a_mistake_is_reported_with_its_line_and_the_old_settings_stay(harness: CommandHarness) -> None:
    write_page(harness, "words: 90")
    harness.read_settings_page("news")
    write_page(harness, "words: 95\nlayout: hexagons")
    (message,) = harness.read_settings_page("news")
    assert "Line 2: `layout` must be one of" in message
    assert words(harness) == 90


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
def test_a_hostile_page_changes_nothing_and_is_reported_as_one_problem(
    harness: CommandHarness, text: str
) -> None:
    write_page(harness, "words: 90")
    harness.read_settings_page("news")
    write_page(harness, text, revision="hostile")
    (message,) = harness.read_settings_page("news")
    assert message.count("Line ") == 1
    assert words(harness) == 90


@pytest.mark.parametrize("text", ["", "  \n", "# nothing\n#words: 20"])
def test_an_empty_page_changes_nothing(harness: CommandHarness, text: str) -> None:
    write_page(harness, "words: 90")
    harness.read_settings_page("news")
    write_page(harness, text)
    harness.read_settings_page("news")
    assert words(harness) == 90


def test_an_unused_template_is_not_a_mistake(harness: CommandHarness) -> None:
    write_page(harness, "# remove the #\n#words: 100")
    assert harness.read_settings_page("news") == []


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("500"),
        Refused(SkipReason.REFUSED, "403"),
        AccountError("suspended", "log in"),
        RetryLater(datetime.fromisoformat("2026-03-01T13:00:00+00:00"), "429"),
    ],
)
def test_a_page_that_cannot_be_read_changes_nothing(harness: CommandHarness, error: PlatformError) -> None:
    write_page(harness, "words: 90")
    harness.read_settings_page("news")
    harness.messaging.failing = error
    assert harness.read_settings_page("news") == []
    harness.messaging.failing = None
    harness.messaging.pages["news"] = None  # 404
    assert harness.read_settings_page("news") == []
    assert words(harness) == 90


def test_a_page_that_users_can_edit_is_applied_only_if_a_moderator_edited_it_last(
    harness: CommandHarness,
) -> None:
    write_page(harness, "words: 90", editor="eve", moderators_only=False)
    (message,) = harness.read_settings_page("news")
    assert "Please let only moderators edit it." in message
    assert words(harness) == 100
    write_page(harness, "words: 80", editor="Mona", moderators_only=False)
    harness.read_settings_page("news")
    assert words(harness) == 80


def test_the_newer_of_message_and_sidebar_is_in_effect_and_the_answer_names_it(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    write_page(harness, "Welcome!\n```precis\nwords: 90\n```", NEWS, editor=None)
    harness.read_settings_page()
    assert current_value("words") == 90
    harness.clock.advance(60)
    answer = str(harness.send(f"settings !{NEWS}\nwords: 80"))
    assert current_value("words") == 80
    assert answer.startswith(f"Changed in !{NEWS}: `words: 90` → `80`")
    assert "This replaces the older settings from the sidebar." in answer
    old = harness.clock() - timedelta(days=1)
    write_page(harness, "```precis\nwords: 70\n```", NEWS, editor=None, changed_at=old)
    (message,) = harness.read_settings_page()
    assert current_value("words") == 80
    assert "Last changed by the moderators: message, " in message


def test_a_sidebar_without_a_block_has_no_settings(
    harness: CommandHarness, current_value: CurrentValue
) -> None:
    write_page(harness, "Be nice.\nwords: 20", NEWS, editor=None)
    assert harness.read_settings_page() == []
    assert current_value("words") == 100


def test_line_numbers_are_those_of_the_whole_sidebar(harness: CommandHarness) -> None:
    write_page(harness, "# Welcome\n\n```precis\nwords: 9\n```", NEWS, editor=None)
    (message,) = harness.read_settings_page()
    assert "Line 4: `words`" in message


def test_no_page_is_applied_where_moderators_may_not_change_settings(harness: CommandHarness) -> None:
    harness.moderators_allowed = False
    write_page(harness, "words: 90")
    assert harness.read_settings_page("news") == []
    assert words(harness) == 100
