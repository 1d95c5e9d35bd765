"""Say in plain words why each sentence of an article was picked or not, for an explanation."""

from __future__ import annotations

from bot.summarize.article_analysis import ArticleAnalysis
from bot.summarize.judge.sentence_model import Judgement
from bot.summarize.judge.word_grams import CLASSES
from bot.summarize.length_budget import Budget
from bot.summarize.repetition import MAX_OVERLAP, overlaps
from bot.summarize.reply_selection import Candidates, Choice

_FAULTS = {
    "L": "probably needs another sentence to be understood",
    "B": "probably not part of the article's prose",
    "F": "probably only a part of a sentence",
    "O": "probably says nothing that a reader of the reply wants",
}
_NAMES = {
    "S": "alone",
    "L": "leans",
    "B": "boilerplate",
    "F": "fragment",
    "O": "empty",
}


def record(
    budget: Budget, analysis: ArticleAnalysis, judgement: Judgement, candidates: Candidates, choice: Choice
) -> None:
    """Store the score, the reason and the probabilities of each sentence in the budget."""
    for i in range(len(analysis.texts)):
        budget.ratings[i] = float(judgement.wanted[i])
        budget.reasons[i] = _reason(i, analysis, judgement, candidates, choice, budget)
        row = judgement.probabilities[i]
        budget.features[i] = (
            *((_NAMES[letter], round(float(row[at]), 3)) for at, letter in enumerate(CLASSES)),
            ("news", round(float(judgement.news[i]), 3)),
            ("wanted", round(float(judgement.wanted[i]), 3)),
        )


def _reason(
    i: int,
    analysis: ArticleAnalysis,
    judgement: Judgement,
    candidates: Candidates,
    choice: Choice,
    budget: Budget,
) -> str:
    mark = analysis.marks[i]
    if i in choice.indices:
        return _why_picked(i, analysis, judgement, choice)
    if mark.exclusion:
        return f"excluded: {mark.exclusion}"
    if not candidates.can_follow[i]:
        return "excluded: a heading, a table or code"
    if mark.dependence:
        return f"excluded: {mark.dependence}"
    fault = int(judgement.probabilities[i].argmax())
    if fault or mark.flaws:
        return ": ".join(filter(None, (_FAULTS.get(CLASSES[fault], "has a flaw"), ", ".join(mark.flaws))))
    if (overlaps(candidates.facts[[i, *choice.indices]])[0, 1:] > MAX_OVERLAP).any():
        return "repeats a picked sentence"
    if analysis.word_counts[i] > budget.words:
        return "longer than the whole reply may be"
    if not choice.indices:
        return "the article has too few sentences that a reader wants"
    return "other sentences say more, or fit better together"


def _why_picked(i: int, analysis: ArticleAnalysis, judgement: Judgement, choice: Choice) -> str:
    if i - 1 in choice.indices and (analysis.marks[i].dependence or judgement.probabilities[i].argmax() == 1):
        return "picked: possible directly after the sentence before it"
    if judgement.news[i] >= max(judgement.news[j] for j in choice.indices):
        return "picked: most probably the news itself"
    return "picked: stands alone and says more than the others"
