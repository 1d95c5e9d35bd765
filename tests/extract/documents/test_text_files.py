"""Plain text and Markdown: paragraphs, what stands around the text, and files that are not prose."""

from __future__ import annotations

import pytest

from bot.core.models import ParagraphKind
from bot.core.skip_reasons import SkipReason
from bot.extract.documents import DocumentKind, document_kind
from tests.extract.documents.pdf_builder import wrap
from tests.extract.documents.texts import (
    FIRST,
    FOURTH,
    PARAGRAPHS,
    SECOND,
    THIRD,
    kinds,
    paragraphs,
    read,
    refusal,
)

TEXT = "text/plain; charset=utf-8"
BLOCKS = "\n\n".join("\n".join(wrap(text, 72)) for text in PARAGRAPHS)


def text_of(content: str, kind: str = TEXT) -> list[str]:
    return paragraphs(read(content.encode(), kind))


def test_hard_wrapped_lines_between_blank_lines() -> None:
    assert text_of(BLOCKS) == list(PARAGRAPHS)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems(end: str) -> None:
    assert text_of(BLOCKS.replace("\n", end)) == list(PARAGRAPHS)


def test_paragraphs_by_indentation() -> None:
    lines = [line for text in PARAGRAPHS for line in wrap(f"~~{text}", 72)]
    assert text_of("\n".join(lines).replace("~~", "   ")) == list(PARAGRAPHS)


def test_one_paragraph_in_each_line() -> None:
    assert text_of("\n".join(f"{text} {text}" for text in PARAGRAPHS)) == [
        f"{text} {text}" for text in PARAGRAPHS
    ]


def test_words_that_a_line_end_divides() -> None:
    assert text_of(f"The old light-\nhouse stays. {FIRST}\n\n{SECOND}")[0].startswith(
        "The old lighthouse stays."
    )


def test_an_encoding_that_only_the_header_names() -> None:
    text = f"Über dem Hafen läutet die Glocke.\n\n{BLOCKS}"
    found = read(text.encode("cp1252"), "text/plain; charset=windows-1252")
    assert paragraphs(found)[0] == "Über dem Hafen läutet die Glocke."


def test_a_book_has_its_title_and_loses_its_licence() -> None:
    book = (
        "The Example Press eBook of Boats\n\nTitle: Boats on the Lake\nAuthor: Ann Example\n"
        "Release date: March 3, 2001\n\n*** START OF THE EXAMPLE PRESS EBOOK BOATS ON THE LAKE ***\n\n"
        f"CHAPTER I\n\n{BLOCKS}\n\n*** END OF THE EXAMPLE PRESS EBOOK BOATS ON THE LAKE ***\n\n"
        "You may copy this book under the terms of its licence, which has many sections."
    )
    found = read(book.encode(), TEXT)
    assert (found.title, found.author, found.published) == ("Boats on the Lake", "Ann Example", "2001-03-03")
    assert paragraphs(found) == ["CHAPTER I", *PARAGRAPHS]


def test_the_fields_of_a_mail_are_not_text() -> None:
    mail = f"From: Ann Example\nSubject: The lighthouse stays\nDate: 3 March 2001\n\n{BLOCKS}"
    found = read(mail.encode(), TEXT)
    assert (found.title, found.published) == ("The lighthouse stays", "2001-03-03")
    assert paragraphs(found) == list(PARAGRAPHS)


