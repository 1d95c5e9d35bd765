"""Split a page into blocks: the runs of text between the start and end tags of block elements."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree
from lxml.html import HtmlElement
from msgspec import Struct, field

from bot.extract.class_names import name_groups_of
from bot.extract.word_count import count_words_of_tokens, tokenize

_BLOCK_TAGS = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "label",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "picture",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
]
_SKIPPED_TAGS = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "head",
        "iframe",
        "select",
        "textarea",
        "datalist",
        "video",
        "audio",
        "object",
        "canvas",
        "map",
        "math",
        "option",
    ]
)
TAG_CODE = {tag: code for code, tag in enumerate(_BLOCK_TAGS, 1)}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CONTEXT_BITS = {
    **dict.fromkeys(_HEADINGS, 1),
    "li": 2,
    "figcaption": 4,
    "blockquote": 8,
    "pre": 16,
    "table": 32,
    "dd": 2,
    "dt": 2,
}
IN_HEADING, IN_ITEM, IN_CAPTION, IN_QUOTE, IN_CODE, IN_TABLE = 1, 2, 4, 8, 16, 32


class BlockElements(Struct):
    """The block elements of a page, parents before children. Element 0 is the root of all."""

    tag: list[str] = field(default_factory=lambda: [""])
    parent: list[int] = field(default_factory=lambda: [0])
    depth: list[int] = field(default_factory=lambda: [0])
    class_name: list[str] = field(default_factory=lambda: [""])
    """The value of the attribute `class`."""
    name_groups: list[int] = field(default_factory=lambda: [0])
    context: list[int] = field(default_factory=lambda: [0])

    def add(self, element: HtmlElement, tag: str, parent: int) -> int:
        self.tag.append(tag)
        self.parent.append(parent)
        self.depth.append(self.depth[parent] + 1)
        self.class_name.append(element.get("class", ""))
        self.name_groups.append(name_groups_of(element.items()) if element.attrib else 0)
        self.context.append(self.context[parent] | _CONTEXT_BITS.get(tag, 0))
        return len(self.tag) - 1


class Blocks(Struct):
    """The blocks in page order; `words[i]` are the tokens of `texts[i]`, at least one."""

    elements: BlockElements = field(default_factory=BlockElements)
    texts: list[str] = field(default_factory=list)
    words: list[list[str]] = field(default_factory=list)
    element: list[int] = field(default_factory=list)
    link_share: list[float] = field(default_factory=list)
    """Share of a block's characters that are inside links."""
    _counts: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)

    def add(self, pieces: Sequence[str], linked_pieces: Sequence[str], element: int) -> None:
        """Add the text of `pieces`, if it has words, as a block directly in a block element.

        `linked_pieces` are those that are in links.
        """
        text = "".join(pieces)
        if text.isspace() or not (words := tokenize(text)):
            return
        text = " ".join(text.split())
        self.texts.append(text)
        self.words.append(words)
        self.element.append(element)
        linked = len(" ".join("".join(linked_pieces).split())) if linked_pieces else 0
        self.link_share.append(linked / len(text))

    def word_count(self, index: int) -> int:
        """`count_words` of the text of a block."""
        return self.word_counts()[index]

    @property
    def total_word_count(self) -> int:
        return sum(self.word_counts())

    def word_counts(self) -> list[int]:
        """`count_words` of the text of each block."""
        missing = range(len(self._counts), len(self.texts))
        self._counts += [count_words_of_tokens(self.texts[i], len(self.words[i])) for i in missing]
        return self._counts

    def context(self, index: int) -> int:
        return self.elements.context[self.element[index]]

    def tag(self, index: int) -> str:
        return self.elements.tag[self.element[index]]


def split_blocks(root: HtmlElement) -> Blocks:
    """Split a clean tree into blocks. Not recursive: pages may be nested deeply."""
    blocks = Blocks()
    elements = blocks.elements
    open_elements = [0]
    open_links = 0
    pieces: list[str] = []
    linked_pieces: list[str] = []
    body = root.find("body")
    events = etree.iterwalk(root if body is None else body, events=("start", "end"))
    # This loop runs for every tag of the page, so it calls as few functions as possible.
    for event, element in events:
        tag = element.tag
        is_start = event == "start"
        if is_start and tag in _SKIPPED_TAGS:
            events.skip_subtree()
            continue
        if tag in TAG_CODE:
            if pieces:
                blocks.add(pieces, linked_pieces, open_elements[-1])
                pieces.clear()
                linked_pieces.clear()
            if is_start:
                open_elements.append(elements.add(element, tag, open_elements[-1]))
            else:
                open_elements.pop()
        elif tag == "a":
            open_links += 1 if is_start else -1
        text = element.text if is_start else element.tail
        if text:
            pieces.append(text)
            if open_links:
                linked_pieces.append(text)
    blocks.add(pieces, linked_pieces, open_elements[-1])
    return blocks
