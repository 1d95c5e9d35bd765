"""The text of PDF files: lines, columns and pages are joined, and what is not text is left out."""

from __future__ import annotations

import pytest

from bot.core.models import Page, ParagraphKind
from bot.extract import extract
from tests.extract.documents.pdf_builder import PageBuilder, PdfBuilder, wrap
from tests.extract.documents.texts import (
    FIRST,
    FOURTH,
    PARAGRAPHS,
    SECOND,
    THIRD,
    kinds,
    paragraphs,
    read,
    report,
)

COLUMN = 38
"""Characters in a line of one of two columns in 10 points."""


def indented(text: str, characters: int) -> list[str]:
    return wrap("~~" + text, characters)


def column(page: PageBuilder, x: float, y: float, lines: list[str]) -> float:
    """Lines in 10 points; a line with ~~ is indented by two characters."""
    for line in lines:
        page.text(x + 12 * line.startswith("~~"), y, line.removeprefix("~~"))
        y -= 12
    return y


def test_paragraphs_with_white_space_between_them() -> None:
    builder, _ = report()
    found = read(builder.build())
    assert paragraphs(found) == list(PARAGRAPHS)
    assert set(found.paragraph_kinds) == {ParagraphKind.PARAGRAPH}
    assert found.language == "en"
    assert found.word_count == 150
    assert found.confidence == 1


def test_paragraphs_with_an_indented_first_line() -> None:
    builder = PdfBuilder()
    column(builder.page(), 60, 760, [line for text in PARAGRAPHS for line in indented(text, 76)])
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_two_columns_are_read_one_after_the_other() -> None:
    builder = PdfBuilder()
    page = builder.page()
    page.text(60, 790, "A long title that stands above both columns", 16, font="F2")
    left = [line for text in PARAGRAPHS[:2] for line in indented(text, COLUMN)]
    right = [line for text in PARAGRAPHS[2:] for line in indented(text, COLUMN)]
    column(page, 60, 740, left)
    column(page, 310, 740, right)
    assert paragraphs(read(builder.build())) == ["A long title that stands above both columns", *PARAGRAPHS]


def test_columns_that_a_file_draws_line_by_line() -> None:
    builder = PdfBuilder()
    page = builder.page()
    left = [line for text in PARAGRAPHS[:2] for line in indented(text, COLUMN)]
    right = [line for text in PARAGRAPHS[2:] for line in indented(text, COLUMN)]
    for number, (one, other) in enumerate(zip(left, right, strict=False)):
        column(page, 60, 740 - 12 * number, [one])
        column(page, 310, 740 - 12 * number, [other])
    read_lines = min(len(left), len(right))
    column(page, 60, 740 - 12 * read_lines, left[read_lines:])
    column(page, 310, 740 - 12 * read_lines, right[read_lines:])
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_three_columns() -> None:
    builder = PdfBuilder()
    page = builder.page()
    for number, text in enumerate(PARAGRAPHS[:3]):
        column(page, 50 + 170 * number, 740, wrap(text, 25))
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS[:3])


def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page() -> None:
    text = " ".join(PARAGRAPHS)
    lines = indented(text, COLUMN)
    builder = PdfBuilder()
    first, second = builder.page(), builder.page()
    column(first, 60, 740, lines[:6])
    column(first, 310, 740, lines[6:12])
    column(second, 60, 740, lines[12:])
    assert paragraphs(read(builder.build())) == [text]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["The engi-", "neers came"], "The engineers came"),
        (
            ["a well-", "known ship, as well-known as the lamp"],
            "a well-known ship, as well-known as the lamp",
        ),
        (["the Smith-", "Jones family"], "the Smith-Jones family"),
        (["from 2019-", "2021 on"], "from 2019-2021 on"),
        (["Hafen-", "und Seerecht"], "Hafen- und Seerecht"),
        (["the tower—", "a ruin"], "the tower—a ruin"),
    ],
)
def test_hyphens_at_line_ends(lines: list[str], joined: str) -> None:
    builder, page = report()
    page.lines(60, 300, [lines[0], f"{lines[1]} beside the water of the bay"])
    assert paragraphs(read(builder.build()))[-1].startswith(joined)


