"""How a result was reached, for `precis try --explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from bot.core.models import Article, NotArticle
from bot.extract.word_count import count_words

if TYPE_CHECKING:  # a result can be explained without loading the readers
    from bot.extract.readers import ReaderResult


class DroppedLine(Struct, frozen=True):
    """A line that was left out, and the rule that matched it."""

    line: str
    rule: str


class Explanation(Struct, frozen=True):
    """A result with everything that led to it. `reader_results` has the readers that were run."""

    result: Article | NotArticle
    reader_results: tuple[ReaderResult, ...] = ()
    step: str = ""
    """The step that selected the blocks; "" if the page was refused earlier."""
    why: str = ""
    dropped: tuple[DroppedLine, ...] = ()
    gate_features: tuple[tuple[str, float], ...] = ()
    """The input of the gate, by name."""
    article_probability: float | None = None
    """The gate's probability that the page is an article; None if a rule decided."""

    def to_lines(self) -> list[str]:
        """The explanation as lines of text."""
        out = [_describe_result(result) for result in self.reader_results]
        if self.step:
            out.append(f"step: {self.step}: {self.why}")
        out += [f"dropped ({drop.rule}): {drop.line[:100]}" for drop in self.dropped]
        if self.article_probability is not None:
            out.append(f"gate: {self.article_probability:.0%} probability of being an article")
        if isinstance(self.result, NotArticle):
            detail = f" ({self.result.detail})" if self.result.detail else ""
            out.append(f"refused: {self.result.reason.sentence}{detail}")
        else:
            out.append(f"article: {self.result.word_count} words, {self.result.confidence:.0%} confidence")
        return out


def _describe_result(result: ReaderResult) -> str:
    if result.error:
        return f"{result.reader}: failed: {result.error}"
    start = " ".join(result.text[:200].split())[:60]
    return f"{result.reader}: {count_words(result.text)} words, starts with “{start}”"
