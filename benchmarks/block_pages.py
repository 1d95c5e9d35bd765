"""Built pages that the block model is trained on besides a corpus, with their true texts.

A corpus has few pages of some kinds: company news with a text about the company at the end, grids of cards,
rankings whose items are the article, boxes inside the text, captions without `<figcaption>`, and small plain
pages; and nearly all are in English. The invented texts of `block_pages.toml`, in 12 languages, are put into
a page of each kind. Names of classes and elements vary by a generator of random numbers with a fixed seed.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.built_pages import BuiltSample

_TEXTS = Path(__file__).parent / "block_pages.toml"
_SEED = 11
_WORD_CLASSES = ("article-body", "entry-content", "text", "c-story", "rich", "x7f2", "")
_BOX_CLASSES = ("box", "infobox", "c-aside", "k93", "")
_CARD_CLASSES = ("card", "teaser", "item", "col-4", "q1")


@dataclass(frozen=True, slots=True)
class _Piece:
    html: str
    text: str
    """What belongs to the article; empty for what does not."""


class _Builder:
    """Builds the pieces of one page."""

    def __init__(self, words: dict[str, Any], number: int) -> None:
        self.words = words
        self.random = random.Random(f"{_SEED}:{words['lang']}:{number}")
        self._next = self.random.randrange(len(words["sentences"]))
        self._used: set[str] = set()

    def sentences(self, count: int) -> str:
        """So many sentences in a row; not a text that the page already has."""
        pool = self.words["sentences"]
        for _ in pool:
            found = [pool[(self._next + at) % len(pool)] for at in range(count)]
            self._next += 1
            text = ("" if self.words["lang"] in ("ja", "zh") else " ").join(found)
            if text not in self._used:
                break
        self._next += count - 1
        self._used.add(text)
        return text

    def paragraph(self) -> _Piece:
        text = self.sentences(self.random.choice((1, 2, 2, 3)))
        return _Piece(f"<p>{escape(text)}</p>", text)

    def heading(self, number: int) -> _Piece:
        text = self.words["headings"][number % 2]
        return _Piece(f"<h2>{escape(text)}</h2>", text)

    def body(self) -> list[_Piece]:
        parts = [[self.paragraph() for _ in range(self.random.choice((2, 3, 4)))] for _ in range(3)]
        return [*parts[0], self.heading(0), *parts[1], self.heading(1), *parts[2]]

    def other(self, html: str) -> _Piece:
        return _Piece(html, "")

    def named(self, names: tuple[str, ...]) -> str:
        name = self.random.choice(names)
        return f' class="{name}"' if name else ""

    def cards(self) -> _Piece:
        name = self.named(_CARD_CLASSES)
        cards = [
            f'<div{name}><a href="/{at}"><img src="/{at}.jpg"><h3>{escape(title)}</h3></a>'
            f"<p>{escape(self.sentences(1))}</p></div>"
            for at, title in enumerate(self.words["related"] * self.random.choice((1, 2)))
        ]
        return self.other(f"<div{self.named(_BOX_CLASSES)}>{''.join(cards)}</div>")


def _company_news(build: _Builder) -> list[_Piece]:
    heading, text, contact = build.words["about"]
    tag = build.random.choice(("h2", "h3", "strong"))
    end = f"<{tag}>{escape(heading)}</{tag}><p>{escape(text)}</p><p>{escape(contact)}</p>"
    return [*build.body(), build.other(f"{end}<p>{escape(build.words['legal'])}</p>")]


def _cards_after(build: _Builder) -> list[_Piece]:
    letter = f"<div><p>{escape(build.words['newsletter'])}</p><input type=email></div>"
    return [*build.body(), build.other(letter), build.cards()]


def _ranking(build: _Builder) -> list[_Piece]:
    name = build.named(_CARD_CLASSES)
    items = []
    for at, title in enumerate(build.words["related"], 1):
        text = build.sentences(2)
        items.append(
            _Piece(
                f"<div{name}><span>{at}/4</span><h2>{escape(title)}</h2><p>{escape(text)}</p></div>",
                f"{title}\n{text}",
            )
        )
    return [build.paragraph(), build.paragraph(), *items, build.paragraph()]


def _boxes_inside(build: _Builder) -> list[_Piece]:
    tag = build.random.choice(("aside", "div", "section", "x-box"))
    facts = "".join(f"<li>{escape(fact)}</li>" for fact in build.words["facts"])
    box = f"<{tag}{build.named(_BOX_CLASSES)}><h3>{escape(build.words['headings'][0])}</h3><ul>{facts}</ul>"
    notice = (
        f"<div{build.named(_BOX_CLASSES)}><p>{escape(build.words['notice'])}</p><button>OK</button></div>"
    )
    nested = f'<article><a href="/r"><h3>{escape(build.words["related"][0])}</h3></a></article>'
    found = build.body()
    return [
        *found[:2],
        build.other(f"{box}</{tag}>"),
        *found[2:5],
        build.other(notice),
        *found[5:-1],
        build.other(nested),
        found[-1],
    ]


def _captions(build: _Builder) -> list[_Piece]:
    caption = escape(build.words["caption"])
    shapes = (
        f'<div class="image"><img src="/a.jpg"><div>{caption}</div></div>',
        f'<p><img src="/a.jpg"></p><p class="caption">{caption}</p>',
        f'<div class="media"><picture><img src="/a.jpg"></picture><span>{caption}</span></div>',
    )
    found = build.body()
    return [
        build.other(build.random.choice(shapes)),
        *found[:3],
        build.other(build.random.choice(shapes)),
        *found[3:],
    ]


def _plain(build: _Builder) -> list[_Piece]:
    return [build.paragraph() for _ in range(6)]


_KINDS: dict[str, Callable[[_Builder], list[_Piece]]] = {
    "company": _company_news,
    "cards": _cards_after,
    "ranking": _ranking,
    "boxes": _boxes_inside,
    "captions": _captions,
    "plain": _plain,
}


def block_page_samples() -> list[BuiltSample]:
    """One page of each kind in each language; the pages of a language have the same domain."""
    return list(_built())


def _built() -> Iterator[BuiltSample]:
    for words in tomllib.loads(_TEXTS.read_text("utf-8"))["text"]:
        for number, (kind, pieces_of) in enumerate(_KINDS.items()):
            build = _Builder(words, number)
            standfirst = _Piece(f"<p>{escape(words['standfirst'])}</p>", words["standfirst"])
            pieces = [*([standfirst] if number % 2 else []), *pieces_of(build)]
            body = "\n".join(piece.text for piece in pieces if piece.text)
            key = f"{kind}-{words['lang']}"
            url = f"https://{kind}.{words['lang']}.example/2026/11/{number}"
            html = _page(build, "".join(piece.html for piece in pieces))
            yield BuiltSample(key, url, body, "article", {"title": words["title"]}, _TEXTS, html)


def _page(build: _Builder, body: str) -> str:
    words = build.words
    links = "".join(f'<li><a href="/{at}">{escape(one)}</a></li>' for at, one in enumerate(words["related"]))
    outer = build.random.choice(("main", "article", "div", "section"))
    head = f"<h1>{escape(words['title'])}</h1>"
    inner = f"<div{build.named(_WORD_CLASSES)}>{body}</div>" if build.random.random() < 0.7 else body
    footer = build.random.choice(
        (
            f"<footer><p>{escape(words['legal'])}</p></footer>",
            f"<div><ul>{links}</ul><p>{escape(words['about'][1])}</p></div>",
            f"<footer><div><p>{escape(words['newsletter'])}</p></div><p>© 2026 {words['lang']}</p></footer>",
        )
    )
    return (
        f'<!DOCTYPE html><html lang="{words["lang"]}"><head><meta charset="utf-8">'
        f"<title>{escape(words['title'])}</title></head><body><header><ul>{links}</ul></header>"
        f"<{outer}>{head}{inner}</{outer}>{footer}</body></html>"
    )
