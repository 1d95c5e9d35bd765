"""How an answer came about, for `precis try --explain`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.models import Article, NotArticle
from bot.extract.word_count import count_words

if TYPE_CHECKING:  # an answer can be explained without a reader loaded
    from bot.extract.readers import Reading


@dataclass(frozen=True, slots=True)
class Dropped:
    """A line that was left out, and the rule that said so."""

    line: str
    rule: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that led to an answer. `readings` has the readers that were asked."""

    answer: Article | NotArticle
    readings: tuple[Reading, ...] = ()
    step: str = ""
    """Which step of the cascade decided; "" when none was reached."""
    why: str = ""
    dropped: tuple[Dropped, ...] = ()
    signals: tuple[tuple[str, float], ...] = ()
    """What the gate went by."""
    article_chance: float | None = None
    """The gate's probability that the page is an article."""

    def lines(self) -> list[str]:
        """For people, a line each."""
        out = [_reading(reading) for reading in self.readings]
        if self.step:
            out.append(f"step: {self.step}: {self.why}")
        out += [f"dropped ({drop.rule}): {drop.line[:100]}" for drop in self.dropped]
        if self.article_chance is not None:
            out.append(f"gate: an article with a probability of {self.article_chance:.0%}")
        if isinstance(self.answer, NotArticle):
            detail = f" ({self.answer.detail})" if self.answer.detail else ""
            out.append(f"refused: {self.answer.reason.sentence}{detail}")
        else:
            out.append(f"article: {self.answer.words} words, {self.answer.confidence:.0%} sure")
        return out


def _reading(reading: Reading) -> str:
    if reading.error:
        return f"{reading.reader}: failed: {reading.error}"
    start = " ".join(reading.text[:200].split())[:60]
    return f"{reading.reader}: {count_words(reading.text)} words, from “{start}”"
