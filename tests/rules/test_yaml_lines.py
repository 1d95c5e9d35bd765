"""The settings language: valid text, refused text, and line numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.yaml_lines import MAX_CHARACTERS, Entry, parse_entries
from tests.rules.parsing import entries_of


def problem(text: str) -> tuple[int, str]:
    (only,) = parse_entries(text).problems
    return only.line, only.code


def test_entries_have_keys_values_and_line_numbers() -> None:
    text = (
        "# ours\nsentences: 3\n\nblock_domains:\n  - a.example\n  - b.example\nlanguages: [no, de]\nnsfw:\n"
    )
    assert entries_of(text) == (
        Entry("sentences", "3", 2),
        Entry("block_domains", ("a.example", "b.example"), 4),
        Entry("languages", ("no", "de"), 7),
        Entry("nsfw", None, 8),
    )


@pytest.mark.parametrize("value", ["=", "<<", "012", "22:30", "1_000", "off", "1e3", "0b11", "2026-10-05"])
def test_a_value_stays_as_it_is_written(value: str) -> None:
    assert entries_of(f"footer_line: {value}\ntitle_words: [{value}]") == (
        Entry("footer_line", value, 1),
        Entry("title_words", (value,), 2),
    )


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("", 1, "no-settings"),
        ("# only a comment\n", 1, "no-settings"),
        ("please be nice", 1, "no-setting-line"),
        ("- a\n- b", 1, "no-setting-line"),
        ("words: 3\nwords: 4", 2, "duplicate"),
        ("words: {at: most}", 1, "nested"),
        ("languages: [[en]]", 1, "nested"),
        ("a: &x [1]\nb: *x", 1, "yaml-feature"),
        ("words: !!python/object/apply:os.system ['true']", 1, "yaml-feature"),
        ("words: !!int 3", 1, "yaml-feature"),
        ("%TAG ! tag:example,2000:\n---\nwords: 3", 1, "yaml-feature"),
        ("words: 3\n---\nnsfw: true", 2, "unreadable"),
        ("words: 3\nfooter_line: 'never closed", 2, "unreadable"),
        ("a: 1\n" * MAX_CHARACTERS, 1, "too-large"),
    ],
)
def test_text_that_is_not_settings_is_one_problem_with_its_line(text: str, line: int, code: str) -> None:
    assert problem(text) == (line, code)


def test_two_megabytes_and_an_alias_bomb_are_refused_quickly() -> None:
    bomb = "a: &a [x, x, x]\n" + "\n".join(f"{n}: &{n} [*a, *a, *a]" for n in "bcdefgh")
    assert problem(bomb)[1] == "yaml-feature"
    assert problem("words: 3\n" * 220_000)[1] == "too-large"
    assert problem("[" * (MAX_CHARACTERS - 1))[1] in ("no-setting-line", "unreadable")


@given(st.text(max_size=300))
def test_any_text_has_entries_or_problems_on_its_lines(text: str) -> None:
    parsed = parse_entries(text)
    assert parsed.entries or parsed.problems
    for found in (*parsed.entries, *parsed.problems):
        assert 1 <= found.line <= text.count("\n") + text.count("\r") + 1


@given(
    st.lists(
        st.sampled_from(["a: ", "&x ", "*x", "!!str ", "[", "]", "{", "}", "\n", "- ", "? ", "| ", "'", "%Y"])
    )
)
def test_any_text_of_yaml_symbols_has_entries_or_problems(parts: list[str]) -> None:
    parsed = parse_entries("".join(parts))
    assert parsed.entries or parsed.problems
