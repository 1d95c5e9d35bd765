"""Properties of every method, for any article."""

from __future__ import annotations

import time
from importlib.resources import files
from typing import get_args

import py3langid
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycountry import languages

from bot.core.models import LengthLimits
from bot.rules.rule_types import BuiltInMethod
from bot.summarize import summarize
from bot.summarize.language_resources import stemmer, stop_words
from bot.summarize.method_registry import METHODS
from bot.summarize.word_tokens import count_words
from tests.summarize.texts import article, unwrap

TEXT = unwrap("""
The harbour of Elmsport will be closed to cargo ships for six weeks, the town council decided
on Monday.

Divers had found cracks in the eastern quay wall during a routine inspection in March. The
engineers fear that the wall could give way under the weight of the cranes.

The closure will cost the port about two million euros, according to the council's own figures.
Ferries to the islands are not affected. Fishing boats may use the western basin, where the
water is less deep.

Repairs are due to begin next week and will be paid for by the region. A second inspection of
the quay wall is planned for the autumn.
""")
TITLE = "Harbour closed to cargo ships"


def test_the_method_setting_offers_exactly_these_methods() -> None:
    assert get_args(BuiltInMethod) == tuple(METHODS)


def test_the_stop_words_of_sumy_are_those_of_its_language() -> None:
    """The names are those of ISO 639, which `sumy.utils` looks up in pycountry."""
    names = {
        language.alpha_2: language.name.lower() for language in languages if hasattr(language, "alpha_2")
    }
    folder = files("sumy") / "data" / "stopwords"
    by_code = {code: folder / f"{name}.txt" for code, name in names.items()}
    with_file = {code: file for code, file in by_code.items() if file.is_file()}
    assert len(with_file) >= 17
    for code, file in with_file.items():
        assert stop_words(code) >= frozenset(file.read_text("utf-8").split("\n")) - {""}, code


@pytest.mark.parametrize(("language", "word", "stem"), [("cs", "městech", "měst"), ("uk", "містами", "міст")])
def test_languages_without_a_snowball_stemmer_have_that_of_sumy(language: str, word: str, stem: str) -> None:
    assert stemmer(language)(word) == stem


@pytest.mark.parametrize("method", METHODS)
def test_sentences_are_in_the_article_and_in_its_order(method: str) -> None:
    summary = summarize(article(TEXT, title=TITLE), LengthLimits(3, 60, 0.3), method)
    places = [TEXT.find(sentence) for sentence in summary.sentences]
    assert 1 <= len(places) <= 3
    assert places == sorted(places)
    assert min(places) >= 0
    assert summary.method == method
    assert summary.summary_words == sum(len(sentence.split()) for sentence in summary.sentences) <= 60


@pytest.mark.parametrize(
    ("length", "sentences", "words"),
    [
        (LengthLimits(1, 1000, 0.0), 1, 1000),
        (LengthLimits(50, 30, 0.0), 50, 30),
        (LengthLimits(50, 1000, 0.75), 50, count_words(TEXT) // 4),
        (LengthLimits(0, 1000, 0.0), 0, 0),
        (LengthLimits(4, 3, 0.0), 0, 0),
        (LengthLimits(4, 100, 1.0), 0, 0),
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_the_tightest_limit_wins(method: str, length: LengthLimits, sentences: int, words: int) -> None:
    summary = summarize(article(TEXT, title=TITLE), length, method)
    assert len(summary.sentences) <= sentences
    assert summary.summary_words <= words
    assert bool(summary.sentences) == (words > 0)


@given(
    text=st.text(st.characters(), max_size=400) | st.text("aB .!?\n\"'“”«»。ก字5", max_size=400),
    language=st.sampled_from(["en", "de", "zh", "th", "xx", "", "../x", "pt-BR"]),
    method=st.sampled_from(sorted(METHODS)),
    length=st.builds(LengthLimits, st.integers(-1, 9), st.integers(-1, 120), st.floats(-1, 2)),
)
@settings(max_examples=60, deadline=None)
def test_any_text_gives_a_summary(text: str, language: str, method: str, length: LengthLimits) -> None:
    summary = summarize(article(text, language, text[:40]), length, method, explain=True)
    assert len(summary.sentences) <= max(0, length.sentences)
    assert summary.summary_words <= max(0, length.words)
    assert len(set(summary.sentences)) == len(summary.sentences)
    assert all(sentence in text for sentence in summary.sentences)
    assert [one.text for one in summary.scored if one.picked] == list(summary.sentences)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "text",
    [
        "word " * 40_000,
        "The same again. " * 6_000,
        "字" * 80_000,
        "“" * 40_000,
        "a. " * 40_000,
        "A-" * 40_000,
        '."' * 40_000,
    ],
    ids=["no stop", "repeats", "unspaced", "quotes", "initials", "hyphens", "ends"],
)
def test_no_text_takes_a_method_long(method: str, text: str) -> None:
    started = time.process_time()
    summarize(article(text), LengthLimits(), method)
    assert time.process_time() - started < 4


def test_an_unknown_method_is_an_error_that_lists_the_methods() -> None:
    with pytest.raises(ValueError, match=r"'magic'.*lexrank"):
        summarize(article(TEXT, title=TITLE), LengthLimits(), "magic")


def test_an_explanation_has_every_sentence_with_its_score() -> None:
    summary = summarize(article(TEXT, title=TITLE), LengthLimits(2, 60), "lsa", explain=True)
    assert len(summary.scored) == 8
    assert len({one.score for one in summary.scored}) > 4
    assert not summarize(article(TEXT, title=TITLE), LengthLimits(2, 60), "lsa").scored


def test_every_language_that_can_be_detected_has_a_working_stemmer() -> None:
    """Found by fuzzing: sumy lists stemmers for Greek and Polish that do not exist."""
    languages = {str(code) for code in py3langid.langid._get_identifier().nb_classes}
    assert "el" in languages
    for language in languages | {"", "ja", "ko", "th", "zh"}:
        assert isinstance(stemmer(language)("εφημερίδες"), str)


@pytest.mark.parametrize("language", ["no", "nb", "nn"])
def test_both_written_forms_of_norwegian_have_stop_words_and_a_stemmer(language: str) -> None:
    assert {"som", "til", "hadde"} <= stop_words(language)
    assert ("berre" in stop_words(language)) == (language == "nn")
    assert stemmer(language)("ferjene") == stemmer(language)("ferja") == "ferj"


@pytest.mark.parametrize("word", ["nije", "није", "koja", "која", "njegov", "његов", "biti", "бити"])
def test_serbian_has_stop_words_in_both_scripts(word: str) -> None:
    assert word in stop_words("sr")
