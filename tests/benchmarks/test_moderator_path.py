"""The path of a moderator ends with the settings that they asked for."""

from __future__ import annotations

import pytest

from benchmarks.moderator_path import KINDS, count_path


@pytest.mark.parametrize("kind", KINDS)
def test_no_mistake_is_silent_on_the_path_of_a_moderator(kind: str) -> None:
    """A reply that does not follow the settings raises an error."""
    count = count_path(kind)
    assert count.mistakes_without_an_answer == 0
    assert count.settings_lost_by_a_single_line == 2
    assert count.of_these_not_named_in_the_answer == 0
    assert count.answers == count.messages_and_page_edits
    assert 0 < count.minutes_to_the_changed_layout <= count.minutes_to_the_first_reply