def test_headers_footers_and_page_numbers_are_left_out() -> None:
    builder = PdfBuilder()
    for number, text in enumerate(PARAGRAPHS, 1):
        page = builder.page()
        page.text(60, 800, f"Annual report of the harbour, chapter {number}", 9)
        page.lines(60, 740, wrap(text, 78))
        page.text(290, 30, f"- {number} -", 9)
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_page_numbers_far_from_the_border_are_left_out() -> None:
    builder = PdfBuilder()
    for number, text in enumerate(PARAGRAPHS, 1):
        page = builder.page()
        page.lines(60, 720, wrap(text, 78))
        page.text(290, 92, str(number), 10)
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_the_numbers_of_lines_are_left_out() -> None:
    builder = PdfBuilder()
    page = builder.page()
    lines = [line for text in PARAGRAPHS for line in indented(text, 70)]
    column(page, 90, 760, lines)
    for number in range(len(lines)):
        page.text(60 if number < 9 else 54, 760 - 12 * number, str(number + 1))
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_footnotes_and_their_marks_are_left_out() -> None:
    builder = PdfBuilder()
    page = builder.page()
    lines = wrap(FIRST, 78)
    y = page.lines(60, 740, lines)
    page.text(60 + 6 * len(lines[-1]), 740 - 12 * (len(lines) - 1) + 4, "12", 6)
    page.lines(60, y - 12, wrap(SECOND, 78))
    page.lines(60, 110, wrap(f"12 {THIRD}", 110), 7, leading=9)
    assert paragraphs(read(builder.build())) == [FIRST, SECOND]


def test_exponents_and_indexes_keep_their_value() -> None:
    builder, page = report()
    x = 60.0
    for text, size, rise in (
        ("The lamp shines over 30 km", 10, 0),
        ("2", 6, 4),
        (" and weighs 10", 10, 0),
        ("9", 6, 4),
        (" tonnes of H", 10, 0),
        ("2", 6, -2),
        ("O and stone today.", 10, 0),
    ):
        page.text(x, 300 + rise, text, size)
        x += 0.6 * size * len(text)
    text = paragraphs(read(builder.build()))[-1]
    assert "30 km² and" in text
    assert "10⁹ tonnes" in text
    assert "H₂O" in text


def test_the_limits_of_a_formula_do_not_divide_a_paragraph() -> None:
    builder, page = report()
    page.lines(60, 300, ["The lamp shines over the water, although 291 mem-"])
    page.text(200, 293, "\u2013", 6)
    page.text(60, 288, "bers disagreed.")
    page.text(190, 284, "\u2013", 6)
    text = paragraphs(read(builder.build()))[-1]
    assert text == "The lamp shines over the water, although 291 members disagreed."


def test_all_after_the_references_is_left_out() -> None:
    builder, page = report()
    page.text(60, 380, "References", 12, font="F2")
    page.lines(60, 360, ["[1] A. Author, On towers. Example Press, 2001.", "[2] B. Author, On lamps. 2002."])
    page.text(60, 300, "Appendix", 12, font="F2")
    page.lines(60, 280, wrap(FIRST, 78))
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_captions_and_tables_are_left_out() -> None:
    builder = PdfBuilder()
    page = builder.page()
    y = page.lines(60, 760, wrap(FIRST, 78)) - 12
    for row in (("Year", "Boats", "Ships"), ("2001", "120", "31"), ("2002", "125", "30")):
        for number, cell in enumerate(row):
            page.text(60 + 150 * number, y, cell)
        y -= 12
    y = page.lines(60, y - 12, ["Table 1: Boats and ships that passed the tower in each year."]) - 12
    page.lines(60, y, wrap(SECOND, 78))
    assert paragraphs(read(builder.build())) == [FIRST, SECOND]


def test_wide_spaces_in_justified_lines_are_no_table() -> None:
    builder = PdfBuilder()
    page = builder.page()
    page.lines(60, 760, wrap(FIRST, 70))
    y = 700.0
    rows = (("The lamp", "of the tower"), ("shines on", "all the boats"), ("and on every", "ship here."))
    for left, right in rows:
        page.text(60, y, left)
        page.text(60 + 6 * (70 - len(right)), y, right)
        y -= 12
    page.text(60, y - 24, "x" * 70)
    page.lines(60, y - 48, wrap(SECOND, 70))
    text = read(builder.build()).text
    assert "The lamp of the tower shines on all the boats and on every ship here." in text


def test_headings_and_list_items_have_their_kinds() -> None:
    builder = PdfBuilder()
    page = builder.page()
    page.text(60, 780, "2 What the council decided", 14, font="F2")
    y = page.lines(60, 750, wrap(FIRST, 78)) - 12
    page.text(60, y, "THE REPAIRS OF THE TOWER")
    y = page.lines(60, y - 24, wrap(SECOND, 78)) - 12
    for item in (
        "The railing is replaced before the end of May.",
        "The lamp gets a new lens from the south.",
    ):
        page.text(60, y, f"\u2022 {item}")
        y -= 12
    assert kinds(read(builder.build())) == [
        (ParagraphKind.HEADING, "2 What the council decided"),
        (ParagraphKind.PARAGRAPH, FIRST),
        (ParagraphKind.HEADING, "THE REPAIRS OF THE TOWER"),
        (ParagraphKind.PARAGRAPH, SECOND),
        (ParagraphKind.LIST_ITEM, "The railing is replaced before the end of May."),
        (ParagraphKind.LIST_ITEM, "The lamp gets a new lens from the south."),
    ]


