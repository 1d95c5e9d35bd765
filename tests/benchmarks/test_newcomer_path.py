"""The path of a newcomer is that of the tutorial."""

from __future__ import annotations

from benchmarks.newcomer_path import RUNS_UNTIL, TUTORIAL, commands


def test_the_path_goes_from_the_clone_to_the_first_reply() -> None:
    typed = commands()
    assert typed[0].startswith("git clone ")
    assert "make install" in typed
    assert typed[-1].endswith("precis run --sandbox")


def test_each_command_that_runs_until_it_is_stopped_is_on_the_path_once() -> None:
    for end in RUNS_UNTIL:
        assert len([command for command in commands() if command.endswith(end)]) == 1


def test_the_words_that_it_waits_for_are_those_of_the_tutorial() -> None:
    assert "the log says `replied`" in TUTORIAL.read_text(encoding="utf-8")
    assert RUNS_UNTIL["precis run --sandbox"] == '"event": "replied"'
