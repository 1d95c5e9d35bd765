"""Summary methods of other packages: entry points of the group `precis.summarizers`.

An entry is a class of sumy's interface: `Class(stemmer)` creates a summarizer, its attribute `stop_words` is
set, and `summarizer(document, sentences_count)` returns sentences of the document. `sentences_count` is to
be passed to `AbstractSummarizer._get_best_sentences`, as sumy's own methods do.
"""

from __future__ import annotations

from typing import Any

from bot.core.installed_packages import SUMMARIZERS, installed
from bot.summarize import language_resources
from bot.summarize.document import Document, InputLimits, Sentence
from bot.summarize.length_budget import Budget

LIMITS = InputLimits(300, 9_000)
"""Their time is not known; these are the limits of sumy's slower methods."""


class InstalledMethod:
    """One method of another package, for one document. Its choice is checked: nothing else is published."""

    def __init__(self, name: str, document: Document) -> None:
        kind = installed(SUMMARIZERS)[name].load()
        self._summarizer = kind(language_resources.stemmer(document.language))
        self._summarizer.stop_words = language_resources.stop_words(document.language)

    def __call__(self, document: Document, budget: Budget) -> tuple[Sentence, ...]:
        """What the method returns, if it is from the document: in its order, and within the budget."""
        own: dict[int, Any] = {id(sentence): sentence for sentence in document.sentences}
        chosen = {id(sentence) for sentence in self._summarizer(document, budget)} & own.keys()
        picked = [sentence for key, sentence in own.items() if key in chosen][: budget.sentences]
        words, kept = 0, []
        for sentence in picked:
            words += sentence.word_count
            if words > budget.words:
                break
            kept.append(sentence)
        return tuple(kept)
