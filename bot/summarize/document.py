"""An article as a document of sumy; each sentence has its index and its paragraph."""

from __future__ import annotations

import re

from msgspec import Struct
from sumy.models.dom import ObjectDocumentModel, Paragraph
from sumy.models.dom import Sentence as SumySentence

from bot.core.models import Article, ParagraphKind
from bot.summarize import datelines, language_resources, line_labels, sentence_splitter, word_tokens
from bot.summarize.damaged_sentences import is_damaged

MAX_CHARACTERS = 400_000
"""Only this many characters of an article are read: about the length of a book."""

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")


_DATELINE_BLOCKS = 3
"""A dateline is at the start of the article, or after a standfirst or an introduction."""
_NON_PROSE_KINDS = frozenset(
    {ParagraphKind.HEADING, ParagraphKind.TABLE, ParagraphKind.CODE, ParagraphKind.LIVE_ENTRY}
)


def _parts_of(article: Article) -> list[tuple[str, ParagraphKind]]:
    """The paragraphs with their kinds; if the kinds are not known, the text as one part."""
    parts = article.text.split("\n\n")
    if len(parts) != len(article.paragraph_kinds):
        return [(article.text, ParagraphKind.PARAGRAPH)]
    return list(zip(parts, article.paragraph_kinds, strict=True))


class Tokenizer:
    """The tokenizer that sumy needs, without NLTK and its downloads."""

    def __init__(self, language: str = "") -> None:
        self.language = language

    def to_sentences(self, paragraph: str) -> tuple[str, ...]:
        return tuple(paragraph[a:b] for a, b in sentence_splitter.split_sentences(paragraph, self.language))

    def to_words(self, sentence: str) -> tuple[str, ...]:
        return tuple(word_tokens.to_words(sentence))


class Sentence(SumySentence):  # type: ignore[misc]
    """A sentence of an article. Compared by identity: two sentences with the same words are not equal."""

    __slots__ = ("index", "kind", "paragraph", "word_count")

    def __init__(
        self,
        text: str,
        tokenizer: Tokenizer,
        index: int,
        paragraph: int,
        kind: ParagraphKind = ParagraphKind.PARAGRAPH,
    ) -> None:
        super().__init__(text, tokenizer)
        self.index = index
        self.paragraph = paragraph
        self.kind = kind
        self.word_count: int = word_tokens.count_words(text)

    @property
    def text(self) -> str:
        return str(self._text)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def __hash__(self) -> int:
        return self.index


class InputLimits(Struct, frozen=True):
    """How much of an article a method reads: the time of most methods grows with the square of it."""

    sentences: int
    words: int


class Document(ObjectDocumentModel):  # type: ignore[misc]
    """The paragraphs and sentences of an article, with its title and language.

    Headings, tables and code are left out unless `every_kind` is set: a method that asks for them has to
    look at the kind of each sentence.
    """

    def __init__(self, article: Article, limits: InputLimits, *, every_kind: bool = False) -> None:
        self.title = article.title
        self.language = language_resources.language_code(article.language)
        parts = [part for part in _parts_of(article) if every_kind or part[1] not in _NON_PROSE_KINDS]
        super().__init__(Paragraph(group) for group in self._paragraphs_of(parts, limits))

    def _paragraphs_of(
        self, parts: list[tuple[str, ParagraphKind]], limits: InputLimits
    ) -> list[list[Sentence]]:
        paragraphs: list[list[Sentence]] = []
        tokenizer, index, seen, prose_blocks = Tokenizer(self.language), 0, 0, 0
        blocks = _blocks_of(parts)
        bare_codes = line_labels.has_bare_time_codes(block for block, _ in blocks)
        labels = line_labels.returning_labels(block for block, _ in blocks)
        for number, (block, kind) in enumerate(blocks):
            group: list[Sentence] = []
            opens_prose = kind not in _NON_PROSE_KINDS
            for sentence in tokenizer.to_sentences(block):
                piece = line_labels.without_time_codes(sentence, bare=bare_codes)
                piece = line_labels.without_returning_label(piece, labels)
                piece = datelines.without_date(line_labels.without_front_matter(piece))
                if not piece:
                    continue
                if index >= limits.sentences or seen >= limits.words:
                    return [*paragraphs, group]
                if is_damaged(piece):
                    continue
                if opens_prose and not group and prose_blocks < _DATELINE_BLOCKS:
                    piece = datelines.without_dateline(piece)
                group.append(Sentence(piece, tokenizer, index, number, kind))
                index, seen = index + 1, seen + group[-1].word_count
            paragraphs.append(group)
            prose_blocks += opens_prose and bool(group)
        return paragraphs


def _blocks_of(parts: list[tuple[str, ParagraphKind]]) -> list[tuple[str, ParagraphKind]]:
    """The parts split at blank lines, up to `MAX_CHARACTERS` characters in all."""
    blocks: list[tuple[str, ParagraphKind]] = []
    left = MAX_CHARACTERS
    for part, kind in parts:
        blocks += ((block, kind) for block in _BLANK_LINE.split(part[:left]))
        left -= len(part) + 2
        if left <= 0:
            break
    return blocks
