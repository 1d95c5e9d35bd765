"""sumy's methods, set up for a document: stemmer, stop words and, if needed, cue words."""

from __future__ import annotations

from typing import Any

from sumy.summarizers.edmundson import EdmundsonSummarizer
from sumy.summarizers.kl import KLSummarizer
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
from sumy.summarizers.luhn import LuhnSummarizer
from sumy.summarizers.reduction import ReductionSummarizer
from sumy.summarizers.sum_basic import SumBasicSummarizer
from sumy.summarizers.text_rank import TextRankSummarizer

from bot.summarize import language_resources
from bot.summarize.document import Document
from bot.summarize.word_tokens import to_words

# Edmundson (1969) calls them stigma words: a sentence with them is not important.
_STIGMA_WORDS = frozenset(["click", "subscribe", "newsletter", "advertisement", "cookies", "copyright"])


def _with_stop_words(kind: Any, document: Document) -> Any:
    summarizer = kind(language_resources.stemmer(document.language))
    summarizer.stop_words = language_resources.stop_words(document.language)
    return summarizer


def lexrank(document: Document) -> Any:
    """Erkan and Radev 2004, "LexRank: Graph-based Lexical Centrality as Salience"."""
    return _with_stop_words(LexRankSummarizer, document)


def lsa(document: Document) -> Any:
    """Steinberger and Jezek 2004, "Using Latent Semantic Analysis in Text Summarization"."""
    return _with_stop_words(LsaSummarizer, document)


def textrank(document: Document) -> Any:
    """Mihalcea and Tarau 2004, "TextRank: Bringing Order into Texts"."""
    return _with_stop_words(TextRankSummarizer, document)


def luhn(document: Document) -> Any:
    """Luhn 1958, "The Automatic Creation of Literature Abstracts"."""
    return _with_stop_words(LuhnSummarizer, document)


def kl(document: Document) -> Any:
    """Haghighi and Vanderwende 2009, "Exploring Content Models" (KLSum)."""
    return _with_stop_words(KLSummarizer, document)


def sumbasic(document: Document) -> Any:
    """Vanderwende et al. 2007, "Beyond SumBasic"; Nenkova and Vanderwende 2005."""
    return _with_stop_words(SumBasicSummarizer, document)


def reduction(document: Document) -> Any:
    """Graph of shared words; each sentence is rated by the sum of its edges. Name after Jing 2000."""
    return _with_stop_words(ReductionSummarizer, document)


def edmundson(document: Document) -> Any:
    """Edmundson 1969, "New Methods in Automatic Extracting": cue, key, title and location.

    The bonus words are the words of the title. sumy does not accept an empty set; it gets the empty word.
    """
    stop, stem = (
        language_resources.stop_words(document.language),
        language_resources.stemmer(document.language),
    )
    title = {word.lower() for word in to_words(document.title)} - stop
    summarizer = EdmundsonSummarizer(stem)
    summarizer.bonus_words = frozenset(map(stem, title)) or {""}
    summarizer.stigma_words = _STIGMA_WORDS
    summarizer.null_words = stop or {""}
    return summarizer
