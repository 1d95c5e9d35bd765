"""The project's own annotated articles: those of `benchmarks/annotations`.

Some texts are not in the project. They are read from a data folder (`summaries/*.jsonl`, and the pages of
`wcxb-dev`) and split into sentences again; a line is recognised by the digits of its hash.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.annotated_articles import AnnotatedArticle
from benchmarks.page_corpus import samples
from bot.core.models import Article, ParagraphKind
from bot.extract import extract
from bot.summarize.sentence_splitter import split_sentences

FOLDER = Path(__file__).parent / "annotations"
_HASH_LENGTH = 5
_KINDS = {"": "paragraph", "H": "heading", "I": "item", "T": "table"}
_LINE = re.compile(r"\d+([HIT]?) (.*)")
_MIN_RECOGNISED = 0.9
"""An article of which fewer lines are recognised, because sentences are split otherwise now, is left out."""
_UNKNOWN = "F"

Paragraphs = tuple[tuple[str, tuple[str, ...]], ...]


def load_own(data: Path | None = None) -> list[AnnotatedArticle]:
    """The articles written for the project, and, with a data folder, those whose texts are there."""
    own = [one for file in sorted(FOLDER.glob("??.txt")) for one in _written(file)]
    return own if data is None else [*own, *_of_data_folder(data)]


def _written(file: Path) -> Iterator[AnnotatedArticle]:
    judged = {row[0]: row for row in _rows(file.with_suffix(".tsv"))}
    for part in file.read_text("utf-8").split("## ")[1:]:
        head, _, body = part.partition("\n")
        key, language, title = head.split(" | ", 2)
        blocks = [_paragraph(block.splitlines()) for block in body.strip().split("\n\n")]
        labels, picks, also = judged[key][1:4]
        yield AnnotatedArticle(
            key, title.strip(), language, tuple(blocks), labels, _numbers(picks), _numbers(also)
        )


def _paragraph(lines: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    found = [_LINE.fullmatch(line) for line in lines]
    assert all(found), f"not numbered: {lines}"
    return _KINDS[found[0][1]], tuple(match[2] for match in found)  # type: ignore[index]


def _of_data_folder(data: Path) -> Iterator[AnnotatedArticle]:
    texts = dict(_texts(data))
    for key, labels, picks, also, _, digits in _rows(FOLDER / "data_folder.tsv"):
        if key not in texts:
            continue
        title, language, paragraphs = texts[key]
        hashes = [digits[at : at + _HASH_LENGTH] for at in range(0, len(digits), _HASH_LENGTH)]
        article = _recognised(paragraphs, hashes, labels)
        if article is not None:
            kept, letters, places = article
            yield AnnotatedArticle(
                key, title, language, kept, letters, _moved(picks, places), _moved(also, places)
            )


def _recognised(
    paragraphs: Paragraphs, hashes: Sequence[str], labels: str
) -> tuple[Paragraphs, str, dict[int, int]] | None:
    """The paragraphs up to the last judged line, the labels of their lines, and new numbers by old ones."""
    letters, places, at = list[str](), dict[int, int](), 0
    kept = list[tuple[str, tuple[str, ...]]]()
    for kind, lines in paragraphs:
        judged = list[str]()
        for line in lines:
            if at == len(hashes):
                break
            digits = hashlib.sha256(line.encode()).hexdigest()[:_HASH_LENGTH]
            old = next((n for n in range(at, len(hashes)) if hashes[n] == digits), None)
            letters.append(_UNKNOWN if old is None else labels[old])
            if old is not None:
                places[old + 1], at = len(letters), old + 1
            judged.append(line)
        if judged:
            kept.append((kind, tuple(judged)))
    return (tuple(kept), "".join(letters), places) if len(places) >= _MIN_RECOGNISED * len(hashes) else None


def _texts(data: Path) -> Iterator[tuple[str, tuple[str, str, Paragraphs]]]:
    """Title, language and paragraphs by ID."""
    for file in sorted((data / "summaries").glob("*.jsonl")):
        for row in map(json.loads, file.read_text("utf-8").splitlines()):
            blocks = [("paragraph", block) for block in row["text"].split("\n")]
            yield f"{file.stem}-{row['id']}", (row["title"], row["language"], _split(blocks, row["language"]))
    wanted = {row[0].removeprefix("wcxb-") for row in _rows(FOLDER / "data_folder.tsv")}
    for sample in samples(data / "wcxb-dev"):
        if sample.key in wanted and isinstance(article := extract(sample.page), Article):
            kinds = article.paragraph_kinds or (ParagraphKind.PARAGRAPH,) * len(article.text.split("\n\n"))
            blocks = [
                (kind.value, text) for kind, text in zip(kinds, article.text.split("\n\n"), strict=True)
            ]
            yield f"wcxb-{sample.key}", (article.title, article.language, _split(blocks, article.language))


def _split(blocks: Sequence[tuple[str, str]], language: str) -> Paragraphs:
    found = []
    for kind, text in ((kind, text.strip()) for kind, text in blocks):
        lines = [" ".join(text[start:end].split()) for start, end in split_sentences(text, language)]
        if any(lines):
            found.append((kind, tuple(line for line in lines if line)))
    return tuple(found)


def _rows(file: Path) -> list[list[str]]:
    return [line.split("\t") for line in file.read_text("utf-8").splitlines()]


def _numbers(field: str) -> tuple[int, ...]:
    return () if field == "-" else tuple(int(number) for number in field.split(","))


def _moved(field: str, places: dict[int, int]) -> tuple[int, ...]:
    return tuple(places[number] for number in _numbers(field) if number in places)
