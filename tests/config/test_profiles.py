"""Profiles of the operator in config.toml."""

from __future__ import annotations

from pathlib import Path

from bot.config import load
from tests.config.conftest import ENVIRON, MINIMAL, Mistakes

PROFILE = '[moderators.profiles.evening]\nquiet_hours = "08:00-17:00"\n'


def test_the_operators_profiles_are_added_to_the_built_in_ones(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(MINIMAL + PROFILE)
    profiles = load(path, ENVIRON).moderators.all_profiles()
    assert set(profiles) == {"quiet", "news", "strict", "evening"}
    assert profiles["evening"].settings == {"quiet_hours": "08:00-17:00"}


def test_a_mistake_in_a_profile_is_reported(mistakes: Mistakes) -> None:
    (problem,) = mistakes(MINIMAL + PROFILE + "wrods = 90\n")
    assert problem.startswith(":9: ")
    assert "wrods is not a setting" in problem
    (problem,) = mistakes(MINIMAL + '[moderators.profiles."Evening one"]\nwords = 90\n')
    assert "is not a valid name of a profile" in problem
