"""The articles of `article_kinds.txt`, five of each of eight kinds, with marked sentences."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.core.models import Article, ParagraphKind
from bot.summarize.word_tokens import count_words

_KINDS = {" ": ParagraphKind.PARAGRAPH, "H": ParagraphKind.HEADING, "I": ParagraphKind.LIST_ITEM}


@dataclass(frozen=True)
class KindArticle:
    """An article with the sentences that a reply must have, may have and must not have."""

    kind: str
    article: Article
    wanted: frozenset[str]
    unwanted: frozenset[str]


def load_kind_articles() -> list[KindArticle]:
    text = Path(__file__).with_name("article_kinds.txt").read_text("utf-8")
    return [_marked(block) for block in text.split("\n== ")[1:]]


def _marked(block: str) -> KindArticle:
    head, _, body = block.partition("\n")
    kind, language, title = head.split(" | ")
    groups = [group for part in body.strip().split("\n\n") for group in _groups(part.splitlines())]
    text = "\n\n".join(" ".join(_sentence(line) for line in group) for group in groups)
    lines = [line for group in groups for line in group]
    return KindArticle(
        kind,
        Article(
            title, text, language, 1.0, count_words(text),
            paragraph_kinds=tuple(_KINDS[group[0][1]] for group in groups),
        ),
        frozenset(_sentence(line) for line in lines if line[0] == "*"),
        frozenset(_sentence(line) for line in lines if line[0] == "-"),
    )  # fmt: skip


def _groups(lines: list[str]) -> list[list[str]]:
    """The lines of a block as paragraphs: a heading, an item or a line without a full stop is one alone."""
    groups: list[list[str]] = []
    for line in lines:
        alone = line[1] != " " or line[-1] not in ".!?"
        if alone or not groups or groups[-1][0][1] != " " or groups[-1][0][-1] not in ".!?":
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _sentence(line: str) -> str:
    return line[3 if line[1] != " " else 2 :]
