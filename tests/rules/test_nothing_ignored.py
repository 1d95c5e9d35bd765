"""Values that were accepted and then had no effect, or lost a part (kinds K22, K23, K24 and K30)."""

from __future__ import annotations

from typing import Any

import py3langid
import pytest

from bot.core.language_codes import fold_language
from bot.rules.place_names import is_language
from bot.rules.validation import parse_settings
from tests.rules.parsing import NO_LIMITS, problem_codes


@pytest.mark.parametrize(
    "host", ["boutique[.]example", "(laden.example)", "~tienda.example", "||loja.example^", "www.sit"]
)
def test_a_site_that_no_link_can_have_is_a_mistake(host: str) -> None:
    (found,) = problem_codes(f"block_domains:\n- {host}")
    assert found[0] == 1
    assert found[1] in ("bad-value", "no-site")


@pytest.mark.parametrize(
    "text",
    [
        "block_domains: a.example # Werbung, b.example",
        "allow_domains: a.example #uno, b.example, c.example",
        "block_domains:\n# laden.example\n# tienda.example",
    ],
)
def test_a_comment_with_sites_of_the_list_is_a_mistake(text: str) -> None:
    assert {code for _, code in problem_codes(text)} == {"comment"}


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("block_domains: a.example # spam, see the wiki", {"block_domains": ["a.example"]}),
        ("block_domains:\n# Werbung und Spam\nwords: 90", {"block_domains": [], "words": 90}),
        ("block_title_words: 雑談、質問", {"block_title_words": ["雑談", "質問"]}),
        ("block_title_words: 闲聊，提问", {"block_title_words": ["闲聊", "提问"]}),
        ("block_flairs: نقاش، سؤال", {"block_flairs": ["نقاش", "سؤال"]}),
        ("block_title_words: AMA; live thread", {"block_title_words": ["AMA", "live thread"]}),
        ('block_title_words:\n- "a; b"\n- c、d', {"block_title_words": ["a; b", "c、d"]}),
        ("quiet_hours: from 10 p.m. to 7 a.m.", {"quiet_hours": "22:00-07:00"}),
        ("quiet_hours: 10 a.m.-7 p.m.", {"quiet_hours": "10:00-19:00"}),
        ("quiet_hours: 22:00〜07:00", {"quiet_hours": "22:00-07:00"}),
        ("quiet_hours: 22:00～07:00", {"quiet_hours": "22:00-07:00"}),
        ("quiet_hours: off", {"quiet_hours": ""}),
        ("quiet_hours: nein", {"quiet_hours": ""}),
        ("quiet_hours: no", {"quiet_hours": ""}),
        ("time_zone: UTC +02:00", {"time_zone": "Etc/GMT-2"}),
        ("time_zone: GMT - 3", {"time_zone": "Etc/GMT+3"}),
        ("block_domains: 店。example, shop．example", {"block_domains": ["店.example", "shop.example"]}),
        ("allow_domains: *.museum, .рф", {"allow_domains": ["museum", "рф"]}),
    ],
)
def test_what_has_one_meaning_is_understood(text: str, settings: dict[str, Any]) -> None:
    assert parse_settings(text, NO_LIMITS) == settings


@pytest.mark.parametrize("code", ["kr", "ch", "tw", "co", "ve"])
def test_a_language_that_is_never_detected_is_a_mistake(code: str) -> None:
    assert problem_codes(f"languages: [{code}]") == [(1, "no-such-language")]


def test_every_language_that_may_be_detected_is_accepted() -> None:
    py3langid.classify("A text, so that the model is loaded.")
    known = {fold_language(str(code)) for code in py3langid.langid.IDENTIFIER.nb_classes} - {""}
    assert {code for code in known if not is_language(code)} == set()


@pytest.mark.parametrize("null", ["~", "null"])
@pytest.mark.parametrize(
    ("name", "empty"), [("allow_title_words", []), ("block_domains", []), ("footer_line", "")]
)
def test_no_value_in_yaml_is_an_empty_value(name: str, empty: object, null: str) -> None:
    assert parse_settings(f"{name}: {null}", NO_LIMITS) == {name: empty}


def test_null_as_an_item_is_a_word() -> None:
    assert parse_settings("block_title_words: null, void", NO_LIMITS) == {
        "block_title_words": ["null", "void"]
    }