def test_headings_items_and_quotations_have_their_kinds() -> None:
    text = (
        f"The lighthouse\n==============\n\n{FIRST}\n\n- The railing is\n  replaced.\n- The lamp is new.\n\n"
        f"> {SECOND}\n> {THIRD}\n\nYear    Boats    Ships\n2001    120      31\n\n{FOURTH}"
    )
    assert kinds(read(text.encode(), TEXT)) == [
        (ParagraphKind.HEADING, "The lighthouse"),
        (ParagraphKind.PARAGRAPH, FIRST),
        (ParagraphKind.LIST_ITEM, "The railing is replaced."),
        (ParagraphKind.LIST_ITEM, "The lamp is new."),
        (ParagraphKind.QUOTE, f"{SECOND} {THIRD}"),
        (ParagraphKind.TABLE, "Year    Boats    Ships 2001    120      31"),
        (ParagraphKind.PARAGRAPH, FOURTH),
    ]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("#include <stdio.h>\nint main(void) {\n    return 0;\n}\n" * 9, "program code"),
        ("import os\n\ndef main():\n    value = os.name()\n    print(value)\n\n\n" * 9, "program code"),
        (
            "<?xml version='1.0'?>\n<boats>\n  <boat>Anna</boat>\n</boats>\n" * 9,
            "program code",
        ),
        ("2026-11-03 10:22:31 INFO the boat arrived at the pier\n" * 30, "a log"),
        ("Nov  3 10:22:31 host harbour[12]: the boat arrived at the pier\n" * 30, "a log"),
        ("name,boats,ships\n" + "Anna of the pier,12,3\n" * 30, "a table of data"),
        ("[harbour]\nname = pier\nport = 8080\nowner = ann\n" * 9, "settings"),
        ("0 12 33 41 77 21 99\n" * 40, "data"),
    ],
)
def test_code_logs_and_data_are_refused(content: str, what: str) -> None:
    found = refusal(content.encode(), "text/plain")
    assert (found.reason, found.detail) == (SkipReason.CODE, what)


def test_prose_about_code_is_read() -> None:
    text = f"{FIRST}\n\n    int lamp = on(1);\n    turn(lamp);\n\n{SECOND}\n\n{THIRD}"
    found = kinds(read(text.encode(), TEXT))
    assert [kind for kind, _ in found].count(ParagraphKind.CODE) == 1
    assert [text for kind, text in found if kind is ParagraphKind.PARAGRAPH] == [FIRST, SECOND, THIRD]


def test_markdown() -> None:
    text = (
        '---\ntitle: "The lighthouse stays"\ndate: 2026-03-01\nauthor: Ann Example\n---\n\n'
        f"# The *lighthouse*\n\n![A tower](tower.jpg)\n\n{FIRST}\n\nOld and new\n-----------\n\n"
        "1. The [railing](https://a.example/r) is **replaced**.\n2. The `lamp` is ~~old~~ new.[^1]\n\n"
        f"> {SECOND}\n\n```c\nint lamp = 1;\n```\n\n| Year | Boats |\n|---|---|\n| 2001 | 120 |\n\n"
        f"{THIRD} <!-- not this -->\n\n[^1]: A note.\n[ref]: https://a.example/x\n"
    )
    found = read(text.encode(), "text/markdown")
    assert (found.title, found.author, found.published) == (
        "The lighthouse stays",
        "Ann Example",
        "2026-03-01",
    )
    assert [entry for entry in kinds(found) if entry[0] not in (ParagraphKind.CODE, ParagraphKind.TABLE)] == [
        (ParagraphKind.HEADING, "The lighthouse"),
        (ParagraphKind.PARAGRAPH, FIRST),
        (ParagraphKind.HEADING, "Old and new"),
        (ParagraphKind.LIST_ITEM, "The railing is replaced."),
        (ParagraphKind.LIST_ITEM, "The lamp is new."),
        (ParagraphKind.QUOTE, SECOND),
        (ParagraphKind.PARAGRAPH, THIRD),
    ]


@pytest.mark.parametrize(
    ("content", "content_type", "path", "kind"),
    [
        (b"%PDF-1.7", "text/html", "/a", DocumentKind.PDF),
        (b"\r\n%PDF-1.4", "application/octet-stream", "/a", DocumentKind.PDF),
        (b"<p>%PDF-1.4", "text/html", "/a", None),
        (b"Words", "text/plain; charset=x", "/a.txt", DocumentKind.TEXT),
        (b"Words", "TEXT/PLAIN", "/README.md", DocumentKind.MARKDOWN),
        (b"Words", "text/markdown", "/a", DocumentKind.MARKDOWN),
        (b"<!DOCTYPE html><p>Words", "text/plain", "/a", None),
        (b"Words of <b>HTML</b>", "text/plain", "/a", DocumentKind.TEXT),
        (b"Words", "text/html", "/a.txt", None),
        (b"{}", "application/json", "/a", None),
    ],
)
def test_the_kind_of_a_document(
    content: bytes, content_type: str, path: str, kind: DocumentKind | None
) -> None:
    assert document_kind(content, content_type, path) is kind
