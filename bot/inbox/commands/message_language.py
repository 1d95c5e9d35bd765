"""Which language a message is in, judged by the words of commands, of settings and of politeness in it."""

from __future__ import annotations

from collections import Counter

from bot.i18n.translations import LANGUAGES
from bot.inbox.commands.vocabulary import MAX_PHRASE_WORDS, normalize, vocabulary
from bot.rules.setting_names import language_of_name

_ENGLISH = LANGUAGES[0]
_MAX_NAME_WORDS = 5
_MAX_LENGTH = 1_000
"""Characters of a message that are looked at."""


def message_languages(of_command: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The languages that a message may be in, the most likely first; empty if it may be in English.

    `of_command` are the languages that have its command, none without a command. Some share a word, such as
    `pausa`.
    """
    votes = _votes(text[:_MAX_LENGTH])
    if of_command == (_ENGLISH,):
        votes[_ENGLISH] += 2  # as much as the name of a setting
    if _ENGLISH in of_command or not of_command:
        others = [language for language in of_command if language != _ENGLISH and votes[language] > 0]
        named = [language for language, count in votes.most_common(1) if count >= 2]
        candidates = others or named
        return tuple(candidates) if candidates and votes[candidates[0]] > votes[_ENGLISH] else ()
    ranked = sorted(of_command, key=lambda language: -votes[language])
    best = [language for language in ranked if votes[language] == votes[ranked[0]]]
    return tuple(best)


def _votes(text: str) -> Counter[str]:
    votes: Counter[str] = Counter()
    for line in text.splitlines():
        head = line.partition(":")[0].split()[-_MAX_NAME_WORDS:] if ":" in line else []
        names = (language_of_name(" ".join(head[start:])) for start in range(len(head)))
        found = next(filter(None, names), None)
        if found:
            votes[found] += 2
    words = normalize(text).split()
    fillers = vocabulary().fillers
    for start in range(len(words)):
        for size in range(1, MAX_PHRASE_WORDS + 1):
            if start + size <= len(words):
                languages = fillers.get(" ".join(words[start : start + size]), ())
                if len(languages) == 1:
                    votes[languages[0]] += 1
    return votes
