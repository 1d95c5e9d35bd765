"""The grams that the index finds are those of the definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.summarize.judge.gram_index import MAX_WORDS, SENTENCES_AT_ONCE, GramIndex
from bot.summarize.judge.word_grams import grams_of

WORDS = st.sampled_from(
    ["the", "Mill", "12", "7", "²", ",", "<", "^", "$", "<<", "it’s", "_", "well-known", "é"]
)
TEXTS = st.lists(st.lists(WORDS, max_size=9).map(" ".join), min_size=1, max_size=8)


@given(TEXTS, TEXTS)
def test_the_index_finds_the_grams_of_the_definition(known: list[str], texts: list[str]) -> None:
    grams = sorted({gram for text in known for gram in grams_of(text)})
    places, numbers = GramIndex(grams).places(texts)
    for at, text in enumerate(texts):
        found = places[numbers == at].tolist()
        assert len(found) == len(grams_of(text))
        assert {grams[place] for place in found if place < len(grams)} == grams_of(text) & set(grams)


def test_new_words_of_many_sentences_are_told_apart() -> None:
    texts = [" ".join(f"w{at}x{word}" for word in range(150)) for at in range(SENTENCES_AT_ONCE)]
    places, numbers = GramIndex(["w5x7"]).places(texts)
    assert [len(places[numbers == at]) for at in range(3)] == [len(grams_of(text)) for text in texts[:3]]
    assert numbers[places == 0].tolist() == [5]


def test_too_many_words_are_refused() -> None:
    with pytest.raises(ValueError, match="words are more than"):
        GramIndex(list(map(str, range(MAX_WORDS + 1))))
