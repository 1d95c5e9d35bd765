"""Help by role and language, suggestions, and an answer to every message of a moderator."""

from __future__ import annotations

import pytest

from bot.core.errors import CommunityNotFound
from bot.core.messages import MessageKind
from bot.core.models import Dialect
from bot.i18n.translations import LANGUAGES, translator
from bot.inbox.commands.parser import Verb
from bot.inbox.commands.vocabulary import vocabulary
from tests.inbox.commands.conftest import MOD, NEWS, CommandHarness

STRANGER = "eve@lemmy.example"


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_has_a_line_for_each_command_in_the_readers_language(
    harness: CommandHarness, language: str
) -> None:
    words = {verb: by_language[language] for verb, by_language in vocabulary().words.items()}
    harness.operator_rules = {"language": language}
    answer = str(harness.send(f"{words[Verb.HELP]} !{NEWS}"))
    lines = [line for line in answer.splitlines() if line.startswith("- `")]
    for verb in (Verb.SHOW, Verb.TRY, Verb.DELETE, Verb.OPT_OUT, Verb.OPT_IN):
        assert any(line.startswith(f"- `{words[verb]}") for line in lines), verb
    for verb in (Verb.SET, Verb.RESET, Verb.SETTINGS, Verb.PAUSE, Verb.RESUME, Verb.LEAVE):
        assert f"- `{words[verb]} !{NEWS}" in answer, verb
    assert answer.endswith("/docs/how-to/moderators.md")


def test_help_for_a_reader_leaves_out_what_only_moderators_can_do(harness: CommandHarness) -> None:
    answer = str(harness.send(f"help !{NEWS}", STRANGER))
    assert "`opt out`" in answer
    assert "`pause" not in answer
    assert "`start r/news`" not in str(harness.send("help"))
    harness.host, harness.messaging.dialect = None, Dialect.REDDIT
    assert "`start r/news`" in str(harness.send("help", "mona"))


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        (f"puase !{NEWS}", f"pause !{NEWS}"),
        ("pause news", f"pause !{NEWS}"),
        ("pause nesw", f"pause !{NEWS}"),
        (f"pause @{NEWS}", f"pause !{NEWS}"),
        ("pause news@lemmy", f"pause !{NEWS}"),
        (f"pause!{NEWS} nwo", f"pause !{NEWS}"),
        ("Hello, resmue news please", f"resume !{NEWS}"),
        (f"afficehr !{NEWS}", f"montre !{NEWS}"),
        (f"reaunda !{NEWS}", f"reanuda !{NEWS}"),
        (f"herstl !{NEWS} layout", f"herstel !{NEWS} layout"),
        (f"sett !{NEWS} layout: bullets", f"set !{NEWS} layout: bullets"),
        (f"tyr https://paper.example/a !{NEWS}", f"try https://paper.example/a !{NEWS}"),
        ("hlep", "help"),
        ("abmleden", "abmelden"),
        ("opt uot", "opt out"),
    ],
)
def test_a_misspelt_command_gets_a_suggestion_that_works(
    harness: CommandHarness, text: str, suggestion: str
) -> None:
    answer = str(harness.send(text))
    assert f"`{suggestion}`" in answer
    assert harness.send(suggestion.replace("layout: bullets", "words: 90"))


def test_a_suggestion_on_reddit_has_the_form_of_reddit(harness: CommandHarness) -> None:
    harness.host = None
    for text in ("pause news", "puase r/news", "pause r news"):
        assert "Did you mean `pause r/news`?" in str(harness.send(text, "mona")), text


@pytest.mark.parametrize(
    "text",
    ["I like the summaries you write, thank you!", "Where do you live?", "What is a paused bot to do?"],
)
def test_prose_gets_no_suggestion(harness: CommandHarness, text: str) -> None:
    assert "did not understand" in str(harness.send(text, STRANGER))


def test_every_private_message_of_a_moderator_is_answered(harness: CommandHarness) -> None:
    for number in range(4):
        harness.clock.advance(60)
        assert harness.send(f"What is number {number}?") is not None
    assert harness.send("What is this?", STRANGER) is not None
    assert harness.send("What is that?", STRANGER) is None
    assert harness.send("Beep boop. I am a bot, and this action was performed automatically.") is None


def test_modmail_that_is_not_understood_is_answered(harness: CommandHarness) -> None:
    details = {"via": MessageKind.MODMAIL, "community": "news"}
    assert harness.send("What can you do for us today?", "r/news", **details) is not None
    assert "`pause`" in str(harness.send("puase", "r/news", **details))


