"""Answers of interviews, claims of opinions, verdicts of reviews, aims and results of studies."""

from __future__ import annotations

import pytest

from bot.core.models import ParagraphKind
from bot.summarize.sentence_roles import Line, Role, sentence_roles

HEADING = ParagraphKind.HEADING


def lines(*texts: str) -> list[Line]:
    """Lines of one sentence; a "#" marks a heading."""
    return [
        Line(text.lstrip("# "), HEADING if text.startswith("#") else ParagraphKind.PARAGRAPH, alone=True)
        for text in texts
    ]


def roles(title: str, language: str, *texts: str) -> dict[str, Role]:
    found = sentence_roles(title, lines(*texts), language)
    return {text.lstrip("# "): role for text, role in zip(texts, found, strict=True) if role}


@pytest.mark.parametrize(
    ("language", "title", "intro", "question", "answer"),
    [
        ("en", "“A bridge is dull”", "Ida Voss builds bridges.", "Why?", "I like rivers."),
        ("de", "„Brücken sind öde“", "Ida Voss baut Brücken.", "Warum?", "Ich mag Flüsse."),
        ("fr", "« Un pont est sobre »", "Ida Voss construit des ponts.", "Pourquoi ?", "Moi aussi, ma vie."),
        ("es", "«Un puente es sobrio»", "Ida Voss construye puentes.", "¿Por qué?", "A mí me gusta mi río."),
        ("nl", "‘Bruggen zijn saai’ „Echt”", "Ida Voss bouwt bruggen.", "Waarom?", "Ik hou van water."),
    ],
)
def test_answers_of_an_interview_in_the_first_person(
    language: str, title: str, intro: str, question: str, answer: str
) -> None:
    found = roles(title, language, intro, question, answer, f"# {question}!?", answer, question, answer)
    assert found.get(answer) is Role.ANSWER
    assert intro not in found


def test_a_page_of_questions_is_not_an_interview() -> None:
    asked = [f"What does part {number} cost?" for number in range(4)]
    told = [f"Part {number} costs nine euros." for number in range(4)]
    texts = [text for pair in zip(asked, told, strict=True) for text in pair]
    assert roles("Frequent questions", "en", *texts) == {}


@pytest.mark.parametrize(
    ("language", "label", "claim"),
    [
        ("en", "Opinion", "Towns should mow less."),
        ("de", "Kommentar von Ida Voss", "Die Stadt sollte weniger mähen."),
        ("fr", "Tribune", "Les villes doivent tondre moins."),
        ("es", "OPINIÓN", "Hay que segar menos."),
        ("it", "L'OPINIONE", "I comuni dovrebbero falciare meno."),
    ],
)
def test_the_claim_of_a_marked_opinion(language: str, label: str, claim: str) -> None:
    other = "Anna, 1904."
    assert roles("Grass", language, label, other, claim) == {claim: Role.CLAIM}
    assert roles("Grass", language, other, claim) == {}


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en", "# Verdict"),
        ("de", "# Fazit:"),
        ("fr", "# Notre avis"),
        ("it", "# Conclusioni"),
        ("nl", "# Oordeel"),
    ],
)
def test_the_verdict_after_its_heading(language: str, heading: str) -> None:
    found = roles("Hale E2", language, "Hale, 1904.", heading, "Hale!", "Anna, 1904.")
    assert found == {"Hale!": Role.VERDICT, "Anna, 1904.": Role.VERDICT}


@pytest.mark.parametrize(
    ("language", "aim", "result"),
    [
        ("en", "We tested bees.", "Our results show sleep."),
        ("de", "Ziel der Studie war Schlaf.", "Die Ergebnisse zeigen Schlaf."),
        ("fr", "Nous proposons une méthode.", "Nos résultats montrent un gain."),
        ("es", "El objetivo de este trabajo es medir.", "Los resultados muestran más."),
        ("pt", "O objetivo deste trabalho é medir.", "Os resultados mostram mais."),
    ],
)
def test_the_aim_and_the_result_of_an_abstract(language: str, aim: str, result: str) -> None:
    found = roles("Sleep", language, "Bees sleep, too.", aim, "Ida slept.", result, "Anna, 1904.")
    assert found == {
        "Bees sleep, too.": Role.BACKGROUND,
        aim: Role.AIM,
        "Ida slept.": Role.METHOD,
        result: Role.RESULT,
    }
    assert roles("Sleep", language, "Anna, 1904.", aim) == {}


def test_a_language_without_words_has_no_roles_of_words() -> None:
    assert roles("Verdict", "sv", "# Verdict", "We tested bees.", "Our results show sleep.") == {}
