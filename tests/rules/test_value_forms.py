"""Values in the forms that people write; a value that can have no effect is a mistake (kinds K23 and K30)."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rules.validation import parse_settings
from tests.rules.parsing import NO_LIMITS, messages_of, problem_codes

A = {"block_domains": ["a.example"]}
AB = {"block_domains": ["a.example", "b.example"]}


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("block_domains: *.a.example", A),
        ("block_domains: '*.a.example'", A),
        ("block_domains: .a.example", A),
        ("block_domains: A.Example.", A),
        ("block_domains: www.a.example", A),
        ("block_domains: a.example:8080", A),
        ("block_domains: *://*.a.example/*", A),
        ("block_domains: <https://a.example>", A),
        ("block_domains: [a.example](http://a.example)", A),
        ("block_domains: https://a.example/news?x=1#y", A),
        ("block_domains: a.example b.example", AB),
        ("block_domains: a.example; b.example", AB),
        ("block_domains: https://a.example/, https://www.b.example/x", AB),
        ("block_domains: [https://a.example, *.b.example]", AB),
        ("block_domains: [\n  https://a.example,\n  [b.example](https://b.example)\n]", AB),
        ("block_domains:\n* https://a.example\n* http://b.example/", AB),
        ("block_domains:\n1. https://a.example\n2. b.example", AB),
        ("block_domains:\nhttps://a.example\nb.example", AB),
        ("block_domains: a.example,\nb.example", AB),
        ("block_domains:\n- a.example\n- https://b.example\nsentences: 3", AB | {"sentences": 3}),
        ("block_domains: .gov, *.mil", {"block_domains": ["gov", "mil"]}),
        ("block_domains: none", {"block_domains": []}),
        ("block_flairs:\n- breaking: live\n  - words: 3", {"block_flairs": ["breaking: live", "words: 3"]}),
        ("block_title_words: *AMA*, Q&A, @you", {"block_title_words": ["*AMA*", "Q&A", "@you"]}),
        ("block_flairs: [Live], [Meta]", {"block_flairs": ["[Live]", "[Meta]"]}),
        ("footer_line: *Fragen?* [Hier](https://a.example)", {"footer_line": "*Fragen?* [Hier](https://a.example)"}),
        ("layout: BULLETS", {"layout": "bullets"}),
        ("layout: Stichpunkte", {"layout": "bullets"}),
        ("method: Lex Rank", {"method": "lexrank"}),
        ("language: Deutsch", {"language": "de"}),
        ("language: pt-BR", {"language": "pt"}),
        ("time_zone: america/new york", {"time_zone": "America/New_York"}),
        ("time_zone: madrid", {"time_zone": "Europe/Madrid"}),
        ("time_zone: UTC+2", {"time_zone": "Etc/GMT-2"}),
        ("min_saved: 50 Prozent", {"min_saved": 50}),
        ("words: 90 mots", {"words": 90}),
        ("sentences: 3.", {"sentences": 3}),
        ("sentences: ３", {"sentences": 3}),
        ("max_per_day: 10 pro Tag", {"max_per_day": 10}),
        ("max_per_day: 1,000", {"max_per_day": 1000}),
        ("max_age_hours: 2 días", {"max_age_hours": 48}),
        ("min_age_minutes: 1 Stunde", {"min_age_minutes": 60}),
        ("delete_below: −3 points", {"delete_below": -3}),
        ("nsfw: oui", {"nsfw": True}),
        ("nsfw: Não", {"nsfw": False}),
        ("footer_line:", {"footer_line": ""}),
        ("quiet_hours:", {"quiet_hours": ""}),
        ("quiet_hours: keine", {"quiet_hours": ""}),
        ("quiet_hours: 10 pm - 7 am", {"quiet_hours": "22:00-07:00"}),
        ("quiet_hours: von 22 Uhr bis 7 Uhr", {"quiet_hours": "22:00-07:00"}),
        ("quiet_hours: 22h30 à 7h", {"quiet_hours": "22:30-07:00"}),
        ("languages: English, français", {"languages": ["en", "fr"]}),
        ("languages: en-GB pt_BR iw", {"languages": ["en", "pt", "he"]}),
        ("languages: deu, nob", {"languages": ["de", "nb"]}),
        ("languages: all", {"languages": []}),
        ("---\nwords: 90\n...", {"words": 90}),
        ("***\nwords: 90\n***", {"words": 90}),
        ("   sentences: 3\nwords: 90", {"sentences": 3, "words": 90}),
        ('{"sentences": 3, "layout": "bullets"}', {"sentences": 3, "layout": "bullets"}),
        ("Sätze: 3\nMise en page: puces", {"sentences": 3, "layout": "bullets"}),
        ("sitios bloqueados: a.example", A),
        ("geblokkeerde sites:\n- a.example\n- b.example", AB),
    ],
)  # fmt: skip
def test_a_form_with_one_meaning_is_accepted(text: str, settings: dict[str, Any]) -> None:
    assert parse_settings(text, NO_LIMITS) == settings


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("block_domains: tabloid", "no-site"),
        ("block_domains: news.*.example", "bad-pattern"),
        ("block_domains: example.*", "bad-pattern"),
        ("block_domains: a.example (a shop)", "bad-value"),
        ("allow_domains: none", "no-site"),
        ("allow_domains: a.example\nblock_domains: a.example", "in-both"),
        ("languages: xx", "no-such-language"),
        ("languages: [en, ua2]", "bad-language"),
        ("quiet_hours: 00:00-24:00", "all-day"),
        ("quiet_hours: 8-8", "all-day"),
        ("min_age_minutes: 90\nmax_age_hours: 1", "never-both"),
        ("sentences: 1.000", "bad-number"),
        ("min_saved: 0.6", "bad-number"),
        ("words: 90 minutes", "bad-number"),
        ("max_age_hours: 90 minutes", "bad-number"),
        ("sentences:", "bad-number"),
        ("nsfw:", "bad-bool"),
        ("time_zone: Europe", "bad-zone"),
        ("quiet_hours: 13 pm - 7 am", "bad-hours"),
    ],
)
def test_a_value_without_effect_or_meaning_is_a_mistake(text: str, code: str) -> None:
    assert [found for _, found in problem_codes(text)] == [code]


def test_all_mistakes_are_told_although_a_line_is_not_yaml() -> None:
    text = "layout bullets\nsentences: 99\nfoo: bar\nblock_domains: [a.example\nwords: 3: 4\nnsfw: maybe"
    assert [line for line, _ in problem_codes(text)][:3] == [1, 2, 3]
    assert "Example: `layout: bullets`" in messages_of(text)[0]
    text = "sentences: 99\nplease be nice\nnsfw: maybe\nfooter_line: 'open"
    codes = [code for _, code in problem_codes(text)]
    assert codes == ["bad-number", "no-setting-line", "bad-bool", "unreadable"]


@pytest.mark.parametrize(
    "text",
    [
        "type: link submission\ntitle (includes): [weather]\naction: remove",
        "---\nauthor:\n    account_age: '< 2 days'\naction: filter\naction_reason: new account\n---",
        "body+title (regex): ['a.*b']\naction: report",
        "domain: [shop.example]\naction: spam",
        "    type: comment\n    body (includes-word): ['buy']\n    action: remove\n    comment: no ads",
        "title (starts-with, case-sensitive): ['AMA']\nset_flair: ['AMA']",
    ],
)
def test_a_rule_of_automoderator_is_recognised(text: str) -> None:
    assert problem_codes(text) == [(1, "automoderator")]


@pytest.mark.parametrize("text", ["title: x", "sentences: 3\naction: none", "domain: a.example"])
def test_other_mistakes_are_not_taken_for_automoderator(text: str) -> None:
    assert "automoderator" not in [code for _, code in problem_codes(text)]