def test_a_table_of_contents_is_left_out() -> None:
    builder = PdfBuilder()
    page = builder.page()
    page.text(60, 780, "Contents", 14, font="F2")
    page.lines(60, 750, [f"{n} Chapter about the tower {'.' * 40} {n * 3}" for n in range(1, 7)])
    second = builder.page()
    second.text(60, 780, "1 Chapter", 14, font="F2")
    second.lines(60, 750, wrap(FIRST, 78))
    second.lines(60, 650, wrap(SECOND, 78))
    assert paragraphs(read(builder.build())) == ["1 Chapter", FIRST, SECOND]


def test_only_the_abstract_of_a_paper_is_read() -> None:
    abstract = f"{FIRST} {SECOND} {THIRD} {FOURTH}"
    builder = PdfBuilder()
    page = builder.page()
    page.text(60, 780, "Towers by the northern sea", 18, font="F2")
    page.text(60, 740, "Abstract", 10, font="F2")
    y = page.lines(60, 725, wrap(abstract, 88), 9, leading=11)
    page.text(60, y - 20, "1 Introduction", 12, font="F2")
    page.lines(60, y - 40, wrap("Towers have stood by the sea for a long time. " * 12, 78))
    found = extract(Page("https://docs.example/a.pdf", builder.build(), "application/pdf"), explain=True)
    assert found.result.text == abstract
    assert "only the abstract is read" in found.why


def test_an_abstract_in_the_line_of_its_label() -> None:
    builder = PdfBuilder()
    page = builder.page()
    page.lines(60, 740, wrap(f"Abstract\u2014{FIRST} {SECOND} {THIRD} {FOURTH}", 78), font="F2")
    page.lines(60, 500, wrap("Towers have stood by the sea for a long time. " * 12, 78))
    assert paragraphs(read(builder.build())) == [" ".join(PARAGRAPHS)]


def test_only_the_first_pages_are_read() -> None:
    builder = PdfBuilder()
    for number in range(70):
        builder.page().lines(60, 740, wrap(f"Page {number} tells this: {FIRST}", 78))
    found = read(builder.build())
    assert "Page 59 tells" in found.text
    assert "Page 60 tells" not in found.text


def test_a_page_that_is_turned_is_read_as_a_reader_holds_it() -> None:
    builder = PdfBuilder()
    page = builder.page((842, 595))
    page.entries = "/Rotate 90"
    page.raw("0 1 -1 0 842 0 cm")
    page.lines(60, 760, wrap(FIRST, 78))
    page.lines(60, 600, wrap(SECOND, 78))
    assert paragraphs(read(builder.build())) == [FIRST, SECOND]


def test_stamps_at_an_angle_are_left_out() -> None:
    builder, page = report()
    page.raw("q 0 1 -1 0 40 200 cm")
    page.text(0, 0, "Preprint 2026.01234 of the harbour archive", 16)
    page.raw("Q q 0.7 0.7 -0.7 0.7 200 200 cm")
    page.text(0, 0, "CONFIDENTIAL DRAFT", 40, color=(0.8, 0.8, 0.8))
    page.raw("Q")
    assert paragraphs(read(builder.build())) == list(PARAGRAPHS)


def test_words_that_a_file_draws_piece_by_piece() -> None:
    builder = PdfBuilder()
    page = builder.page()
    y = page.lines(60, 760, wrap(FIRST, 78)) - 12
    font = "BT /F1 10 Tf 1 0 0 1"
    raised = "/F1 6 Tf 5 Ts (st) Tj /F1 10 Tf 0 Ts"
    page.raw(f"{font} 60 {y} Tm (The ferry left on the 1) Tj {raised} ( of May with all on board.) Tj ET")
    kerned = "[(The) -600 (keeper) -600 (waved) -600 (to) -600 (all) -600 (the) -600 (boats.)] TJ"
    page.raw(f"{font} 60 {y - 24} Tm {kerned} ET")
    meant = "/Span << /ActualText (office) >> BDC (o_ce) Tj EMC"
    page.raw(f"{font} 60 {y - 48} Tm (The town ) Tj {meant} ( shut its doors on Monday.) Tj ET")
    second_first = f"(boats wait in the harbour.) Tj 1 0 0 1 60 {y - 72} Tm (Seventeen old) Tj"
    page.raw(f"{font} 180 {y - 72} Tm {second_first} ET")
    page.lines(60, y - 96, wrap(SECOND, 78))
    assert paragraphs(read(builder.build())) == [
        FIRST,
        "The ferry left on the 1st of May with all on board.",
        "The keeper waved to all the boats.",
        "The town office shut its doors on Monday.",
        "Seventeen old boats wait in the harbour.",
        SECOND,
    ]
