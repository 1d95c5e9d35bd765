"""The command that a message probably meant: a misspelt word, or a community without its mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from msgspec import Struct

from bot.core.edit_distance import edits_within
from bot.core.lazy_patterns import lazy_pattern
from bot.core.messages import Answer, Message
from bot.i18n.translations import LANGUAGES, translator
from bot.inbox.commands.context import (
    PRIVATE_KINDS,
    CommandContext,
    CommandRequest,
    command_word,
    community_link,
    private_answer,
    translator_for,
)
from bot.inbox.commands.inline_settings import setting_names_in
from bot.inbox.commands.known_communities import full_name
from bot.inbox.commands.message_language import message_languages
from bot.inbox.commands.parser import Command, Verb, parse_arguments, strip_markup
from bot.inbox.commands.vocabulary import MAX_PHRASE_WORDS, Phrase, normalize, vocabulary

MAX_TEXT = 1_000
"""Characters of a message that are compared with the bot's own suggestions."""
MAX_WORDS = 8
"""Words of a line that may be a misspelt command; a longer one is prose."""
MAX_LEFT = 2
"""Words behind a misspelt command that mean nothing to the bot."""
MAX_DIFFERENCES = 3
"""Edits and such words together, in a line with a community or a link."""
_NEEDS_COMMUNITY = frozenset(
    {
        Verb.SETTINGS,
        Verb.SET,
        Verb.RESET,
        Verb.SHOW,
        Verb.TRY,
        Verb.PAUSE,
        Verb.RESUME,
        Verb.LEAVE,
        Verb.START,
        Verb.REPORT,
        Verb.REPORT_WEEKLY,
        Verb.STOP_REPORT,
    }
)
_NAME = lazy_pattern(r"@?([a-z0-9_]{2,30})(?:@([a-z0-9.-]+))?", re.IGNORECASE)
_SETTING = lazy_pattern(r"[^\s:=：]+(?:\s+[^\s:=：]+){0,2}\s*[:=：]\s*\S.*")


class Suggestion(Struct, frozen=True):
    """A command with the number of edits that make it of the message."""

    phrase: Phrase
    written: str
    """The command as the message should have it, normalized."""
    edits: int
    rest: str
    """What follows the command in the message."""


def suggest_command(message: Message, context: CommandContext) -> Answer | None:
    """The answer to a message that is almost a command; None if it is not.

    In a comment, which is part of a conversation, the line must consist of the command.
    """
    identity = context.identity_of(message.account)
    is_private = message.via in PRIVATE_KINDS
    for text in filter(None, (_first_line(message.text), message.subject if is_private else "")):
        words = strip_markup(_separate_marks(text))
        if not words:
            continue
        community, link, rest = parse_arguments(words)
        is_precise = is_private and (community is not None or link is not None)
        found = find_suggestion(rest, is_precise=is_precise, has_link=link is not None)
        if found is None or (not is_private and (found.edits != 1 or _meaningful(found.rest))):
            continue
        languages = message_languages(found.phrase.languages, message.text)
        request = CommandRequest(message, Command(found.phrase.verb, community), identity)
        translate = translator_for(request.community, context, languages)
        line = _corrected_line(
            found, community, link, request, context, command_word(found.phrase.verb, translate)
        )
        return private_answer(translate, translate("did-you-mean", nearest=line))
    return None


def is_suggestion(text: str) -> bool:
    """Whether a text is such an answer itself: another bot like this one sent it."""
    return any(pattern.search(text[:MAX_TEXT]) for pattern in _suggestion_patterns())


@cache
def _suggestion_patterns() -> tuple[re.Pattern[str], ...]:
    mark = "NEAREST"
    texts = (translator(language)("did-you-mean", nearest=mark) for language in LANGUAGES)
    return tuple(re.compile(re.escape(text).replace(mark, "[^`]+")) for text in texts)


