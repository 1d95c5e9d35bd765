"""Roles of sentences: answers, steps of recipes, claims, verdicts, aims and results."""

from __future__ import annotations

import pytest

from bot.core.models import ParagraphKind
from bot.summarize.sentence_roles import Line, Role, sentence_roles

KINDS = {"#": ParagraphKind.HEADING, "*": ParagraphKind.LIST_ITEM}


def lines(*texts: str) -> list[Line]:
    """Lines of one sentence; "#" marks a heading, "*" an entry of a list."""
    return [
        Line(text.lstrip("#* "), KINDS.get(text[:1], ParagraphKind.PARAGRAPH), alone=True) for text in texts
    ]


def roles(title: str, language: str, *texts: str) -> dict[str, Role]:
    found = sentence_roles(title, lines(*texts), language)
    return {text.lstrip("#* "): role for text, role in zip(texts, found, strict=True) if role}


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
        ("en", "# Ingredients"),
        ("de", "# Zutaten:"),
        ("fr", "# Les ingrédients"),
        ("es", "# Ingredientes"),
        ("pt", "# Ingredientes"),
        ("it", "# Ingredienti"),
        ("nl", "# Ingrediënten"),
    ],
)
def test_the_ingredients_and_steps_of_a_recipe(language: str, heading: str) -> None:
    texts = ("* Anna, 1904.", "Sarn, 1904.", heading, "* 2 dl.", "# Sarn", "* Sarn 5 min.", "Osby, 1904.")
    assert roles("Sarn", language, *texts) == {"2 dl.": Role.STEP, "Sarn 5 min.": Role.STEP}


def test_a_list_after_a_heading_that_only_starts_like_one_of_a_recipe_has_no_role() -> None:
    assert roles("Osby", "en", "# Ingredients of a good harbour", "* Walls.", "* Water.") == {}


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
