"""Every reader is in the list, and extracts the text of a simple article."""

from __future__ import annotations

import sys
from pkgutil import iter_modules

import lxml.html
import pytest

from bot.extract import readers
from bot.extract.readers import CleanPage, Reader
from bot.extract.readers.cache import READERS
from bot.extract.readers.newspaper import Newspaper

SENTENCES = tuple(
    f"On day {day} the council of the town spoke for {day} hours about the old bridge over the river."
    for day in range(1, 13)
)
PAGE = CleanPage(
    "https://paper.example/2026/11/bridge",
    lxml.html.document_fromstring(
        "<html lang=en><head><title>The bridge</title></head><body><div><article><h1>The bridge</h1>"
        + "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
        + "</article></div></body></html>"
    ),
)


def test_every_module_has_a_reader_in_the_list() -> None:
    modules = {f"{readers.__name__}.{module.name}" for module in iter_modules(readers.__path__)}
    helpers = {f"{readers.__name__}.{name}" for name in ("base", "cache")}
    assert {type(reader).__module__ for reader in READERS} == modules - helpers


def test_names_are_unique() -> None:
    assert len({reader.name for reader in READERS}) == len(READERS)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_a_simple_article_is_extracted(reader: Reader) -> None:
    text = reader.extract_text(PAGE)
    assert [sentence for sentence in SENTENCES if sentence not in text] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Am {n}. Tag sprach der Rat der Stadt lange über die alte Brücke, die nun doch nicht weg soll.",
        "Le jour {n}, le conseil de la ville a parlé du vieux pont, qui ne sera donc pas démoli cette année.",
        "El día {n} el ayuntamiento de la ciudad habló del viejo puente, que no será derribado este año.",
        "Dzień {n}: rada miasta długo mówiła o starym moście, który jednak nie zostanie teraz rozebrany.",
        "В {n} день совет города долго говорил о старом мосте, который в этом году всё-таки не снесут.",
    ],
)
def test_newspaper3k_reads_other_languages_without_a_lang_attribute(sentence: str) -> None:
    sentences = [sentence.format(n=n) for n in range(1, 9)]
    body = "".join(f"<p>{one}</p>" for one in sentences)
    root = lxml.html.document_fromstring(f"<html><body><div><article>{body}</article></div></body></html>")
    text = Newspaper().extract_text(CleanPage("https://paper.example/2026/11/bridge", root))
    assert [one for one in sentences if one not in text] == []


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("nn", "Dag {n} tala kommunestyret lenge om den gamle brua, som ikkje skal rivast i år likevel."),
        ("nb", "Dag {n} snakket kommunestyret lenge om den gamle brua, som ikke skal rives i år likevel."),
        ("bs", "Dana {n} vijeće je dugo govorilo o starom mostu, koji ove godine ipak neće biti srušen."),
        ("pt-BR", "No dia {n} a câmara falou muito da velha ponte, que afinal não será demolida este ano."),
    ],
)
def test_newspaper3k_reads_what_the_lang_attribute_declares(language: str, sentence: str) -> None:
    sentences = [sentence.format(n=n) for n in range(1, 9)]
    body = "".join(f"<p>{one}</p>" for one in sentences)
    page = f"<html lang={language}><body><div><article>{body}</article></div></body></html>"
    text = Newspaper().extract_text(
        CleanPage("https://paper.example/2026/11/bridge", lxml.html.document_fromstring(page))
    )
    assert [one for one in sentences if one not in text] == []


def test_newspaper3k_does_not_load_jieba_for_a_chinese_page(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "第{n}天，市议会就河上的旧桥讨论了很久，决定今年不拆除这座桥，而是先修好桥墩和路面。"
    sentences = [sentence.format(n=n) for n in range(1, 9)]
    body = "".join(f"<p>{one}</p>" for one in sentences)
    root = lxml.html.document_fromstring(
        f"<html lang=zh><body><div><article>{body}</article></div></body></html>"
    )
    monkeypatch.delitem(sys.modules, "jieba", raising=False)
    Newspaper().extract_text(CleanPage("https://paper.example/2026/11/bridge", root))
    assert "jieba" not in sys.modules
