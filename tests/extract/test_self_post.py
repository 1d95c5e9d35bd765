"""The text of a self post becomes paragraphs of the right kinds, without what its author hides."""

from __future__ import annotations

import time

import pytest

from bot.core.models import MISSING_PART, Article, ArticleTrait, NotArticle, Page, ParagraphKind
from bot.core.skip_reasons import SkipReason
from bot.extract.self_post import read_self_post
from bot.extract.spoilers import without_spoilers

URL = "https://forum.example/post/7"
SECRET = "the otter did it"


def read(markdown: str, title: str = "The garden") -> Article:
    article = read_self_post(Page(URL, markdown.encode(), self_post_title=title), title)
    assert isinstance(article, Article)
    return article


def paragraphs(markdown: str) -> list[tuple[str, str]]:
    article = read(f"{markdown}\n\nThe last words.")
    texts = article.text.split("\n\n")
    kinds = [kind.value for kind in article.paragraph_kinds]
    return list(zip(texts, kinds, strict=True))[:-1]


@pytest.mark.parametrize(
    ("markdown", "text", "kind"),
    [
        ("We *dug* **two** beds.\nThen it `rained`.", "We dug two beds. Then it rained.", "paragraph"),
        ("# Der Anfang", "Der Anfang", "heading"),
        ("Le début\n---", "Le début", "heading"),
        ("**El comienzo**", "El comienzo", "heading"),
        ("**Wir haben gewonnen.**", "Wir haben gewonnen.", "paragraph"),
        ("**One** and **two**", "One and two", "paragraph"),
        ("- Erst das Rohr.", "Erst das Rohr.", "item"),
        ("7. Ensuite le lit.", "Ensuite le lit.", "item"),
        ("> You will get no water.", "You will get no water.", "quote"),
        ("> - an item that\n> - is quoted", "an item that", "quote"),
        ("```py\nprint(1)\n\nx = 2\n```", "print(1)\nx = 2", "code"),
        ("    indented = True", "indented = True", "code"),
        ("See [the map](https://maps.example/x \"t\") there.", "See the map there.", "paragraph"),
        ("It took ~~forty~~ thirty days.[^1]", "It took thirty days.", "paragraph"),
        ("Fish &amp; chips\\* for 3 &lt; 4.", "Fish & chips* for 3 < 4.", "paragraph"),
        ("Eins<br>zwei <b>drei</b>", "Eins zwei drei", "paragraph"),
        ("前から計画していた。\n庭ができた。", "前から計画していた。 庭ができた。", "paragraph"),
        ("Look at ![a tree](t.png) now.", f"Look at {MISSING_PART} now.", "paragraph"),
    ],
)  # fmt: skip
def test_the_kind_and_the_text_of_a_paragraph(markdown: str, text: str, kind: str) -> None:
    assert paragraphs(markdown)[0] == (text, kind)


def test_the_rows_of_a_table_are_no_prose() -> None:
    found = paragraphs("| year | beds |\n|---|---|\n| 2025 | **12** |\n| 2026 | |")
    assert found == [("year | beds", "table"), ("2025 | 12", "table"), ("2026", "table")]


@pytest.mark.parametrize(
    "markdown", ["![only](a.png)", "---", "```\ncode\n```", "<div>x</div>", "  ", "[^1]"]
)
def test_a_post_without_prose_is_refused(markdown: str) -> None:
    found = read_self_post(Page(URL, markdown.encode(), self_post_title="T"), "T")
    assert isinstance(found, NotArticle)
    assert found.reason is SkipReason.NOT_TEXT


def test_the_article_states_what_it_is() -> None:
    article = read(
        "Wir haben den Garten im März bekommen und gleich angefangen zu graben.", "Der\n Garten *x*"
    )
    assert (article.title, article.language, article.url) == ("Der Garten *x*", "de", URL)
    assert article.traits == {ArticleTrait.SELF_POST}
    assert article.paragraph_kinds == (ParagraphKind.PARAGRAPH,)


def test_tables_and_code_do_not_count_as_words() -> None:
    assert read("One two three.\n\n```\nfour five\n```\n\n|six|\n|-|\n|seven|").word_count == 3


