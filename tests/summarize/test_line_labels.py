"""Speaker labels and time codes at the start of sentences."""

from __future__ import annotations

import pytest

from bot.core.models import Article, LengthLimits
from bot.summarize import summarize
from bot.summarize.cohesion import mark_sentences
from bot.summarize.document import Document
from bot.summarize.line_labels import (
    speakers,
    without_front_matter,
    without_section_label,
    without_time_codes,
)
from bot.summarize.method_registry import find_method

OPENING = "The ferry company of Lanby sold its last ship to a yard in the south on Monday morning."


def _article(*paragraphs: str, language: str = "en") -> Article:
    text = "\n\n".join(paragraphs)
    return Article("The last ferry of Lanby", text, language, 1.0, len(text.split()))


def _sentences(*paragraphs: str) -> list[str]:
    document = Document(_article(*paragraphs), find_method("precis").limits)
    return [sentence.text for sentence in document.sentences]


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("Dahl: They sold the ship because the engine was too old for the winter route.", "en"),
        ("MARA DAHL: Its engine was the oldest on the coast and the yard wanted it for years.", "en"),
        ("Dahl: Sie haben das Schiff verkauft, weil der Motor für den Winter zu alt war.", "de"),
        ("Mme Faure: Elle a vendu le bateau parce que le moteur était trop vieux pour l'hiver.", "fr"),
        ("Sr. Vega: Ellos vendieron el barco porque el motor era viejo para el invierno.", "es"),
    ],
)
def test_a_sentence_is_judged_without_its_label(line: str, language: str) -> None:
    assert mark_sentences([[OPENING], [line]], language)[1].dependence


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("A: About forty people lost their jobs in May.", "A: The yard paid for the ship."),
        ("Dahl: About forty people lost their jobs in May.", "Dahl: The yard paid for the ship."),
        ("答：渡轮公司在五月卖掉了船。", "答：船厂付了钱。"),
    ],
)
def test_an_answer_is_never_picked_without_its_question(first: str, second: str) -> None:
    marks = mark_sentences([[OPENING], [first], [second]], "en")
    assert [bool(mark.exclusion) for mark in marks] == [False, True, True]


@pytest.mark.parametrize("label", ["Q", "A", "Dahl", "Frage", "Вопрос", "記者"])
def test_labels_that_return_are_speakers(label: str) -> None:
    colon = "：" if label == "記者" else ": "
    lines = [f"{label}{colon}The ship is old.", "Nobody spoke.", f"{label}{colon}The yard is far."]
    assert speakers(lines) == {label}


@pytest.mark.parametrize(
    "line",
    [
        "He said: “The ship is old.”",
        "The reason: nobody paid.",
        "See https://a.example: it is there.",
        "12: no",
    ],
)
def test_other_colons_are_not_labels(line: str) -> None:
    assert not speakers([line, line])


def test_a_single_label_does_not_make_a_sentence_dependent() -> None:
    line = "Lanby: The ferry company sold its last ship to a yard in the south."
    assert not mark_sentences([[OPENING], [line]], "en")[1].dependence


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("[00:04:31] The ship left at noon.", "The ship left at noon."),
        ("(12:05) The ship left at noon.", "The ship left at noon."),
        ("00:04:31 – The ship left at noon.", "The ship left at noon."),
        ("00:04:31,200 --> 00:04:35,000 The ship left at noon.", "The ship left at noon."),
        ("【0:31】船は正午に出た。", "船は正午に出た。"),
        ("The ship left at noon. [04:35]", "The ship left at noon."),
        ("At 12:05 the ship left.", "At 12:05 the ship left."),
        ("12:05 is the time of the last ferry.", "12:05 is the time of the last ferry."),
        ("Lanby won 30:25 (15:12).", "Lanby won 30:25 (15:12)."),
        ("(The ship left at noon.)", "(The ship left at noon.)"),
    ],
)
def test_time_codes_are_left_out(line: str, wanted: str) -> None:
    assert without_time_codes(line) == wanted


def test_times_without_brackets_are_left_out_where_several_lines_start_with_one() -> None:
    lines = ["0:15 The ship left.", "2:40 - The yard is far.", "11:05 Nobody paid."]
    assert _sentences(*lines) == ["The ship left.", "The yard is far.", "Nobody paid."]
    assert _sentences(*lines[:2]) == lines[:2]


def test_a_line_that_is_only_a_time_code_is_not_a_sentence() -> None:
    assert _sentences(OPENING, "[00:04:31]", "(1:05) Nobody paid for it.") == [OPENING, "Nobody paid for it."]


