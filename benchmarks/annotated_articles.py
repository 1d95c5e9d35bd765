"""Articles in which a reader has judged every sentence, and the measures of chosen sentences against it.

A file has one article a line: `id, title, language, lines: [{n, kind, starts_paragraph, text}], labels,
picks, also`. `labels` has one letter for each line (S stands alone, L leans on another sentence, B is not
prose, F is a fragment, O says nothing); `picks` are the numbers of the lines that an editor would post, most
important first, and `also` of those that are nearly as good.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.core.models import Article, ParagraphKind
from bot.summarize.word_tokens import count_words

MEASURES = ("fine", "leaning", "boilerplate", "empty", "news", "precision", "recall", "F")
_PAGE_ID = re.compile(r"wcxb-(\d+)-")
_TWO_PART_SUFFIX = re.compile(r"\.(?:co|com|org|ac|gov)\.[a-z]{2}\Z")
_MIN_CONTAINED = 20
"""A sentence that is split otherwise than the line counts as the line if it has more characters than this."""
_LINES_AHEAD = 6
_END = re.compile(r"[.!?…。！？][\"'”“’»›)\]」』]*\Z")


@dataclass(frozen=True)
class AnnotatedArticle:
    """An article with a reader's judgement."""

    id: str
    title: str
    language: str
    paragraphs: tuple[tuple[str, tuple[str, ...]], ...]
    """Kind and lines of each paragraph."""
    labels: str
    picks: tuple[int, ...]
    also: tuple[int, ...]

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(" ".join(line.split()) for _, lines in self.paragraphs for line in lines)

    @cached_property
    def article(self) -> Article:
        """The article as the extractor would give it."""
        text = "\n\n".join(_joined(lines) for _, lines in self.paragraphs)
        kinds = tuple(ParagraphKind(kind) for kind, _ in self.paragraphs)
        return Article(self.title, text, self.language, 1.0, count_words(text), paragraph_kinds=kinds)

    def line_numbers(self, sentences: Iterable[str]) -> list[int]:
        """The numbers of the lines that these sentences are, ascending; others are left out."""
        found: list[int] = []
        for text in (" ".join(one.split()) for one in sentences):
            same = [n for n, line in enumerate(self.lines, 1) if line == text] or [
                n for n, line in enumerate(self.lines, 1) if _contains(text, line, _MIN_CONTAINED)
            ]
            found += [n for n in same if n not in found][:1]
        return sorted(found)

    def aligned(self, sentences: Sequence[str]) -> list[int]:
        """For each of all sentences of the article in order, the number of its line, or 0."""
        result, at = list[int](), 0
        for text in (" ".join(one.split()) for one in sentences):
            near = range(max(0, at - 1), min(len(self.lines), at + _LINES_AHEAD))
            hit = next(
                (n for n in range(at, min(len(self.lines), at + _LINES_AHEAD)) if self.lines[n] == text), None
            )
            if hit is None:
                hit = next((n for n in near if _contains(text, self.lines[n], 8)), None)
            if hit is None:
                hit = next((n for n in range(at, len(self.lines)) if self.lines[n] == text), None)
            result.append(0 if hit is None else hit + 1)
            at = at if hit is None else hit + 1
        return result


def _contains(one: str, other: str, least: int) -> bool:
    return min(len(one), len(other)) > least and (one in other or other in one)


def _joined(lines: Sequence[str]) -> str:
    """The text of a paragraph; a line that ends in the middle of a sentence ended the line on the page."""
    return "".join(line + (" " if _END.search(line) else "\n") for line in lines).rstrip()


def load(places: Iterable[Path]) -> list[AnnotatedArticle]:
    """The articles of these files, or of `articles.jsonl` in these folders."""
    files = [place / "articles.jsonl" if place.is_dir() else place for place in places]
    return [_article(json.loads(line)) for file in files for line in file.read_text("utf-8").splitlines()]


def _article(row: dict[str, Any]) -> AnnotatedArticle:
    paragraphs: list[tuple[str, list[str]]] = []
    for line in row["lines"]:
        if line["starts_paragraph"] or not paragraphs:
            paragraphs.append((line["kind"], []))
        paragraphs[-1][1].append(line["text"])
    return AnnotatedArticle(
        row["id"],
        row["title"],
        row["language"],
        tuple((kind, tuple(lines)) for kind, lines in paragraphs),
        row["labels"],
        tuple(row["picks"]),
        tuple(row["also"]),
    )


def folds_of(articles: Sequence[AnnotatedArticle], count: int, truth: Path | None = None) -> list[int]:
    """The fold of each article. `truth` (WCXB's truth.json) gives the addresses: a site is in one fold."""
    addresses = json.loads(truth.read_text("utf-8")) if truth else {}
    groups = [_site(one, addresses) for one in articles]
    sizes, filled, fold = Counter(groups), [0] * count, dict[str, int]()
    names = sorted(sizes)
    random.Random(3).shuffle(names)
    for name in sorted(names, key=lambda name: -sizes[name]):
        fold[name] = min(range(count), key=lambda number: filled[number])
        filled[fold[name]] += sizes[name]
    return [fold[group] for group in groups]


def _site(article: AnnotatedArticle, addresses: dict[str, Any]) -> str:
    page = _PAGE_ID.match(article.id)
    host = urlsplit(addresses.get(page[1], {}).get("url") or "").hostname if page else None
    if not host:
        return article.id.removesuffix("-own").removesuffix("-noisy")
    return ".".join(host.split(".")[-3 if _TWO_PART_SUFFIX.search(host) else -2 :])


def measures(article: AnnotatedArticle, chosen: Sequence[int]) -> dict[str, float]:
    """Each of MEASURES, 0 to 1, for the numbers of the chosen lines of an article with picks.

    A leaning sentence is fine directly after the line before it. `also` counts half for the precision.
    """
    here, picks = set(chosen), set(article.picks)
    letters = {n: article.labels[n - 1] for n in chosen}
    dangling = [n for n, letter in letters.items() if letter == "L" and n - 1 not in here]
    faulty = [n for n, letter in letters.items() if letter in "BFO"]
    value = len(here & picks) + 0.5 * len(here & set(article.also) - picks)
    precision, recall = value / max(1, len(here)), len(here & picks) / max(1, len(picks))
    both = precision + recall
    return {
        "fine": float(bool(here) and not dangling and not faulty),
        "leaning": float(bool(dangling)),
        "boilerplate": float(any(letter in "BF" for letter in letters.values())),
        "empty": float("O" in letters.values()),
        "news": float(article.picks[0] in here),
        "precision": precision,
        "recall": recall,
        "F": 2 * precision * recall / both if both else 0.0,
    }