def test_a_comment_gets_a_suggestion_only_if_a_moderator_misspelt_a_command(harness: CommandHarness) -> None:
    harness.add_sent_reply()
    details = {"via": MessageKind.REPLY, "parent_id": "c1", "post_id": "1", "community": NEWS}
    assert "`pause`" in str(harness.send("puase", MOD, **details))
    assert harness.send("puase", STRANGER, **details) is None
    for text in ("nice", "Pause the video at 3:10", "so leave it be", "Delete your account"):
        assert harness.send(text, MOD, **details) is None, text


def test_an_unknown_community_is_answered_with_the_nearest_watched_one(
    harness: CommandHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(community: str) -> frozenset[str]:
        raise CommunityNotFound(community)

    monkeypatch.setattr(harness.messaging, "moderators", fails)
    answer = str(harness.send("pause !newz@lemmy.example"))
    assert "I do not know the community !newz@lemmy.example" in answer
    assert f"Did you mean `pause !{NEWS}`?" in answer


def test_a_community_that_the_bot_does_not_watch_is_named_in_the_answer(harness: CommandHarness) -> None:
    harness.messaging.mods["boats@lemmy.example"] = {MOD}
    for text in ("set !boats layout: bullets", "pause !boats", "settings !boats\nwords: 90"):
        harness.clock.advance(60)
        assert "I do not watch !boats@lemmy.example" in str(harness.send(text)), text


@pytest.mark.parametrize(
    ("text", "community", "begins"),
    [
        (f"réglages !{NEWS}\nwords: 90", "de", "Modifié"),
        (f"settings !{NEWS}\nwords: 90", "de", "Geändert"),
        (f"settings !{NEWS}\nwords: 90", "en", "Changed"),
        (f"pausa !{NEWS}", "it", "Fatto"),
        (f"pausa !{NEWS}", "es", "Hecho"),
        (f"pausa !{NEWS}, por favor, gracias", "en", "Hecho"),
        (f"pausa !{NEWS}, per favore, grazie", "en", "Fatto"),
        (f"pause !{NEWS} s'il vous plaît", "en", "C’est fait"),
        (f"pause !{NEWS}", "en", "Done"),
        ("Sätze: 3", "en", "Geändert"),
        (f"set !{NEWS} sentences: 3", "nl", "Gewijzigd"),
    ],
)
def test_the_answer_is_in_the_language_of_the_message_else_of_the_community(
    harness: CommandHarness, text: str, community: str, begins: str
) -> None:
    harness.operator_rules = {"language": community}
    assert str(harness.send(text)).startswith(begins)


def test_a_mistake_with_translated_names_is_answered_with_the_english_one(harness: CommandHarness) -> None:
    answer = str(harness.send(f"einstellungen !{NEWS}\nSaetze: 3\ngesperrte seitn: a.example"))
    assert "Meinten Sie `sentences`?" in answer
    assert "Meinten Sie `block_domains`?" in answer


def test_a_pasted_rule_of_automoderator_is_recognised_without_a_command(harness: CommandHarness) -> None:
    rule = "---\ntype: submission\ntitle (includes): [weather]\naction: remove\n---"
    assert "this is a rule of AutoModerator" in str(harness.send(rule))
    assert "this is a rule of AutoModerator" in str(harness.send(f"settings !{NEWS}\n{rule}"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bots_own_answers_get_no_suggestion(harness: CommandHarness, language: str) -> None:
    """Two bots without a bot flag must not talk to each other."""
    translate = translator(language)
    for command in (f"pause !{NEWS}", f"set !{NEWS} layout: bullets", "help", "opt out"):
        answer = translate("did-you-mean", nearest=command)
        lead = translate("about-message", text=command)
        for text in (answer, f"{lead}\n\n{answer}"):
            assert harness.send(text, MOD) is None, text


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (f"resett !{NEWS} layout", f"reset !{NEWS} layout"),
        (f"zurueksetzen !{NEWS} layout words", f"zurücksetzen !{NEWS} layout words"),
        (f"reinicialisa !{NEWS} phrases", f"réinitialise !{NEWS} sentences"),
    ],
)
def test_a_suggested_reset_keeps_the_names_of_the_settings(
    harness: CommandHarness, text: str, command: str
) -> None:
    assert f"`{command}`" in str(harness.send(text))
