"""Stop words and stemmers by language. An unknown language has neither, and still works."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

import stopwordsiso
from sumy.nlp.stemmers import Stemmer as SumyStemmer
from sumy.utils import get_stop_words

from bot.summarize.snowball_import import load_stemmer

_SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_SUMY_STEMMERS = frozenset({"cs", "sk", "uk"})
_SUMY_NAMES = {
    "ar": "arabic", "cs": "czech", "de": "german", "en": "english", "es": "spanish", "fr": "french",
    "he": "hebrew", "it": "italian", "ja": "japanese", "ko": "korean", "pl": "polish", "pt": "portuguese",
    "sk": "slovak", "sv": "swedish", "th": "thai", "uk": "ukrainian", "zh": "chinese",
}  # fmt: skip
"""The languages whose stop words sumy has, by the names of its files."""
_CODE = re.compile(r"[a-z]{2}\b")

_LISTS_OF = {"nb": "no", "nn": "no", "bs": "hr", "sr": "hr"}
"""Languages whose stop words have the code of another language."""
_NYNORSK = """
    anna annan berre desse difor ei frå gjer gjere hev kjem likevel meir måtte sa saman same seier sjølv
    sjølve vera vorte òg
"""

_SERBIAN_PAIRS = {"lj": "љ", "nj": "њ", "dž": "џ"}
_SERBIAN_LETTERS = str.maketrans("abcčćdđefghijklmnoprsštuvzž", "абцчћдђефгхијклмнопрсштувзж")

# Words that are so frequent in news that they do not show its subject.
_NEWS = frozenset(["said", "say", "says", "would", "could", "also", "one", "two", "mr", "mrs", "ms", "new"])
_MORE_STOP_WORDS = {"en": _NEWS, "nn": frozenset(_NYNORSK.split())}


def language_code(language: str) -> str:
    """The ISO 639-1 code at the start of `language` ("pt" for "pt-BR"), or ""."""
    match = _CODE.match(language.lower().replace("_", "-"))
    return match.group() if match else ""


@cache
def stop_words(language: str) -> frozenset[str]:
    """The stop words of `language` (ISO 639-1); empty if there is no list."""
    code = _LISTS_OF.get(language, language)
    if code in _SUMY_NAMES:
        words = frozenset(get_stop_words(_SUMY_NAMES[code]))
    else:
        words = frozenset(stopwordsiso.stopwords(code)) if stopwordsiso.has_lang(code) else frozenset()
    if language == "sr":
        words |= frozenset(map(_in_serbian_cyrillic, words))
    return words | _MORE_STOP_WORDS.get(language, frozenset())


def _in_serbian_cyrillic(word: str) -> str:
    for latin, cyrillic in _SERBIAN_PAIRS.items():
        word = word.replace(latin, cyrillic)
    return word.translate(_SERBIAN_LETTERS)


@cache
def stemmer(language: str) -> Callable[[str], str]:
    """A function that returns the stem of a word of `language`; without a stemmer, the word itself."""
    if language in _SUMY_STEMMERS:
        stem: Callable[[str], str] = SumyStemmer(_SUMY_NAMES[language])
    elif language in _SNOWBALL:
        stem = load_stemmer(_SNOWBALL[language]).stemWord
    else:
        return str
    # without the cache, stemming would take more time than everything else
    return lru_cache(maxsize=50_000)(stem)
