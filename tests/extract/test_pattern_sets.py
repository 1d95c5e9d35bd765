"""A text is searched only for the patterns whose words it has, and the result is that of all patterns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.extract.pattern_sets import PatternSet, fold_case, fold_pattern
from bot.extract.required_words import required_words


def patterns_of(file: str) -> list[str]:
    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                yield from walk(one)

    data = tomllib.loads(resources.files("bot.extract").joinpath(file).read_text("utf-8"))
    data.pop("error_filler", None)
    return [one for one in walk(data) if one not in {rule["name"] for rule in data.get("rule", ())}]


FILES = ("interstitials.toml", "phrases.toml", "cleanup.toml")
PATTERNS = [pattern for file in FILES for pattern in patterns_of(file)]


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("otter", {"otter"}),
        ("otters?", {"otter"}),
        ("otters+", {"otters"}),
        ("otter|seal", {"otter", "seal"}),
        ("otter|.", None),
        ("(?:otter|seal)s? (?:swims|dives)", {"swims", "dives"}),
        ("(?:otter )?swims", {"swims"}),
        ("(?:otter ){0,3}swims", {"swims"}),
        ("(?:otter ){1,3}", {"otter "}),
        (r"\botter\b", {"otter"}),
        (r"otter\.example", {"otter.example"}),
        (r"[\]otter]x\d", None),
        (r"(?=otter)\w+", None),
        (r"(?!otter)seal", {"seal"}),
        ("(?i:otter)", None),
        (r"(?P<name>otter)", None),
        (r"\x6ftter", None),
        ("水", {"水"}),
        ("a", None),
        ("(otter", None),
        ("otter)", None),
    ],
)
def test_required_words(pattern: str, wanted: set[str] | None) -> None:
    assert required_words(pattern) == wanted


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_each_match_of_a_rule_has_a_required_word(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(PATTERNS))
    text = data.draw(st.from_regex(pattern))
    assert PatternSet([pattern]).matches(text)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_case_is_ignored_as_the_regular_expressions_of_python_ignore_it(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(PATTERNS))
    text = data.draw(st.from_regex(pattern))
    text = data.draw(st.sampled_from([text, text.upper(), text.title(), text.swapcase()]))
    wanted = bool(re.search(pattern, text, re.IGNORECASE))
    assert PatternSet([pattern], ignore_case=True).matches(text) == wanted
    assert bool(re.search(fold_pattern(pattern), fold_case(text))) == wanted


def test_few_rules_are_searched_for_in_every_text() -> None:
    assert sum(required_words(pattern) is None for pattern in PATTERNS) < 10


def test_a_turkish_capital_i_is_an_i() -> None:
    assert PatternSet(["ilginizi çekebilir"], ignore_case=True).matches("İlginizi çekebilir")


def test_the_pattern_for_a_text_finds_what_all_patterns_find() -> None:
    patterns = ["otters? swim", "otter", "seal", "heron"]
    text = "An otter and two otters swim, and a seal"
    everything = re.compile("|".join(patterns), re.IGNORECASE)
    found = PatternSet(patterns, ignore_case=True)
    assert found.pattern_for(text).findall(text) == everything.findall(text)
    assert found.pattern_for("tide").findall("tide") == []


def test_a_narrowed_set_still_matches_the_parts_of_the_text() -> None:
    narrowed = PatternSet(["otter", "seal"]).narrowed("An otter. The tide.")
    assert narrowed.matches("An otter.")
    assert not narrowed.matches("The tide.")