def test_an_interview_is_summarised_without_labels_of_answers() -> None:
    answers = [
        f"A: It took {number} weeks until the yard paid. The crew of the ferry left Lanby in week {number}."
        for number in ("three", "seven", "nine", "twelve")
    ]
    summary = summarize(_article(OPENING, *answers), LengthLimits(4, 100, 0.1))
    assert summary.sentences
    assert not [text for text in summary.sentences if text.startswith("A:")]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The ship was bought from the widow of the late Capt."),
        ("de", "Das Schiff gehörte lange Zeit dem alten Prof."),
        ("pl", "Statek stoi od lat przy ul."),
        ("it", "La nave è rimasta per anni in mano al sig."),
        ("ru", "Корабль много лет стоял на ул."),
    ],
)
def test_a_sentence_that_ends_with_a_title_is_never_picked(language: str, sentence: str) -> None:
    assert mark_sentences([[OPENING], [sentence]], language)[1].exclusion == "ends with an abbreviation"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("Why it matters: The yard pays two million for it.", "The yard pays two million for it."),
        (
            "Abstract:Merging ships is a practical way to save fuel.",
            "Merging ships is a practical way to save fuel.",
        ),
        ("En resumen: El barco ya no navega en invierno.", "El barco ya no navega en invierno."),
        ("Fazit: „Das Schiff fährt im Winter nicht mehr.“", "„Das Schiff fährt im Winter nicht mehr.“"),
        ("Why it matters: too old.", "Why it matters: too old."),
        (
            "The bottom line: it was far too old for the winter.",
            "The bottom line: it was far too old for the winter.",
        ),
        ("Dahl: The yard pays two million for it.", "Dahl: The yard pays two million for it."),
        (
            "Fact-checkers: The yard pays two million for it.",
            "Fact-checkers: The yard pays two million for it.",
        ),
    ],
)
def test_labels_of_editors_are_left_out_where_the_sentence_stays_whole(line: str, left: str) -> None:
    assert without_section_label(line) == left


def test_a_sentence_is_shown_without_the_label_of_an_editor() -> None:
    assert _sentences(OPENING, "Why it matters: The yard pays two million for it.") == [
        OPENING,
        "The yard pays two million for it.",
    ]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("• The ship left the port at noon.", "The ship left the port at noon."),
        ("– Das Schiff verließ mittags den Hafen.", "Das Schiff verließ mittags den Hafen."),
        ("* Le bateau a quitté le port à midi.", "Le bateau a quitté le port à midi."),
        ("3. El barco salió del puerto al mediodía.", "El barco salió del puerto al mediodía."),
        ("2) La nave ha lasciato il porto a mezzogiorno.", "La nave ha lasciato il porto a mezzogiorno."),
        ("14:32 Uhr: Das Schiff verließ mittags den Hafen.", "Das Schiff verließ mittags den Hafen."),
        ("10:15 a.m. – The ship left the port early.", "The ship left the port early."),
        ("11h20 | Le bateau a quitté le port à midi.", "Le bateau a quitté le port à midi."),
        ("Auf einen Blick: Das Schiff ist seit Montag verkauft.", "Das Schiff ist seit Montag verkauft."),
        ("L’essentiel : Le bateau est vendu depuis lundi.", "Le bateau est vendu depuis lundi."),
        ("Lo esencial: El barco se vendió el lunes.", "El barco se vendió el lunes."),
        ("In sintesi: La nave è stata venduta lunedì.", "La nave è stata venduta lunedì."),
        ("Achtergrond: Het schip is maandag verkocht.", "Het schip is maandag verkocht."),
        ("Em resumo: O navio foi vendido na segunda.", "O navio foi vendido na segunda."),
        ("Background | The ship was sold on Monday.", "The ship was sold on Monday."),
        ("Rudder: The rudder of the ship is new.", "The rudder of the ship is new."),
        ("Rudder (gubernaculum): The rudder of the ship is new.", "The rudder of the ship is new."),
        (
            "Schiffsmotor: Der Schiffsmotor war zu alt für den Winter.",
            "Der Schiffsmotor war zu alt für den Winter.",
        ),
        ("Ferry Route: A short one, the ferry route is closed.", "A short one, the ferry route is closed."),
    ],
)
def test_what_is_before_the_first_word_is_left_out(line: str, left: str) -> None:
    assert without_front_matter(line) == left


@pytest.mark.parametrize(
    "line",
    [
        "Why it matters is a question for the yard.",
        "Chapter 11: The story of the ship ends here.",
        "Chapter 11: The chapter on the ship ends here.",
        "Background noise of the ship kept the town awake.",
        "The reason is simple: The ship of Lanby is old.",
        "He said: “They said that the ship is old.”",
        "Mara Dahl: The yard of Lanby wanted the ship for years.",
        "Star Ships: Final Voyage came out in the spring.",
        "12:05 is the time of the last ferry.",
        "1945 was the year of the last ferry.",
        "3.5 million people took the ferry last year.",
        "–5 degrees were measured on the ferry.",
        "Rudder: new since the spring of last year.",
        "– the ferry left the port at noon.",
        "* Too short.",
    ],
)
def test_other_beginnings_stay_word_for_word(line: str) -> None:
    assert without_front_matter(line) == line


RESTS = ("The brush reaches every tooth.", "The paste tastes of fresh mint.", "The floss never tears at all.")


@pytest.mark.parametrize(
    "label",
    [
        "Why we love it",
        "What you should know",
        "Was uns gefällt",
        "Ce que nous avons aimé",
        "Por qué nos gusta",
    ],
)
def test_a_label_that_several_lines_start_with_is_left_out(label: str) -> None:
    assert _sentences(OPENING, *(f"{label}: {rest}" for rest in RESTS)) == [OPENING, *RESTS]


@pytest.mark.parametrize("label", ["Anna Berg", "Ministry of Health", "Q", "Ministère de la Santé", "Osby"])
def test_a_name_that_several_lines_start_with_stays(label: str) -> None:
    lines = [f"{label}: {rest}" for rest in RESTS]
    assert _sentences(OPENING, *lines) == [OPENING, *lines]


def test_a_label_of_two_lines_stays() -> None:
    lines = [f"Why we love it: {rest}" for rest in RESTS[:2]]
    assert _sentences(OPENING, *lines) == [OPENING, *lines]
