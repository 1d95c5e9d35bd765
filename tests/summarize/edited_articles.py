"""The 21 articles of `edited_articles.txt`, whose sentences an editor has marked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class EditedArticle:
    """An article with the sentences that an editor wants (*) or accepts (* and +) in a summary."""

    kind: str
    language: str
    title: str
    text: str
    wanted: tuple[str, ...]
    accepted: frozenset[str]


def load_edited_articles() -> list[EditedArticle]:
    text = Path(__file__).with_name("edited_articles.txt").read_text("utf-8")
    return [_edited(block) for block in text.split("\n== ")[1:]]


def _edited(block: str) -> EditedArticle:
    head, _, body = block.partition("\n")
    kind, language, title = head.split(" | ")
    paragraphs = [part.splitlines() for part in body.strip().split("\n\n")]
    lines = [line for part in paragraphs for line in part]
    return EditedArticle(
        kind,
        language,
        title,
        "\n\n".join(" ".join(line[2:] for line in part) for part in paragraphs),
        tuple(line[2:] for line in lines if line[0] == "*"),
        frozenset(line[2:] for line in lines if line[0] in "*+"),
    )
