"""Find the box in which a page sums up its article: "In short", "Auf einen Blick", "L’essentiel"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.extract.blocks import IN_CODE, IN_HEADING, IN_ITEM, IN_TABLE, Blocks

_TITLE = re.compile(
    r"\W*(?:(?:the |our )?(?:key|main) (?:takeaways?|points?|facts?|findings?)|takeaways?|"
    r"highlights|in short|in brief|"
    r"at a glance|tl;?\s?dr|quick (?:summary|facts|read|take)|(?:article |story )?summary|the short version|"
    r"what (?:to|you need to) know|need to know|the essentials|the gist|"
    r"(?:the )?latest(?: updates)?|what we know(?: so far)?|"
    r"auf einen blick|das wichtigste(?: in kürze| im überblick| zusammengefasst)?|in kürze|"
    r"kurz (?:und|&) (?:knapp|bündig)|"
    r"kurzfassung|zusammenfassung|darum geht es|die kernpunkte|was wir wissen|das neueste|"
    r"en bref|l['’]essentiel|à retenir|ce qu['’]il faut (?:retenir|savoir)|en résumé|les points clés|"
    r"en resumen|en breve|lo esencial|(?:las |los )?(?:claves|puntos clave)|resumen|"
    r"in sintesi|in breve|i punti chiave|punti chiave|in poche parole|"
    r"em resumo|resumo|pontos(?:-| )chave|o essencial|"
    r"in het kort|samengevat|de hoofdpunten|kort samengevat|het belangrijkste)\W*",
    re.IGNORECASE,
)
_FULL_STOPS = (".", "!", "。", "！", ".”", ".“", ".»", '."')
_LISTS = frozenset({"ul", "ol", "dl", "menu"})
_MIN_WORDS, _MAX_WORDS = 6, 60
_MAX_ITEMS = 8
_MIN_SENTENCES = 2
"""Of a box that is the summary of a live blog."""
_MAX_PLACE = 15
"""A box is among the first paragraphs; later, the same words are the heading of a conclusion."""


def summary_sentences(blocks: Blocks, selected: Sequence[int]) -> frozenset[int]:
    """The selected blocks that are whole sentences of such a box."""
    for at, index in enumerate(selected[:_MAX_PLACE]):
        if len(blocks.words[index]) <= _MIN_WORDS and _TITLE.fullmatch(blocks.texts[index]):
            return frozenset(_sentences_of_box(blocks, selected[at : at + 1 + _MAX_ITEMS]))
    return frozenset()


def find_summary_box(blocks: Blocks) -> tuple[int, ...]:
    """The title and the sentences of the first box on the page with two or more; () if there is none."""
    for index in range(len(blocks)):
        if len(blocks.words[index]) <= _MIN_WORDS and _TITLE.fullmatch(blocks.texts[index]):
            after = range(index, min(len(blocks), index + 1 + _MAX_ITEMS))
            sentences = _sentences_of_box(blocks, after)
            if len(sentences) >= _MIN_SENTENCES:
                return index, *sentences
    return ()


def _sentences_of_box(blocks: Blocks, box: Sequence[int]) -> list[int]:
    """The list items after the title; if it has none, the first paragraph in the title's own element."""
    title, *rest = box
    found = list[int]()
    for index in rest:
        inside = blocks.context(index)
        if not inside & IN_ITEM or inside & (IN_CODE | IN_TABLE | IN_HEADING):
            break
        if found and _list_of(blocks, index) != _list_of(blocks, found[0]):
            break
        found.append(index)
    if not found and rest and _parent(blocks, rest[0]) == _parent(blocks, title):
        found = [] if blocks.context(rest[0]) & (IN_CODE | IN_TABLE | IN_HEADING) else rest[:1]
    return [index for index in found if _is_sentence(blocks, index)]


def _is_sentence(blocks: Blocks, index: int) -> bool:
    is_long = _MIN_WORDS <= blocks.word_count(index) <= _MAX_WORDS
    return is_long and blocks.texts[index].rstrip().endswith(_FULL_STOPS)


def _list_of(blocks: Blocks, index: int) -> int:
    """The list that an item is in; the root if it is in none."""
    element = blocks.element[index]
    while element and blocks.elements.tag[element] not in _LISTS:
        element = blocks.elements.parent[element]
    return element


def _parent(blocks: Blocks, index: int) -> int:
    return blocks.elements.parent[blocks.element[index]]