@pytest.mark.parametrize(
    "hidden",
    [
        f"::: spoiler The end\n{SECRET}\n:::",
        f":::spoiler\n{SECRET}\n:::",
        f"::: Spoiler T\n\n# H\n\n- {SECRET}\n\n:::",
        f":::: spoiler A\n::: spoiler B\nx\n:::\n{SECRET}\n::::",
        f"> ::: spoiler T\n> {SECRET}\n> :::",
        f"1. ::: spoiler T\n   {SECRET}\n   :::",
        f"2) ::: spoiler T\n   {SECRET}\n   :::",
        f"<details>\n<details>x</details>\n{SECRET}\n</details>",
        f">!One paragraph\n\n{SECRET}!<",
        f">!One line\n>\n>{SECRET}!<",
        f"So >!one `!<` {SECRET}!< it was.",
        f"So >!one >!two!< {SECRET}!< it was.",
        f"So [it\n{SECRET}](#spoiler) was.",
        f"So [it [there] {SECRET}](#spoiler) was.",
        f'So [it](/s "one) {SECRET}") was.',
        f"So [spoiler]{SECRET}[/spoiler] it was.",
        f"So ||{SECRET}|| it was.",
        f"- ::: spoiler T\n  {SECRET}\n  :::",
        f"::: spoiler never closed\n\n{SECRET}\n\n{SECRET}",
        f"::: spoiler T\r\n{SECRET}\r\n:::\r\n",
        f"So >!{SECRET}!< it was.",
        f"So >! {SECRET} !< it **was** >!{SECRET}!<.",
        f">!{SECRET}\n>over two lines!<",
        f">! {SECRET}, and no end",
        f"> >!{SECRET}\n> and more",
        f"So [{SECRET}](#spoiler) it was.",
        f"So [{SECRET}](/spoiler) it was.",
        f"So [{SECRET}](#s) it was.",
        f'So [the film](/s "{SECRET}") it was.',
        f"<details><summary>T</summary>\n\n{SECRET}\n\n</details>",
        f"<DETAILS>\n\n{SECRET}",
    ],
)
def test_a_spoiler_is_never_shown(hidden: str) -> None:
    article = read(f"We went to the cinema of the town.\n\n{hidden}")
    assert SECRET not in article.text
    assert article.text.startswith("We went to the cinema of the town.")


@pytest.mark.parametrize(
    "around",
    [
        "{}\n\nThe rest stays.",
        "{}\n\n> The rest stays.",
        "{} The rest stays.",
    ],
)
def test_what_follows_an_inline_spoiler_stays(around: str) -> None:
    assert "The rest stays." in read(around.format(f"So >!{SECRET}!<.")).text


def test_what_follows_a_block_of_spoilers_stays() -> None:
    assert read(f"::: spoiler T\n{SECRET}\n:::\nThe rest stays.").text == "The rest stays."


def test_the_place_of_a_spoiler_in_a_sentence_is_marked() -> None:
    assert read(f"So >!{SECRET}!< it was.").text == f"So {MISSING_PART} it was."


@pytest.mark.parametrize(
    "shown",
    [
        "a > b ! c",
        "See [it](#section).",
        ":-) ::: no block",
        "x :::spoiler in a line",
        "[spoiler] below",
        "a || b || c",
    ],
)
def test_other_marks_hide_nothing(shown: str) -> None:
    assert without_spoilers(shown) == shown


@pytest.mark.parametrize(
    "markdown",
    [
        ">" * 20_000 + " deep",
        "*a_ " * 6_000,
        "[" * 20_000,
        ">!" * 12_000,
        "::: spoiler\n" * 2_000,
        "<details>" * 3_000,
        "[x](#s " * 4_000,
        "- " * 10_000 + "x",
        "|" * 20_000 + "\n" + "|-" * 10_000,
        "`" * 20_000,
        "![" * 10_000,
    ],
)
def test_hostile_text_takes_little_time(markdown: str) -> None:
    before = time.process_time()
    read_self_post(Page(URL, f"Words. {markdown}".encode(), self_post_title="T"), "T")
    read_self_post(Page(URL, markdown.encode(), self_post_title="T"), "T")
    assert time.process_time() - before < 5


def test_bytes_that_are_not_utf_8_are_replaced() -> None:
    found = read_self_post(Page(URL, b"Words \xff here.", self_post_title="T"), "T")
    assert isinstance(found, Article)
    assert found.text == "Words \ufffd here."


@pytest.mark.parametrize(
    "part", ["[", "[a[b]", "[a](#s ", '[a](#s "b', ">!a\n\n", "[spoiler]", "||a", "1. ", "<details"]
)
def test_the_time_for_spoilers_is_in_proportion_to_the_text(part: str) -> None:
    before = time.process_time()
    without_spoilers(part * (200_000 // len(part)))
    assert time.process_time() - before < 5
