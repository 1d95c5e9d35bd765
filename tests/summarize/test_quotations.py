"""Halves of quotations, and the marks that are none."""

from __future__ import annotations

import pytest

from bot.core.models import LengthLimits
from bot.summarize import summarize
from bot.summarize.quotations import Half, half_of_quotation
from tests.summarize.texts import article


@pytest.mark.parametrize(
    ("before", "sentence", "after", "half"),
    [
        ("", 'Berg said: "It fell.', 'It fell at noon."', Half.FIRST),
        ('Berg said: "It fell.', 'It fell at noon."', "Nobody was hurt.", Half.SECOND),
        ("Rain fell.", 'It fell at noon," Berg said.', "Nobody was hurt.", Half.ONLY),
        ("", "Berg sagte: „Sie fiel.", "Sie fiel am Mittag.“", Half.FIRST),
        ("", "Berg a dit : « Il est tombé.", "C'était à midi. »", Half.FIRST),
        ("", "Berg sagte: „Sie fiel.", "Niemand wurde verletzt.", Half.ONLY),
        ("", 'Il est tombé à midi".', "Personne n'a été blessé.", Half.ONLY),
    ],
)
def test_half_of_a_quotation(before: str, sentence: str, after: str, half: Half) -> None:
    assert half_of_quotation(sentence, before, after) is half


@pytest.mark.parametrize(
    "sentence",
    [
        'Berg said: "It fell."',
        'The screen measures 13" and costs 900 euros.',
        "The circle lies at 66° 33' 55\" north.",
        "The players' bus was late.",
        "Berg sagte: „Sie fiel.“",
        "Berg a dit « non » à midi.",
    ],
)
def test_marks_with_partners(sentence: str) -> None:
    assert half_of_quotation(sentence, "", "") is None


@pytest.mark.parametrize(
    ("language", "half"),
    [
        ("en", 'The mill of Osby burned down on Monday and 40 people lost their work," the mayor said.'),
        ("de", "Die Mühle von Osby brannte am Montag ab, und „40 Menschen verloren ihre Arbeit."),
        ("fr", "Le moulin d'Osby a brûlé lundi et 40 personnes ont perdu leur emploi\"."),
        ("es", "El molino de Osby ardió el lunes y «40 personas perdieron su trabajo."),
        ("nl", 'De molen van Osby brandde maandag af en "40 mensen verloren hun werk.'),
    ],
)
def test_a_reply_never_has_half_a_quotation(language: str, half: str) -> None:
    others = [f"Osby {year}: {year - 1500} Berg, {year} Voss, Osby." for year in range(1900, 1912)]
    summary = summarize(article(" ".join([half, *others]), language, "Osby"), LengthLimits())
    assert half not in summary.sentences
