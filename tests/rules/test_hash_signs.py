"""A `#` in a value is kept, or reported: it never empties or shortens a value silently (kind K22)."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rules.validation import parse_settings
from tests.rules.parsing import NO_LIMITS, messages_of, problem_codes


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("block_flairs: #Werbung, Satire", {"block_flairs": ["#Werbung", "Satire"]}),
        ("allow_flairs: [#Actu, Monde]", {"allow_flairs": ["#Actu", "Monde"]}),
        ("allow_title_words:\n* #hafen\n* #boote", {"allow_title_words": ["#hafen", "#boote"]}),
        ("block_title_words: [\n  #metoo,\n  live\n]", {"block_title_words": ["#metoo", "live"]}),
        ("footer_line: Besuchen Sie #hafen bei IRC", {"footer_line": "Besuchen Sie #hafen bei IRC"}),
        ("footer_line: #1 in der Stadt", {"footer_line": "#1 in der Stadt"}),
        ('block_title_words: "lerne C #", Rust', {"block_title_words": ["lerne C #", "Rust"]}),
        ('block_title_words:\n- "a # b" # quoted', {"block_title_words": ["a # b"]}),
        ("sentences: 3 # short", {"sentences": 3}),
        ("nsfw: no #really", {"nsfw": False}),
        ("block_domains: a.example # a shop", {"block_domains": ["a.example"]}),
        ("block_domains: # our list\n- a.example", {"block_domains": ["a.example"]}),
        ("# a comment\nwords: 90\n#nsfw: true", {"words": 90}),
        ("languages: [de, fr] # both", {"languages": ["de", "fr"]}),
        ("block_flairs:\n# --- next group\n#languages: [en]\nwords: 90", {"block_flairs": [], "words": 90}),
    ],
)  # fmt: skip
def test_a_hash_is_text_where_it_can_be_meant_so(text: str, settings: dict[str, Any]) -> None:
    assert parse_settings(text, NO_LIMITS) == settings


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("block_domains: # boutique.example", 1),
        ("words: 90\nallow_flairs: # Actualités", 2),
        ("block_title_words: lerne C # und C++, Rust", 1),
        ("block_title_words:\n- ruhig\n- lerne C # und Rust", 3),
        ("block_domains: a.example, # b.example", 1),
        ("languages: # en", 1),
        ("quiet_hours: #22-7", 1),
        ("footer_line: Regel # 3 gilt", 1),
        ("block_title_words:\n#metoo\n#live", 2),
        ("time_zone: # Europe/Berlin", 1),
        ("sentences: #3", 1),
        ("nsfw: # yes", 1),
    ],
)
def test_a_comment_that_would_swallow_part_of_a_value_is_a_mistake(text: str, line: int) -> None:
    assert problem_codes(text)[0] == (line, "comment")
    assert {code for _, code in problem_codes(text)} == {"comment"}


def test_the_mistake_says_how_to_keep_the_text() -> None:
    (message,) = messages_of("block_domains: # boutique.example")
    assert 'Example: `block_domains: ["boutique.example"]`' in message


def test_a_site_cannot_begin_with_a_hash() -> None:
    assert problem_codes("block_domains: #a.example, #b.example") == [(1, "bad-value")]
