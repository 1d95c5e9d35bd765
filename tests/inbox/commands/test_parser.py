"""Which texts are commands, and their arguments."""

from __future__ import annotations

import time
import tomllib
from importlib.resources import files

import pytest

from bot.i18n.translations import LANGUAGES, translator
from bot.inbox.commands.parser import Verb, parse_command, says_it_is_a_bot
from bot.inbox.commands.vocabulary import normalize

PHRASES = tomllib.loads(
    files("bot.inbox.commands").joinpath("command_words.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("delete", Verb.DELETE),
        ("Delete please!", Verb.DELETE),
        ("@precis@lemmy.example delete", Verb.DELETE),
        ("u/precis_bot delete this comment", Verb.DELETE),
        ("[@precis](https://lemmy.example/u/precis) delete", Verb.DELETE),
        ("**löschen**", Verb.DELETE),
        ("Bitte löschen, danke.", Verb.DELETE),
        ("loschen", Verb.DELETE),
        ("good bot", Verb.GOOD),
        ("Danke, guter Bot!", Verb.GOOD),
        ("BAD BOT", Verb.BAD),
        ("opt out", Verb.OPT_OUT),
        ("please opt me out", Verb.OPT_OUT),
        ("leave me alone", Verb.OPT_OUT),
        ("opt in", Verb.OPT_IN),
        ("pause", Verb.PAUSE),
        ("leave", Verb.LEAVE),
        ("por qué", Verb.WHY),
        ("Hello,\n\npause r/news", Verb.PAUSE),
    ],
)
def test_commands_can_be_surrounded_by_polite_words_and_names(text: str, verb: Verb) -> None:
    found = parse_command(text)
    assert found is not None
    assert found.verb is verb


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n ",
        "!!!",
        "Delete your account",
        "I would delete this if I were you",
        "do not delete",
        "This is no good bot",
        "What a good botanist",
        "the deletion of this",
        "I opt out of reading the article",
        "They should pause the war",
        "Interesting article.\ndelete",
    ],
)
def test_a_sentence_is_not_a_command(text: str) -> None:
    assert parse_command(text) is None


@pytest.mark.parametrize(
    ("text", "community", "link"),
    [
        ("show !news@lemmy.example", "news@lemmy.example", None),
        ("show /c/news@lemmy.example", "news@lemmy.example", None),
        ("show news@lemmy.example", "news@lemmy.example", None),
        ("show !News@127.0.0.1:8000", "news@127.0.0.1:8000", None),
        ("show !news", "news", None),
        ("show r/WorldNews", "worldnews", None),
        ("show https://lemmy.example/c/news", "news@lemmy.example", None),
        ("show https://lemmy.example/c/news@other.example", "news@other.example", None),
        ("show https://www.reddit.com/r/news/", "news", None),
        ("try https://paper.example/a?b=c !news@lemmy.example", "news@lemmy.example", "https://paper.example/a?b=c"),
        ("try r/news https://paper.example/a.", "news", "https://paper.example/a"),
        ("delete https://lemmy.example/post/7", None, "https://lemmy.example/post/7"),
        ("delete https://www.reddit.com/r/news/comments/abc/x/", None, "https://www.reddit.com/r/news/comments/abc/x/"),
    ],
)  # fmt: skip
def test_the_community_and_link_of_a_command(text: str, community: str | None, link: str | None) -> None:
    found = parse_command(text)
    assert found is not None
    assert (found.community, found.link) == (community, link)


def test_line_numbers_in_the_body_are_those_of_the_message() -> None:
    found = parse_command("Hi!\nsettings for !news@lemmy.example:\n\nwords: 90")
    assert found is not None
    assert (found.verb, found.community, found.body) == (
        Verb.SETTINGS,
        "news@lemmy.example",
        "\n\n\nwords: 90",
    )


def test_the_subject_can_be_the_command() -> None:
    found = parse_command("words: 90", "settings r/news")
    assert found is not None
    assert (found.community, found.body) == ("news", "words: 90")


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_phrases_in_every_language(verb: Verb, language: str) -> None:
    for phrase in PHRASES["commands"][verb.value][language]:
        found = parse_command(phrase, private=True)
        assert found is not None, phrase
        assert found.verb is verb, phrase


def test_no_phrase_has_two_meanings() -> None:
    meanings = [
        (normalize(phrase), name)
        for name, languages in PHRASES["commands"].items()
        for phrases in languages.values()
        for phrase in phrases
    ]
    assert len({phrase for phrase, _ in meanings}) == len(set(meanings))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bots_answer_to_unknown_messages_is_recognised_as_from_a_bot(language: str) -> None:
    assert says_it_is_a_bot(translator(language)("not-understood"))
    assert not says_it_is_a_bot("I have a bottle of ink")


FLOODS = {
    "brackets": "[" * 100_000,
    "links": "[a](" * 10_000,
    "community names": "!a@b." * 10_000,
    "user names": "u/" * 20_000,
    "mentions": "@a" * 20_000,
    "addresses": "a.b@" * 10_000,
    "one character that normalization makes 18 of": "\ufdfa" * 2_000,
    "words that normalization makes of one character": "\ufdfa " * 1_000,
    "blank lines": "\n" * 100_000,
    "polite lines": "please\n" * 10_000,
    "polite words": "please " * 20_000,
    "lines of links": "https://a.example \n" * 10_000,
    "verbs": "pause " * 20_000,
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
def test_no_text_takes_long_to_parse(flood: str) -> None:
    start = time.thread_time()
    assert parse_command(flood, flood) is None
    assert not says_it_is_a_bot(flood)
    assert time.thread_time() - start < 0.2


def test_a_line_of_prose_ends_the_search() -> None:
    assert parse_command(f"{'please ' * 100}\npause r/news") is None
    assert parse_command(f"try https://a.example/{'x' * 1_500} r/news") is not None


def test_polite_phrases_of_several_words_can_be_anywhere() -> None:
    for text in ("s'il te plaît pause, s'il vous plaît", "guten tag, pause, thank you"):
        found = parse_command(text)
        assert found is not None, text
        assert found.verb is Verb.PAUSE