def find_suggestion(text: str, *, is_precise: bool, has_link: bool = False) -> Suggestion | None:
    """The nearest command that a line begins with, after polite words.

    `is_precise` allows two edits in short words, because a community or a link shows that it is a command.
    """
    tokens = text.split()
    while tokens and _is_polite(tokens[0]):
        tokens.pop(0)
    if not tokens or len(tokens) > MAX_WORDS + MAX_PHRASE_WORDS:
        return None
    found = _candidates(tokens, is_precise)
    best = min(found, key=lambda each: _rank(each, tokens, has_link, is_precise), default=None)
    if best is None:
        return None
    left = 0 if _SETTING.search(best.rest) else len(_meaningful(best.rest))
    is_command = best.edits + left <= MAX_DIFFERENCES if is_precise else left <= MAX_LEFT
    return best if is_command and len(tokens) <= MAX_WORDS else None


def _candidates(tokens: list[str], is_precise: bool) -> Iterator[Suggestion]:
    for size in range(1, min(len(tokens), MAX_PHRASE_WORDS) + 1):
        word = normalize(" ".join(tokens[:size]))
        if not word:
            continue
        for text, phrase in vocabulary().commands.items():
            if phrase.verb in (Verb.GOOD, Verb.BAD):
                continue
            longer = max(len(word), len(text))
            allowed = max(1, longer // 3) if not is_precise else max(1, (longer + 1) // 2 - (longer < 4))
            if abs(len(word) - len(text)) > allowed:
                continue
            edits = edits_within(word, text, min(allowed, longer - 1))
            if edits is not None:
                yield Suggestion(phrase, text, edits, " ".join(tokens[size:]))


def _rank(
    found: Suggestion, tokens: list[str], has_link: bool, is_precise: bool
) -> tuple[bool, int, bool, bool, int]:
    """A command that fits the rest of the line, then fewer edits; words that are left over count as edits."""
    verb = found.phrase.verb
    is_setting = _SETTING.search(found.rest) is not None
    left = 0 if is_setting else len(_meaningful(found.rest))
    if left and not is_precise and verb in _NEEDS_COMMUNITY:
        left -= 1  # it may be the name of a community
    lacks_setting = is_setting and verb not in (Verb.SET, Verb.SETTINGS)
    is_for_link = verb in (Verb.TRY, Verb.DELETE)
    begins = normalize(tokens[0])[:1] == found.written[:1]
    return lacks_setting, found.edits + left, is_for_link is not has_link, not begins, len(found.rest)


def _meaningful(text: str) -> list[str]:
    return [word for word in normalize(text).split() if word not in vocabulary().fillers]


def _is_polite(word: str) -> bool:
    """Whether a word may stand before a command, and is none itself."""
    text = normalize(word)
    return not text or (text in vocabulary().fillers and text not in vocabulary().commands)


def _first_line(text: str) -> str:
    """The first line that says something."""
    lines = (line for line in text.splitlines()[:50] if line.strip())
    return next((line for line in lines if _meaningful(line[:400]) or "@" in line), "")


def _separate_marks(line: str) -> str:
    """`pause!news@host` as two words."""
    return re.sub(r"(?<=\w)!(?=\w)", " !", line)


def _corrected_line(
    found: Suggestion,
    community: str | None,
    link: str | None,
    request: CommandRequest,
    context: CommandContext,
    word: str,
) -> str:
    """The whole line as it should be written."""
    parts = [word]
    rest = found.rest
    if found.phrase.verb in _NEEDS_COMMUNITY:
        if community is None and request.message.community is None:
            name = _NAME.match(re.sub(r"^/?[rc][/\\ ]+", "", rest.strip()))
            is_setting = _SETTING.match(rest) is not None
            if name and not is_setting:
                community = full_name(name[1], name[2], request, context)
                rest = rest.strip()[name.end() :] if rest.strip().startswith(name[0]) else ""
        if community is not None:
            known = full_name(*_split(community), request, context)
            parts.append(community_link(known))
        elif request.message.community is None:
            parts.append(request.example_community)
    setting = _SETTING.search(rest) if found.phrase.verb in (Verb.SET, Verb.SETTINGS) else None
    if setting:
        parts.append(setting[0].strip().replace("`", "'"))
    if found.phrase.verb is Verb.RESET:
        parts += setting_names_in(rest)[0]
    if link is not None and found.phrase.verb in (Verb.TRY, Verb.DELETE):
        parts.insert(1, link.replace("`", "'"))
    return " ".join(parts)


def _split(community: str) -> tuple[str, str | None]:
    name, _, host = community.partition("@")
    return name, host or None
