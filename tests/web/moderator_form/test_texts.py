"""The texts of the form do what the form shows: the bot's own parser reads them."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n.translations import LANGUAGES, translator
from bot.inbox.commands.vocabulary import Verb, vocabulary
from bot.rules import CommunityRules
from bot.rules.moderator_limits import ModeratorLimits
from bot.rules.setting_kinds import choices_of, is_bool, is_free_text, is_list, is_number
from tests.web.moderator_form.forms import COMMUNITY, base_with, read_from_page, received, submit

NAMES = tuple(CommunityRules.model_fields)
OTHERS: dict[str, list[Any]] = {
    "allow_domains": [["paper.example"], ["gazette.example", "news.example.org"]],
    "block_domains": [["shop.example"], ["a.example", "b.example"]],
    "allow_title_words": [["climate"], ["#news", "a, b", "[live]", "- x", "it's", 'say "so"']],
    "block_title_words": [
        ["megathread"],
        ["yes", "null", "{x: y}", "&a", "*b*", "!c", "a\\*b", "`q`"],
    ],
    "allow_flairs": [["News"], ["Tech: AI", "# first"]],
    "block_flairs": [["Satire"], ["C#", "日本", "🔥 hot", "@home", "a > b | c"]],
    "languages": [["en"], ["no", "de", "pt"]],
    "quiet_hours": ["22:00-07:00", "08:00-17:00"],
    "time_zone": ["Europe/Berlin", "Etc/GMT+5"],
    "footer_line": ["Questions? Ask !help@lemmy.example.", "a: b # c", '"quoted"', "* [x](y) \\_ `z`"],
}


def other_values(name: str) -> list[Any]:
    """Values that differ from the default."""
    default = CommunityRules.model_fields[name].default
    if name in OTHERS:
        return OTHERS[name]
    if is_bool(name):
        return [not default]
    if is_number(name):
        lowest, highest = ModeratorLimits().allowed_range(name)
        if name in ("min_age_minutes", "max_age_hours"):
            return [30 if name == "min_age_minutes" else 48]
        return [value for value in (lowest, highest) if value != default]
    return [choice for choice in choices_of(name) if choice != default][:2]


def test_every_setting_has_another_value() -> None:
    assert all(other_values(name) for name in NAMES)


@pytest.mark.parametrize("first", NAMES)
def test_every_pair_of_settings_is_accepted_as_it_was_chosen(first: str) -> None:
    base = base_with()
    partners = NAMES[NAMES.index(first) + 1 :]
    for second in partners:
        for one, other in product(other_values(first), other_values(second)):
            wanted = {first: one, second: other}
            submitted, texts = submit(base, wanted)
            assert submitted.errors == {}, wanted
            assert submitted.changes == wanted
            assert texts is not None
            expected = base.effective.rules.model_copy(
                update={name: getattr(CommunityRules.model_validate(wanted), name) for name in wanted}
            )
            assert received(texts.message, base) == expected, texts.message
            assert read_from_page(texts.page, base) == expected, texts.page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_one_setting_is_accepted_in_every_language(name: str, language: str) -> None:
    base = base_with()
    for value in other_values(name):
        _, texts = submit(base, {name: value}, language=language)
        assert texts is not None
        rules = received(texts.message, base)
        assert rules.model_dump(mode="json")[name] == value, texts.message
        assert rules.model_dump(exclude={name}) == CommunityRules().model_dump(exclude={name})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_command_is_the_one_of_the_language(language: str) -> None:
    assert translator(language)("form-set") == vocabulary().words[Verb.SET][language]


_texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)


@given(st.sampled_from([name for name in NAMES if is_free_text(name)]), st.data())
def test_any_text_is_accepted_as_shown_or_refused_with_a_sentence(name: str, data: st.DataObject) -> None:
    base = base_with()
    value = data.draw(st.lists(_texts, max_size=4) if is_list(name) else _texts)
    submitted, texts = submit(base, {name: value, "sentences": 7})
    if submitted.errors:
        assert all(sentences for sentences in submitted.errors.values())
        return
    assert texts is not None
    rules = received(texts.message, base).model_dump(mode="json")
    assert rules["sentences"] == 7
    if name in submitted.changes:
        assert rules[name] == submitted.changes[name]
    assert read_from_page(texts.page, base).model_dump(mode="json") == rules


@given(st.sampled_from([name for name in NAMES if not is_free_text(name)]), _texts)
def test_any_value_is_accepted_unchanged_or_refused_with_a_sentence(name: str, text: str) -> None:
    base = base_with()
    submitted, texts = submit(base, {name: [text] if is_list(name) else text})
    assert bool(submitted.errors) + bool(submitted.changes) <= 1
    if texts is not None:
        assert received(texts.message, base).model_dump(mode="json")[name] == submitted.changes[name]


def test_one_plain_setting_is_one_line() -> None:
    _, texts = submit(base_with(), {"layout": "bullets"})
    assert texts is not None
    assert texts.message == f"set !{COMMUNITY} layout: bullets"
    assert texts.page == "layout: bullets"


def test_only_what_differs_is_in_the_message_and_everything_on_the_page() -> None:
    base = base_with({"sentences": 2, "block_domains": ["shop.example"]}, {"words": 90})
    _, texts = submit(base, {"block_domains": ["shop.example", "b.example"]})
    assert texts is not None
    assert texts.message == f"set !{COMMUNITY}\nblock_domains: [shop.example, b.example]"
    assert texts.page == "block_domains: [shop.example, b.example]\nsentences: 2"


def test_nothing_differs() -> None:
    submitted, texts = submit(base_with({"sentences": 2}), {"sentences": 2})
    assert (submitted.changes, submitted.errors, texts) == ({}, {}, None)


def test_a_list_is_emptied() -> None:
    base = base_with({"block_domains": ["shop.example"]})
    _, texts = submit(base, {"block_domains": []})
    assert texts is not None
    assert received(texts.message, base).block_domains == ()


def test_a_profile_is_named_where_that_is_shorter() -> None:
    base = base_with()
    _, texts = submit(base, {}, "news")
    assert texts is not None
    assert texts.message == f"set !{COMMUNITY}\nprofile: news"
    assert received(texts.message, base).max_age_hours == 12
    _, texts = submit(base, {"max_age_hours": 48}, "news")
    assert texts is not None
    assert texts.message == f"set !{COMMUNITY}\nprofile: news\nmax_age_hours: 48"
    _, texts = submit(base, {"method": "lsa"}, "quiet")
    assert texts is not None
    assert set(texts.message.splitlines()[1:]) == {"profile: quiet", "method: lsa"}


@pytest.mark.parametrize("profile", ["quiet", "news", "strict"])
@pytest.mark.parametrize("earlier", [{}, {"allow_domains": ["paper.example"], "sentences": 3}])
def test_a_profile_with_any_setting_overridden(profile: str, earlier: dict[str, Any]) -> None:
    base = base_with(earlier)
    for name in NAMES:
        value = other_values(name)[0]
        submitted, texts = submit(base, {name: value}, profile)
        if profile == "strict" and not earlier and name != "allow_domains":
            assert list(submitted.errors) == ["allow_domains"]
            continue
        assert submitted.errors == {}
        assert texts is not None
        rules = received(texts.message, base).model_dump(mode="json")
        assert rules == base.values() | dict(submitted.changes), texts.message


def test_all_settings_together_are_accepted() -> None:
    base = base_with()
    wanted = {name: other_values(name)[0] for name in NAMES}
    submitted, texts = submit(base, wanted)
    assert submitted.errors == {}
    assert texts is not None
    assert received(texts.message, base).model_dump(mode="json") == wanted


def test_units_and_usual_words_are_understood() -> None:
    submitted, _ = submit(base_with(), {"min_age_minutes": "2 h", "block_domains": ["a.example, b.example"]})
    assert submitted.changes == {"min_age_minutes": 120, "block_domains": ["a.example", "b.example"]}


@pytest.mark.parametrize(
    ("values", "name", "sentence"),
    [
        ({"sentences": "99"}, "sentences", "`sentences` must be a whole number from 1 to 15."),
        ({"sentences": ""}, "sentences", "`sentences` must be a whole number from 1 to 15."),
        ({"layout": "table"}, "layout", "`layout` must be one of: paragraphs, bullets, collapsed."),
        ({"quiet_hours": "at night"}, "quiet_hours", "must be a range of two times of day"),
        ({"time_zone": "Atlantis"}, "time_zone", "must be the name of a time zone"),
        ({"languages": ["english-ish"]}, "languages", "takes two-letter language codes"),
        ({"block_domains": ["shop*"]}, "block_domains", "matches no site"),
        ({"footer_line": "x" * 201}, "footer_line", "at most 200 characters"),
        ({"block_flairs": [f"f{number}" for number in range(201)]}, "block_flairs", "at most 200 entries"),
        ({"allow_flairs": ["A"], "block_flairs": ["a"]}, "block_flairs", "one of the two has no effect"),
        ({"min_age_minutes": 1440, "max_age_hours": 24}, "min_age_minutes", "every post is too old"),
    ],
)
def test_a_mistake_is_told_beside_its_setting(values: dict[str, Any], name: str, sentence: str) -> None:
    submitted, texts = submit(base_with(), values)
    assert list(submitted.errors) == [name]
    assert sentence in " ".join(submitted.errors[name])
    assert "Line" not in " ".join(submitted.errors[name])
    assert texts is None


def test_two_settings_that_fit_only_together_are_accepted() -> None:
    submitted, texts = submit(base_with(), {"min_age_minutes": 1440, "max_age_hours": 48})
    assert submitted.errors == {}
    assert texts is not None


def test_a_change_that_contradicts_an_earlier_setting_is_a_mistake() -> None:
    base = base_with({"block_domains": ["shop.example"]})
    submitted, _ = submit(base, {"allow_domains": ["shop.example"]})
    assert list(submitted.errors) == ["allow_domains"]


def test_the_limits_of_the_operator() -> None:
    limits = ModeratorLimits(frozenset({"method"}), {"min_saved": 50}, {"words": 200})
    base = base_with(operator={"words": 300}, limits=limits)
    submitted, _ = submit(base, {"method": "lsa", "sentences": 5})
    assert submitted.changes == {"sentences": 5}  # 300 words of the operator are no mistake of the moderator
    submitted, _ = submit(base, {"words": 201, "min_saved": 49})
    assert submitted.errors.keys() == {"words", "min_saved"}
    assert "from 20 to 200" in submitted.errors["words"][0]


def test_pairs_with_earlier_settings_and_limits() -> None:
    limits = ModeratorLimits(frozenset({"method"}), {"min_saved": 50}, {"words": 200})
    base = base_with(
        {"layout": "bullets", "footer_line": "a # b", "languages": ["en"]}, {"nsfw": True}, limits
    )
    names = [name for name in NAMES if name != "method"]
    for first, second in list(combinations(names, 2))[::5]:
        wanted = {first: other_values(first)[0], second: other_values(second)[0]}
        submitted, texts = submit(base, wanted)
        if texts is None:
            assert submitted.errors or not submitted.changes
            continue
        expected = base.values() | dict(submitted.changes)
        assert received(texts.message, base).model_dump(mode="json") == expected
        assert read_from_page(texts.page, base).model_dump(mode="json") == expected
