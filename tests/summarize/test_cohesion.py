"""Which sentences depend on the sentence before them, and which only look as if they did."""

from __future__ import annotations

import pytest

from bot.core.models import LengthLimits
from bot.summarize import cohesion, cohesion_rules, person_names, quotations, summarize
from tests.summarize.texts import article

DEPENDENT = [
    ("en", "In Osby, they rebuilt the wall."),
    ("en", "He said that the wall would hold."),
    ("en", "However, the wall held."),
    ("en", "The company lost money."),
    ("en", "The 27-year-old was taken to hospital."),
    ("en", "The latter won."),
    ("en", "When asked, he shook his head."),
    ("en", '"It will hold," said one engineer.'),
    ("en", "The wall will hold, he said."),
    ("en", "It stood for a century."),
    ("en", "It was hoped she would be able to return."),
    ("en", "The 25-year-old shocked Peter Holm in the final."),
    ("en", "The group says British mills are safe."),
    ("de", "Er kam zu spät."),
    ("de", "Deshalb ist der Ärger groß."),
    ("de", "Das Unternehmen macht Verlust."),
    ("fr", "Il a refusé de répondre."),
    ("fr", "Cependant, le mur tient."),
    ("fr", "L'entreprise perd de l'argent."),
    ("es", "Sin embargo, el muro aguanta."),
    ("es", "La empresa pierde dinero."),
    ("es", "«No me lo creo», afirmó."),
    ("pt", "No entanto, o muro resiste."),
    ("pt", "Ela não quis falar."),
    ("it", "Tuttavia, il muro regge."),
    ("it", "L'azienda perde soldi."),
    ("nl", "Toch hield de muur stand."),
    ("nl", "Het bedrijf lijdt verlies."),
]
INDEPENDENT = [
    ("en", "In March, the builders said that they would come back."),
    ("en", "The NATO and UNESCO flags hung from the wall."),
    ("en", "It is not known how the fire began."),
    ("en", "It was Monday when the wall gave way."),
    ("en", "There are four mills in Osby."),
    ("en", "This week the wall gave way."),
    ("en", "One of the mills burned down."),
    ("en", "The company, Acme Mills, lost money."),
    ("en", "The mayor of Osby lost money."),
    ("fr", "Le maire de Lille a refusé."),
    ("en", "Anna Berg said that she would stay."),
    ("de", "Es gibt vier Mühlen in Osby."),
    ("de", "In diesem Jahr fällt das Fest aus."),
    ("fr", "Il y a quatre moulins à Osby."),
    ("fr", "Ce lundi, le mur a cédé."),
    ("es", "Este lunes cedió el muro."),
    ("pt", "Neste ano a festa não acontece."),
    ("it", "Questa settimana il muro ha ceduto."),
    ("nl", "Er zijn vier molens in Osby."),
    ("xx", "He said that the wall would hold."),
]


def _marks(language: str, *later: str) -> list[cohesion.SentenceMarks]:
    return cohesion.mark_sentences([["Osby has a wall.", *later]], language)[1:]


@pytest.mark.parametrize(("language", "sentence"), DEPENDENT)
def test_it_depends_on_the_sentence_before_it(language: str, sentence: str) -> None:
    assert _marks(language, sentence)[0].dependence


@pytest.mark.parametrize(("language", "sentence"), INDEPENDENT)
def test_it_can_stand_alone(language: str, sentence: str) -> None:
    assert not _marks(language, sentence)[0].dependence


def test_the_first_sentence_depends_on_nothing() -> None:
    assert not cohesion.mark_sentences([["He came at noon."]], "en")[0].dependence


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Berg said:", "introduces"),
        ("Five things to know", "heading"),
        ("WALL OF OSBY GIVES WAY AFTER A WEEK OF RAIN.", "capitals"),
        ("Anna Berg looks at the wall of Osby on Monday, March 2, 2026, in Osby.", "caption"),
        ("More pictures can be seen below.", "refers to another part"),
    ],
)
def test_excluded_sentences(sentence: str, why: str) -> None:
    assert why in _marks("en", sentence)[0].exclusion


@pytest.mark.parametrize(
    ("sentence", "flaw"),
    [
        ("Will the wall hold for another hundred years?", "question"),
        ("I have seen the wall and I doubt it.", "words of the reporter"),
        ('Berg said: "The wall will hold.', "incomplete quotation"),
        ('"The wall will hold for a hundred years."', "quotation without its speaker"),
        ("Sign up for our newsletter to read more.", "about the page"),
        ("'No one thinks we are twins,\" said Anna Berg.", "incomplete quotation"),
        ('"I run in Osby."', "quotation without its speaker"),
        ("The ability to fly.", "too short to be understood alone"),
        ("Berg spent years photographing these checkpoints.", "refers back inside the sentence"),
    ],
)
def test_flaws(sentence: str, flaw: str) -> None:
    assert flaw in _marks("en", sentence)[0].flaws


@pytest.mark.parametrize(
    "sentence",
    [
        "The US army left the town.",
        '"I doubt it," said Anna Berg, who built the wall.',
        "The players' bus was late.",
    ],
)
def test_no_flaw(sentence: str) -> None:
    assert not _marks("en", sentence)[0].flaws


