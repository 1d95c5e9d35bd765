"""Words are counted as a person would count them."""

import pytest

from bot.extract.word_count import count_words, count_words_of_tokens, tokenize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("It's a well-known fact.", 4),
        ("Größe über alles", 3),
        ("Привет, мир!", 2),
        ("한국어 단어 세 개", 4),
        ("مرحبا بالعالم", 2),
    ],
)
def test_spaced_scripts(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("我们今天去图书馆学习中文和历史", 7, 11),
        ("今日は図書館で日本語と歴史を勉強しました", 9, 14),
        ("วันนี้เราไปห้องสมุดเพื่อเรียนภาษาไทย", 5, 11),
        ("我用 Python 写代码", 4, 6),
    ],
)
def test_scripts_without_spaces(text: str, least: int, most: int) -> None:
    assert least <= count_words(text) <= most


@pytest.mark.parametrize(
    "text",
    [
        "",
        "two words",
        "a mother-in-law",
        "it's",
        "l’été 2024",
        "-",
        "naïve façade",
        "東京で会いましょう",
        "東京 tower",
    ],
)
def test_words_are_counted_from_tokens_as_from_the_text(text: str) -> None:
    assert count_words_of_tokens(text, len(tokenize(text))) == count_words(text)
