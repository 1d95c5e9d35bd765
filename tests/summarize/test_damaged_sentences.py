"""A sentence that lacks a part is never quoted."""

import pytest

from bot.core.models import Article
from bot.summarize.damaged_sentences import is_damaged
from bot.summarize.document import Document, InputLimits

WHOLE = [
    "The ferry (built in 1961) returns.",
    "1) The ferry returns in May.",
    "She laughed :-) and left.",
    "Die Fähre [Baujahr 1961] kehrt zurück.",
    "市長は「工事は来年」と話した。",
    "Он сказал (не сразу), что вернётся.",
    "The <em> tag is older than the <dialog> tag.",
    "It holds if x < y = 2 and y > 1.",
    "... and then it came back.",
    "• The ferry returns in May.",
]
DAMAGED = [
    "The ferry (built in 1961 returns.",
    "It was sold in 2004) and came back.",
    "Die F\ufffdhre kehrt zurück.",
    "市長は「工事は来年と話した。",
    "Le bac [construit en 1961 revient.",
    "该桥（建于一九六一年将重建。",
    'Learn about the ferry."/><link rel="author" href="https://a.example"/></head>',
    "The ferry <a href='/boats'>returns</a> in May.",
    "The ferry returns ></div></body> in May.",
    ", who built the ferry in 1961, is dead.",
    "、市長は話した。",
    "By Ann Dahl Writer • University of Osby • Ann Dahl writes about ferries.",
]


@pytest.mark.parametrize("sentence", WHOLE)
def test_a_whole_sentence(sentence: str) -> None:
    assert not is_damaged(sentence)


@pytest.mark.parametrize("sentence", DAMAGED)
def test_a_lost_part_half_a_bracket_or_markup(sentence: str) -> None:
    assert is_damaged(sentence)


def test_damaged_sentences_are_not_offered_to_any_method() -> None:
    text = "\n\n".join(WHOLE[:1] + DAMAGED)
    article = Article(
        title="", text=text, language="en", confidence=1.0, word_count=40, url="https://a.example/x"
    )
    assert [sentence.text for sentence in Document(article, InputLimits(99, 999)).sentences] == WHOLE[:1]


@pytest.mark.parametrize(
    "sentence",
    [
        "The harbourâ€”closed since Mayâ€”opens again on Monday.",
        "The mayor said itâ€™s time to dredge the channel.",
        "El alcalde visitÃ³ el puerto el lunes.",
        "Le cafÃ© du port rouvre lundi.",
        "The harbour canâ\x80\x99t open before May.",
        "The harbour opensÂ in May.",
        "The mayor said â and nobody spoke â that it opens.",
    ],
)
def test_garbled_characters_damage_a_sentence(sentence: str) -> None:
    assert is_damaged(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "São Paulo abre o porto.",
        "L’Âge du port, un pâté et un mât.",
        "MAÇÃ E PÃO VOLTAM À MESA.",
        "O preço é 5 €.",
    ],
)
def test_letters_with_accents_do_not(sentence: str) -> None:
    assert not is_damaged(sentence)


def test_the_rest_of_a_tag_damages_a_sentence() -> None:
    assert is_damaged('meta name="description" content="The mayor counted 45 boats in the harbour.')
    assert not is_damaged('In HTML, name="description" is an attribute of a meta element.')
