"""How many sentences of invented news are split right, by language, beside sentencex alone and pysbd.

    python -m benchmarks.sentence_splitting [--faults]

Reads `sentence_cases.txt` beside it. A sentence is right if both of its ends are; the table shows the share
for the half of the paragraphs that the rules were tuned on and for the half that was kept aside. pysbd is
measured if it is installed, in the languages that it knows.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sentencex
from rich.console import Console
from rich.table import Table

from bot.summarize.sentence_splitter import split_sentences

CASES = Path(__file__).with_name("sentence_cases.txt")
WITHOUT_SPACES = frozenset({"ja", "zh"})
"""Languages in which no space separates two sentences."""

Splitter = Callable[[str, str], list[str]]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph and its sentences."""

    language: str
    sentences: tuple[str, ...]
    kept_aside: bool

    @property
    def text(self) -> str:
        return ("" if self.language in WITHOUT_SPACES else " ").join(self.sentences)


def read_cases(path: Path = CASES) -> Iterator[Paragraph]:
    """The paragraphs of the file, in order."""
    language, number = "", 0
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            language, number = line.strip("[]"), 0
        elif line and not line.startswith("#"):
            number += 1
            yield Paragraph(language, tuple(line.split(" | ")), kept_aside=number % 2 == 0)


def split_with_precis(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, language)]


def split_with_sentencex(text: str, language: str) -> list[str]:
    return [sentence.strip() for sentence in sentencex.segment(language, text) if sentence.strip()]


@cache
def _pysbd(language: str) -> Any:
    """pysbd's segmenter; None if pysbd is not installed or does not know the language."""
    try:
        return importlib.import_module("pysbd").Segmenter(language=language, clean=False)
    except (ImportError, ValueError):
        return None


def split_with_pysbd(text: str, language: str) -> list[str]:
    segmenter = _pysbd(language)
    return [sentence.strip() for sentence in segmenter.segment(text)] if segmenter else []


SPLITTERS: dict[str, Splitter] = {
    "Precis": split_with_precis,
    "sentencex": split_with_sentencex,
    "pysbd": split_with_pysbd,
}


def count_right(paragraph: Paragraph, split: Splitter) -> int:
    """How many sentences of the paragraph `split` returns as they are."""
    found = split(paragraph.text, paragraph.language)
    return sum(sentence in found for sentence in paragraph.sentences)


def measure(cases: list[Paragraph], split: Splitter) -> dict[tuple[str, bool], tuple[int, int]]:
    """Right sentences and all sentences, by language and by half (True for the half kept aside)."""
    counts: dict[tuple[str, bool], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for paragraph in cases:
        key = (paragraph.language, paragraph.kept_aside)
        right, total = counts[key]
        counts[key] = (right + count_right(paragraph, split), total + len(paragraph.sentences))
    return dict(counts)


def _percent(counts: dict[tuple[str, bool], tuple[int, int]], languages: list[str], half: bool) -> str:
    right, total = (sum(counts[language, half][i] for language in languages) for i in (0, 1))
    return f"{100 * right / total:.0f}"


def _print_table(cases: list[Paragraph], console: Console) -> None:
    table = Table(title="Sentences split right, in percent: tuned half / half kept aside")
    for heading in ("language", "sentences", *SPLITTERS):
        table.add_column(heading, justify="left" if heading == "language" else "right")
    measured, seconds = {}, {}
    for name, split in SPLITTERS.items():
        started = time.process_time()
        measured[name] = measure(cases, split)
        seconds[name] = time.process_time() - started
    languages = list(dict.fromkeys(paragraph.language for paragraph in cases))
    known = {name: [one for one in languages if name != "pysbd" or _pysbd(one)] for name in SPLITTERS}
    for language in languages:
        total = sum(len(one.sentences) for one in cases if one.language == language)
        table.add_row(language, str(total), *(_cell(measured[n], [language], known[n]) for n in SPLITTERS))
    table.add_section()
    everything = str(sum(len(one.sentences) for one in cases))
    table.add_row("all", everything, *(_cell(measured[n], known[n], known[n]) for n in SPLITTERS))
    table.add_row("CPU seconds", "", *(f"{seconds[name]:.2f}" for name in SPLITTERS))
    console.print(table)


def _cell(counts: dict[tuple[str, bool], tuple[int, int]], languages: list[str], known: list[str]) -> str:
    shown = [one for one in languages if one in known]
    return f"{_percent(counts, shown, False)} / {_percent(counts, shown, True)}" if shown else "-"


def _print_faults(cases: list[Paragraph], console: Console) -> None:
    for paragraph in cases:
        found = split_with_precis(paragraph.text, paragraph.language)
        if found != list(paragraph.sentences):
            half = "aside" if paragraph.kept_aside else "tuned"
            console.print(f"{paragraph.language} {half}  {' | '.join(found)}", markup=False, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--faults", action="store_true", help="print the paragraphs that are split wrong")
    parser.add_argument("--tuned", action="store_true", help="only the half that the rules are tuned on")
    arguments = parser.parse_args()
    cases = [one for one in read_cases() if not (arguments.tuned and one.kept_aside)]
    console = Console(width=200 if arguments.faults else None)
    (_print_faults if arguments.faults else _print_table)(cases, console)


if __name__ == "__main__":
    main()
