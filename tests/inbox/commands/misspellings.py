"""Misspelt commands and settings in seven languages, generated: each with what its author meant."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from bot.i18n.translations import LANGUAGES
from bot.inbox.commands.vocabulary import Verb, normalize, vocabulary
from bot.rules import CommunityRules
from bot.rules.setting_names import normalize_name, setting_named

SEED = 20261129
COUNT = 200
_VERBS = (
    Verb.PAUSE, Verb.RESUME, Verb.LEAVE, Verb.SHOW, Verb.SETTINGS, Verb.SET, Verb.RESET, Verb.TRY,
    Verb.OPT_OUT, Verb.OPT_IN, Verb.HELP, Verb.REPORT, Verb.REPORT_WEEKLY, Verb.STOP_REPORT,
)  # fmt: skip
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Misspelling:
    """A message, and what the answer must have."""

    kind: str
    text: str
    wanted: str
    """A command word or the English name of a setting, as the answer shows it."""
    verb: Verb | None = None
    language: str = "en"


def misspellings(community: str) -> list[Misspelling]:
    """`COUNT` messages of all kinds and languages, the same in every run."""
    chance = random.Random(SEED)
    found: list[Misspelling] = []
    while len(found) < COUNT:
        for language in LANGUAGES:
            found += _of_language(language, community, chance)
    return found[:COUNT]


def _of_language(language: str, community: str, chance: random.Random) -> Iterator[Misspelling]:
    for edits in (1, 2):
        verb = chance.choice(_VERBS)
        word = _phrase(verb, language, chance, at_least=3 + 2 * edits)
        wrong = _misspell(word, edits, chance)
        if normalize(wrong) in vocabulary().commands:
            continue
        place = "" if verb in (Verb.OPT_OUT, Verb.OPT_IN, Verb.HELP) else f" !{community}"
        link = "https://paper.example/a" if verb is Verb.TRY else ""
        line = " ".join(part for part in (wrong, link, place.strip()) if part)
        if verb is Verb.SET:
            line += " layout: bullets"
        yield Misspelling(f"command, {edits} edits", line, word, verb, language)
    verb = chance.choice((Verb.PAUSE, Verb.RESUME, Verb.LEAVE, Verb.SHOW))
    word = _phrase(verb, language, chance)
    name = community.partition("@")[0]
    place = chance.choice((name, f"@{community}", f"{name}@{community.partition('@')[2].partition('.')[0]}"))
    yield Misspelling("missing mark", f"{word} {place}", f"!{community}", verb, language)
    setting, written = chance.choice(list(_setting_names(language)))
    wrong = _misspell(written, chance.choice((1, 2)) if len(written) > 6 else 1, chance)
    if setting_named(wrong) is None:
        command = chance.choice((f"{_phrase(Verb.SET, language, chance)} !{community} ", ""))
        yield Misspelling("setting", f"{command}{wrong}: 3", setting, None, language)
    wrong_name = chance.choice(_WRONG_NAMES)
    yield Misspelling(
        "wrong name", f"{_phrase(Verb.SET, language, chance)} !{community} {wrong_name[0]}: 3", wrong_name[1]
    )


_WRONG_NAMES = (
    ("number_of_sentences", "sentences"), ("max_words", "words"), ("domain_blocklist", "block_domains"),
    ("whitelist_domains", "allow_domains"), ("silent_hours", "quiet_hours"), ("timezone_name", "time_zone"),
    ("daily_max", "max_per_day"), ("show_keywords", "key_words"), ("post_max_age", "max_age_hours"),
    ("flair_blocklist", "block_flairs"), ("footer_text", "footer_line"), ("score_min", "min_score"),
    ("reply_language", "language"), ("show_source", "source_line"), ("pinned", "sticky"),
)  # fmt: skip


def _setting_names(language: str) -> Iterator[tuple[str, str]]:
    """Each setting with a name of at least five letters in a language."""
    if language == "en":
        yield from ((name, name) for name in CommunityRules.model_fields if len(name) >= 5)
        return
    text = files("bot.rules").joinpath("setting_names.toml").read_text(encoding="utf-8")
    for setting, languages in tomllib.loads(text).items():
        if setting in CommunityRules.model_fields:
            for name in languages[language]:
                if len(normalize_name(name)) >= 5 and setting_named(name) == setting:
                    yield setting, name


def _phrase(verb: Verb, language: str, chance: random.Random, at_least: int = 3) -> str:
    data = tomllib.loads(
        files("bot.inbox.commands").joinpath("command_words.toml").read_text(encoding="utf-8")
    )
    phrases: list[str] = data["commands"][verb.value][language]
    longer = [phrase for phrase in phrases if len(phrase) >= at_least]
    return chance.choice(longer or [max(phrases, key=len)])


def _misspell(word: str, edits: int, chance: random.Random) -> str:
    """A word with letters that are missing, doubled, swapped or wrong; the first letter stays."""
    for _ in range(edits):
        at = chance.randrange(1, len(word))
        match chance.choice(("drop", "double", "swap", "replace")):
            case "drop" if len(word) > 3:
                word = word[:at] + word[at + 1 :]
            case "double":
                word = word[:at] + word[at - 1] + word[at:]
            case "swap" if at + 1 < len(word):
                word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            case _:
                word = word[:at] + chance.choice(_LETTERS) + word[at + 1 :]
    return word
