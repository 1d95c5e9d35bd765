"""`report`: what a moderator is told, in which language, and who else is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.core.deletion_causes import DeletionCause
from bot.core.messages import Answer, MessageKind
from bot.core.models import PollResult, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.i18n.translations import LANGUAGES, reason_sentence, translator
from bot.inbox.commands.handler import CommandHandler
from bot.inbox.commands.parser import Verb, parse_command
from bot.inbox.commands.report_text import report_paragraphs
from bot.inbox.commands.vocabulary import vocabulary
from bot.inbox.message_outcomes import name_message
from bot.store import CommunityReport, ReportSubscription, Vote
from tests.conftest import a_post
from tests.inbox.commands.conftest import MOD, NEWS, CommandHarness

STRANGER = "eve@lemmy.example"
MAX_LINES, MAX_LENGTH = 10, 600
FULL = CommunityReport(
    NEWS,
    replies=1234,
    scored_replies=1200,
    score=-4321,
    good=123,
    bad=45,
    deletions=dict.fromkeys(DeletionCause, 111),
    skips=dict(zip(SkipReason, range(999, 0, -1), strict=False)),
)
"""More of everything than a community has."""


def add_week(harness: CommandHarness) -> None:
    """Two replies, one of them deleted by its poster, two votes, and five posts without a reply."""
    for number, score in ((1, 6), (2, -1)):
        harness.add_sent_reply(number)
        found = harness.sent_replies.find("home", comment=f"c{number}")
        assert found is not None
        harness.sent_replies.record_check(found.row, score, None)
    assert found is not None
    harness.sent_replies.withdraw(found.row, harness.clock(), DeletionCause.POSTER.sentence)
    harness.sent_replies.mark_deleted(found.row, harness.clock())
    for number in (1, 2):
        harness.feedback.add_vote(Vote("home", f"v{number}", NEWS, "", number == 1, harness.clock()))
    reasons = [SkipReason.WALL] * 2 + [SkipReason.VIDEO, SkipReason.GALLERY, SkipReason.ROBOTS]
    for number, reason in enumerate(reasons, 10):
        harness.queue.discover(Source("home", None), PollResult((a_post(number),), "-"), harness.clock())
        (claimed,) = harness.queue.claim(harness.clock(), 1, timedelta(minutes=5))
        harness.queue.skip(claimed.row, Skipped(reason), harness.clock())


def test_a_moderator_is_told_what_happened(harness: CommandHarness) -> None:
    add_week(harness)
    assert str(harness.send(f"report !{NEWS}")).splitlines() == [
        f"!{NEWS}, the last 7 days:",
        "",
        "- Replies: 2. Deleted: 1 (by the posters: 1)",
        "- Votes on the replies: 5, on average 2.5. “good bot”: 1, “bad bot”: 1",
        "- Posts without a reply: 5",
        "- 2 of them: The article is behind a paywall.",
        "- 1 of them: The page is a photo gallery.",
        "- 2 of them: Other reasons.",
    ]


def test_a_week_later_nothing_of_it_is_left(harness: CommandHarness) -> None:
    add_week(harness)
    harness.clock.now += timedelta(days=7, seconds=1)
    answer = str(harness.send(f"report !{NEWS}"))
    assert answer == f"!{NEWS}, the last 7 days: no replies, no votes, no skipped posts."


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_has_at_most_ten_lines_in_every_language(harness: CommandHarness, language: str) -> None:
    """With the line that names the message, or the line that says how to stop."""
    translate = translator(language)
    text = "\n\n".join(report_paragraphs(FULL, translate))
    assert text.count("\n") + 1 <= MAX_LINES - 2
    assert reason_sentence(SkipReason.NO_LINK, translate) in text
    answer = name_message(
        harness.message(f"report !{NEWS}"), Answer(text, private=True), harness.messaging.dialect
    )
    assert answer.markdown.count("\n") + 1 <= MAX_LINES


def test_a_usual_report_fits_on_a_phone(harness: CommandHarness) -> None:
    add_week(harness)
    for language in LANGUAGES:
        harness.operator_rules = {"language": language}
        word = vocabulary().words[Verb.REPORT][language]
        assert len(str(harness.send(f"{word} !{NEWS}"))) <= MAX_LENGTH, language


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_reasons_and_causes_are_in_the_language_of_the_message(
    harness: CommandHarness, language: str
) -> None:
    add_week(harness)
    harness.operator_rules = {"language": language}
    answer = str(harness.send(f"{vocabulary().words[Verb.REPORT][language]} !{NEWS}"))
    translate = translator(language)
    assert reason_sentence(SkipReason.WALL, translate) in answer
    assert translate("deletion-poster") in answer
    assert ("2.5" if language == "en" else "2,5") in answer


@pytest.mark.parametrize(
    ("skips", "lines"),
    [
        ({}, []),
        ({SkipReason.WALL: 1}, ["1 of them: The article is behind a paywall."]),
        ({None: 2}, ["2 of them: Precis gave up after several attempts."]),
        (
            {SkipReason.WALL: 3, SkipReason.VIDEO: 2, None: 1},
            [
                "3 of them: The article is behind a paywall.",
                "2 of them: The page is a video with little text.",
                "1 of them: Precis gave up after several attempts.",
            ],
        ),
    ],
)
def test_up_to_three_reasons_are_named(skips: dict[SkipReason | None, int], lines: list[str]) -> None:
    report = replace(FULL, skips=skips)
    shown = report_paragraphs(report, translator("en"))[1].splitlines()
    assert shown[2] == f"- Posts without a reply: {sum(skips.values())}"
    assert shown[3:] == [f"- {line}" for line in lines]


def test_a_score_that_was_not_read_yet_has_no_mean(harness: CommandHarness) -> None:
    harness.add_sent_reply()
    assert "Votes on the replies: 0, on average –." in str(harness.send(f"report !{NEWS}"))


@pytest.mark.parametrize("command", ["report", "weekly report"])
def test_others_are_refused_and_told_what_anyone_can_do(harness: CommandHarness, command: str) -> None:
    add_week(harness)
    answer = str(harness.send(f"{command} !{NEWS}", STRANGER))
    assert answer.startswith(f"Only moderators of !{NEWS} can do this")
    assert "Replies:" not in answer
    assert due(harness) == ()


@pytest.mark.parametrize("command", ["report", "weekly report"])
def test_a_community_that_is_not_watched(harness: CommandHarness, command: str) -> None:
    harness.messaging.mods["cats@lemmy.example"] = {MOD}
    answer = str(harness.send(f"{command} !cats@lemmy.example"))
    assert answer.startswith("I do not watch !cats@lemmy.example")
    assert due(harness) == ()


def test_an_unknown_or_missing_community_gets_the_right_form(harness: CommandHarness) -> None:
    harness.messaging.mods["cats@lemmy.example"] = {MOD}
    harness.messaging.mods["dogs@lemmy.example"] = {MOD}
    harness.watched |= {"cats@lemmy.example", "dogs@lemmy.example"}
    assert "`report !news@lemmy.example`" in str(harness.send("report"))
    assert "`report weekly !news@lemmy.example`" in str(harness.send("report weekly"))


def test_without_a_community_it_is_the_one_of_the_conversation(harness: CommandHarness) -> None:
    harness.conversation = NEWS
    assert str(harness.send("report")).startswith(f"!{NEWS}, the last 7 days")
    assert f"about !{NEWS}" in str(harness.send("report weekly"))


def test_a_report_to_a_comment_is_private(harness: CommandHarness) -> None:
    message = harness.message("report", via=MessageKind.MENTION, community=NEWS, comment_id="9")
    answer = CommandHandler(harness.context).handle(message)
    assert answer is not None
    assert answer.private


def due(harness: CommandHarness) -> tuple[ReportSubscription, ...]:
    return harness.subscriptions.due(["home"], harness.clock() + timedelta(days=365))


def test_a_subscription_says_when_it_comes_and_how_to_stop(harness: CommandHarness) -> None:
    answer = harness.send(f"report !{NEWS} weekly")
    assert answer == (
        f"Done: each week I send you the report about !{NEWS}, next on 2026-03-08. To stop: "
        f"`stop report !{NEWS}`"
    )
    (subscription,) = due(harness)
    assert subscription == ReportSubscription("home", NEWS, MOD, "en", harness.clock())
    assert harness.send(f"stop report !{NEWS}") == f"Done: I send you no weekly report about !{NEWS}."
    assert due(harness) == ()


def test_someone_who_moderates_no_more_can_stop(harness: CommandHarness) -> None:
    harness.send(f"report !{NEWS} weekly")
    harness.messaging.mods[NEWS] = set()
    assert str(harness.send(f"stop report !{NEWS}")).startswith("Done")
    assert due(harness) == ()


def test_stop_without_a_community_ends_all_reports_to_this_person(harness: CommandHarness) -> None:
    harness.messaging.mods[NEWS].add("nora@lemmy.example")
    harness.send(f"report !{NEWS} weekly")
    harness.send(f"report !{NEWS} weekly", "nora@lemmy.example")
    assert harness.send("stop report") == "Done: I send you no weekly reports."
    assert [each.person for each in due(harness)] == ["nora@lemmy.example"]


def test_stop_report_does_not_pause(harness: CommandHarness) -> None:
    harness.send(f"stop report !{NEWS}")
    assert harness.settings_log.latest_status_change(NEWS) is None
    harness.send(f"stop !{NEWS}")
    assert harness.settings_log.latest_status_change(NEWS) is not None


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("report !news@lemmy.example", Verb.REPORT),
        ("Hello, report r/news please", Verb.REPORT),
        ("bericht !news@lemmy.example", Verb.REPORT),
        ("report !news@lemmy.example weekly", Verb.REPORT_WEEKLY),
        ("weekly report for !news@lemmy.example", Verb.REPORT_WEEKLY),
        ("Bericht !news@lemmy.example wöchentlich", Verb.REPORT_WEEKLY),
        ("rapport r/news hebdomadaire", Verb.REPORT_WEEKLY),
        ("informe r/news semanal", Verb.REPORT_WEEKLY),
        ("relatório r/news semanal", Verb.REPORT_WEEKLY),
        ("resoconto r/news settimanale", Verb.REPORT_WEEKLY),
        ("verslag r/news wekelijks", Verb.REPORT_WEEKLY),
        ("stop report", Verb.STOP_REPORT),
        ("stop the weekly reports for r/news", None),
        ("stop weekly reports for r/news", Verb.STOP_REPORT),
        ("arrête le rapport r/news", Verb.STOP_REPORT),
        ("stop", Verb.PAUSE),
        ("I report this to the police", None),
        ("the report says that nothing happened", None),
    ],
)
def test_the_forms_of_the_commands(text: str, verb: Verb | None) -> None:
    command = parse_command(text, private=True)
    assert (command.verb if command else None) is verb


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        (f"reprot !{NEWS}", f"report !{NEWS}"),
        (f"report !{NEWS} weekley", f"report weekly !{NEWS}"),
        (f"stop reprot !{NEWS}", f"stop report !{NEWS}"),
        (f"stopp berciht !{NEWS}", f"stopp bericht !{NEWS}"),
    ],
)
def test_a_misspelt_report_gets_a_suggestion(harness: CommandHarness, text: str, nearest: str) -> None:
    assert f"`{nearest}`" in str(harness.send(text))


def test_a_reason_in_the_answer_to_try_is_in_the_language_of_the_message(harness: CommandHarness) -> None:
    harness.preview_result = Skipped(SkipReason.WALL)
    answer = str(harness.send(f"probiere https://paper.example/a !{NEWS}"))
    assert "Der Artikel steht hinter einer Bezahlschranke." in answer


def test_in_modmail_the_subscription_is_of_the_person_who_wrote(harness: CommandHarness) -> None:
    harness.host = None
    answer = harness.send("report weekly", "mona", via=MessageKind.MODMAIL, community="news", thread="t1")
    assert str(answer).startswith("Done: each week I send you the report about r/news")
    assert [(each.community, each.person) for each in due(harness)] == [("news", "mona")]
