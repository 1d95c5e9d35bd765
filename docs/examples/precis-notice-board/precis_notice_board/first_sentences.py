"""A summarizer: the first sentence of each paragraph, the longest paragraphs first."""

from typing import Any

from sumy.summarizers import AbstractSummarizer


class FirstSentences(AbstractSummarizer):  # type: ignore[misc]
    """Rates the first sentence of a paragraph by the length of its paragraph in sentences."""

    def __call__(self, document: Any, sentences_count: Any) -> Any:
        ratings = dict.fromkeys(document.sentences, 0)
        for paragraph in document.paragraphs:
            for sentence in paragraph.sentences[:1]:
                ratings[sentence] = len(paragraph.sentences)
        return self._get_best_sentences(document.sentences, sentences_count, ratings)