def test_a_quotation_can_span_sentences() -> None:
    found = quotations.quotation_states(['Berg said: "We stay.', "We wait.", 'We hope."', "She left."])
    assert [one.complete for one in found] == [False, False, False, True]


def test_a_surname_is_bare_without_the_full_name() -> None:
    texts = ["Anna Berg, 41, built the wall.", "Berg said it would hold.", "The Berg family is old."]
    found = person_names.find_names(texts, cohesion_rules.cohesion_rules("en"))
    assert [set(one) for one in found.given_in_full] == [{"Berg"}, set(), set()]
    assert [set(one) for one in found.bare] == [set(), {"Berg"}, {"Berg"}]


def test_a_title_of_office_identifies_a_person_and_mr_does_not() -> None:
    texts = ["President Berg spoke.", "Mr Holm said no.", "Anna Berg met Peter Holm.", "Berg said yes."]
    found = person_names.find_names(texts, cohesion_rules.cohesion_rules("en"), "Berg speaks")
    assert [set(one) for one in found.bare[:2]] == [set(), {"Holm"}]
    assert "berg" in found.title_words


def test_ten_words_are_not_enough_for_a_summary() -> None:
    text = 'Osby lost its old wall on Monday night, police said. "It was old and nobody had looked at it."'
    assert len(summarize(article(text), LengthLimits(4, 100, 0.0)).sentences) == 2


def test_a_dependent_sentence_is_picked_only_after_the_one_before_it() -> None:
    text = (
        "The wall of Osby gave way on Monday and buried four parked cars, the town said. "
        "It had been built in 1904 by the engineer who also built the railway station of Osby. "
        "Nobody was hurt when the wall gave way, because the street had been closed at noon. "
        "The town will build a new wall of concrete, which will cost two million euros."
    )
    for most in (1, 2, 3, 4):
        picked = summarize(
            article(text, "en", "Wall of Osby gives way"), LengthLimits(most, 200, 0.0)
        ).sentences
        assert (text.split(". ")[1] + "." not in picked) or picked[0].startswith("The wall of Osby")


def test_an_explanation_gives_the_reasons() -> None:
    text = (
        "The wall of Osby gave way on Monday. However, nobody was hurt. Who will pay for a new wall in Osby?"
    )
    scored = summarize(article(text), LengthLimits(1, 50, 0.0), explain=True).scored
    assert [one.picked for one in scored] == [True, False, False]
    assert scored[0].why == "picked: most probably the news itself"
    assert "refers back" in scored[1].why
    assert "question" in scored[2].why
    probabilities = dict(scored[0].features)
    assert probabilities["alone"] > 0.4
    assert set(probabilities) >= {"leans", "boilerplate", "fragment", "empty", "news", "wanted"}


@pytest.mark.parametrize(
    "line", ["Read More about the wall.", "READ MORE about the wall.", "To read more, turn back."]
)
def test_words_of_the_page_are_found_in_any_case(line: str) -> None:
    (marks,) = cohesion.mark_sentences([[line]], "en")
    assert marks.boilerplate == 1
    assert "about the page" in marks.flaws


def test_a_reference_to_the_page_is_found_in_any_case() -> None:
    for line in ("Here’s the list of all walls of Osby.", "HERE'S the list of all walls of Osby."):
        assert cohesion.mark_sentences([[line]], "en")[0].exclusion == "refers to another part of the page"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Sign up for our letter and read the best of the week every Friday."),
        ("en", "Use the code OSBY20 for 20 percent off the first order of the mill."),
        ("de", "Melden Sie sich hier für den wöchentlichen Brief der Redaktion an."),
        ("fr", "Abonnez-vous à la lettre de la rédaction pour tout savoir du moulin."),
        ("es", "Suscríbete a la carta de la redacción y recibe las noticias del molino."),
        ("it", "Iscriviti alla lettera della redazione e ricevi le notizie del mulino."),
        ("nl", "Schrijf je in voor de brief van de redactie over de molen van Osby."),
        ("pt", "Clique no botão e receba as notícias do moinho todas as semanas."),
        ("en", "2021-08-09 Added a section about the mill and its wheels."),
    ],
)
def test_offers_calls_and_entries_of_a_log_are_never_picked(language: str, sentence: str) -> None:
    (mark,) = cohesion.mark_sentences([[sentence]], language)
    assert mark.exclusion in {"an offer or a call to the reader", "an entry of a log of changes"}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Clicker training is the oldest method of the club."),
        ("en", "The building code of Osby allows three floors."),
        ("en", "Code written in COBOL still runs the bank of Osby."),
        ("en", "In 2021-08 the mill burned down for the second time."),
        ("de", "Klickt ein Geigerzähler oft, so ist die Strahlung hoch."),
        ("fr", "Abonnés et lecteurs du journal ont donné 9 000 euros."),
        ("es", "Suscriptores de todo el país apoyan el molino."),
    ],
)
def test_sentences_that_only_look_like_calls(language: str, sentence: str) -> None:
    (mark,) = cohesion.mark_sentences([[sentence]], language)
    assert mark.exclusion == ""
