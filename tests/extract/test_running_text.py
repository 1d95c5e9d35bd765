"""The text of a page is what a person reads: numbers keep their value, notes are left out."""

from __future__ import annotations

import pytest

from bot.core.models import MISSING_PART, Article, LengthLimits, Page
from bot.extract import extract
from bot.extract.blocks import split_blocks
from bot.extract.extractor import clean_tree
from bot.extract.html_tree import parse_html
from bot.summarize import summarize


def read(html: str, language: str = "en") -> str:
    """The text of the blocks of a page with this body, one block a line."""
    root = parse_html(f"<html lang={language}><body>{html}</body></html>")
    assert root is not None
    clean_tree(root, "https://a.example/2026/story")
    return "\n".join(split_blocks(root).texts)


SUPERSCRIPTS = [
    ("The reef holds 4 × 10<sup>12</sup> shells.", "The reef holds 4 × 10¹² shells."),
    ("A grain weighs 10<sup>-6</sup> grams.", "A grain weighs 10⁻⁶ grams."),
    ("Der See bedeckt 14 km<sup>2</sup> im Tal.", "Der See bedeckt 14 km² im Tal."),
    ("Объём равен 80 м<sup>3</sup> воды.", "Объём равен 80 м³ воды."),
    ("Le pain coûte 3<sup>50</sup> € ici.", "Le pain coûte 3,50 € ici."),
    ("The jar costs $7<sup>25</sup> now.", "The jar costs $7.25 now."),
    ("Le XIX<sup>e</sup> siècle fut long.", "Le XIXe siècle fut long."),
    ("The 3<sup>rd</sup> ferry left.", "The 3rd ferry left."),
    ("La 1<sup>re</sup> dame parle.", "La 1re dame parle."),
    ("It takes 2<sup>n</sup> steps.", "It takes 2ⁿ steps."),
    ("Traces of <sup>137</sup>Cs were found.", "Traces of ¹³⁷Cs were found."),
    ("Add 2<sup>1</sup>/<sub>2</sub> cups.", "Add 2 1/2 cups."),
    ("The number 1011<sub>2</sub> is eleven.", "The number 1011₂ is eleven."),
    ("Water is H<sub>2</sub>O.", "Water is H2O."),
    ("The mayor resigned.<sup>4</sup> Her deputy stayed.", "The mayor resigned. Her deputy stayed."),
    ("The mayor resigned.<sup>4</sup>Her deputy stayed.", "The mayor resigned. Her deputy stayed."),
    ("The harvest<sup>2,3</sup> was poor.", "The harvest was poor."),
    ("La récolte<sup>[réf. nécessaire]</sup> fut bonne.", "La récolte fut bonne."),
    ("Die Ernte<sup>[<i>Beleg fehlt</i>]</sup> war gut.", "Die Ernte war gut."),
    ("収穫<sup>[要出典]</sup>は良かった。", "収穫は良かった。"),
    ("In 1987<sup><a href='#fn7'>7</a></sup> it closed.", "In 1987 it closed."),
    ("The price rose<sup id='fnref:2'>2</sup> again.", "The price rose again."),
    ("The price rose<a role='doc-noteref' href='#x'>†</a> again.", "The price rose again."),
    ("The price rose<a class='footnote-ref' href='#fn2'>[2]</a> again.", "The price rose again."),
    ("Cena wzrosła<sup>*</sup> znowu.", "Cena wzrosła znowu."),
    ("The price rose<span style='vertical-align: super'>3</span> again.", "The price rose again."),
    ("La cosecha fue mala.¹ El precio subió.", "La cosecha fue mala. El precio subió."),
    ("The census[14] counted all.[15]", "The census counted all."),
    ("See <a href='#chapter'>chapter one</a> for more.", "See chapter one for more."),
    ("She wrote x<sup>2</sup> on the board.", "She wrote x² on the board."),
    ("Members of the (GSC)² meet weekly.", "Members of the (GSC)² meet weekly."),
    ("The sum (a + b)³ grows.", "The sum (a + b)³ grows."),
    ("The mill closed (in spring).² It reopened.", "The mill closed (in spring). It reopened."),
    ("The mill closed (in spring)¹ for good.", "The mill closed (in spring) for good."),
]
UNREAD = [
    ("The vote is on <del>Friday</del> Sunday.", "The vote is on Sunday."),
    ("Der Preis fiel um <s>neun</s> acht Euro.", "Der Preis fiel um acht Euro."),
    ("Le prix est de <strike>dix</strike> onze euros.", "Le prix est de onze euros."),
    ("It has <span class='line-through'>six</span> seven doors.", "It has seven doors."),
    (
        "It has <u style='text-decoration-line: line-through'>six</u> seven doors.",
        "It has seven doors.",
    ),
    ("It has <i style='text-decoration: red wavy line-through'>six</i> seven doors.", "It has seven doors."),
    ("<ruby>港<rp>（</rp><rt>みなと</rt><rp>）</rp></ruby>が開いた。", "港が開いた。"),
    ("<ruby>東<rt>とう</rt>京<rt>きょう</rt></ruby>の空は青い。", "東京の空は青い。"),
    ("The quorum<span role=tooltip>The least number of members.</span> was met.", "The quorum was met."),
    (
        "The <span class=tooltip>quorum<span class=tooltiptext>Least number.</span></span> met.",
        "The quorum met.",
    ),
    ("The <span class=tooltip title='Least number'>quorum</span> was met.", "The quorum was met."),
    ("Le quorum<span class=sidenote>Il faut neuf voix.</span> est atteint.", "Le quorum est atteint."),
    ("Das Quorum<small class=margin-note>Neun Stimmen.</small> ist erreicht.", "Das Quorum ist erreicht."),
    ("The quorum<span class=inline-note>Nine votes.</span> was met.", "The quorum was met."),
    ("The <ins>new</ins> rule holds.", "The new rule holds."),
    (
        "Boats are built to float<s>, </s><a href=x>steer</a> and last.",
        "Boats are built to float steer and last.",
    ),
    ("The dam<del>, which</del>, they say, holds.", "The dam, they say, holds."),
    (
        "“Partly,” said engineer <button class='sidenote-button' title='Ann Lee'>Ann Lee,</button> a diver.",
        "“Partly,” said engineer Ann Lee, a diver.",
    ),
    ("The quorum<button class=footnote>2</button> was met.", "The quorum was met."),
]
COMPLETE = [
    ("It uses <math><mn>3.5</mn></math> tons.", "It uses 3.5 tons."),
    ("It uses <math><msup><mn>10</mn><mn>8</mn></msup></math> tons.", "It uses 10⁸ tons."),
    ("So <math><mi>a</mi><mo>=</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math> holds.", "So a = 1/2 holds."),
    ("So <math><msqrt><mi>x</mi></msqrt></math> grows.", "So √x grows."),
    (
        (
            "It has <span class=katex><span class=katex-mathml><math><mn>7</mn></math></span>"
            "<span class=katex-html aria-hidden=true>7</span></span> sides."
        ),
        "It has 7 sides.",
    ),
    (
        (
            "Es hat <mjx-container><svg></svg><mjx-assistive-mml><math><mn>9</mn></math></mjx-assistive-mml>"
            "</mjx-container> Ecken."
        ),
        "Es hat 9 Ecken.",
    ),
    ("It weighs <img class=tex alt='4 \\times 10^{5}' src=a.png> grams.", "It weighs 4 × 10⁵ grams."),
    ("Il pèse <img alt='12,5' src=n.gif> tonnes.", "Il pèse 12,5 tonnes."),
    ("It weighs \\(10^{3}\\) grams.", "It weighs 10³ grams."),
    ("It weighs <img class=latex src=a.png> grams.", f"It weighs {MISSING_PART} grams."),
    ("So <math><mtable><mtr><mtd>1</mtd></mtr></mtable></math> holds.", f"So {MISSING_PART} holds."),
    ("So <img class=tex alt='\\int_0^1 f' src=a.png> holds.", f"So {MISSING_PART} holds."),
    ("It weighs [Math Processing Error] grams.", f"It weighs {MISSING_PART} grams."),
    ("<span class=dropcap>W</span>\n inter came early.", "Winter came early."),
    ("<span class=drop-cap>A</span> fter the flood the mill closed.", "After the flood the mill closed."),
    ("<span class=dropcap>A</span> mill burned down.", "A mill burned down."),
    ("<b>D</b> er Winter kam früh.", "Der Winter kam früh."),
    ("<img src=w.svg alt=W>inter came early.", "Winter came early."),
    ("<img src=w.svg alt='Letter W'>inter came early.", "Winter came early."),
    ("<svg aria-label=W><path d=x></svg>inter came early.", "Winter came early."),
    (
        (
            "<span class=visually-hidden>Winter</span><span aria-hidden=true>W</span>"
            "<span aria-hidden=true>inter</span> came early."
        ),
        "Winter came early.",
    ),
    (
        "The bill passed <span aria-hidden=true>52–48</span><span class=sr-only>52 to 48</span> today.",
        "The bill passed 52–48 today.",
    ),
    ("The bill passed <span aria-hidden=true>52–48</span> today.", "The bill passed 52–48 today."),
    ("Press <button>Pause</button> or <button>Eject</button> to leave.", "Press Pause or Eject to leave."),
    ("Drücken Sie <label>Halt</label> am Pult.", "Drücken Sie Halt am Pult."),
    ("So said Dr<button>Ann Lee</button>today.", "So said Dr Ann Lee today."),
    ("The har&shy;bour mas\xadter and the light&#173;house.", "The harbour master and the lighthouse."),
]


@pytest.mark.parametrize(
    ("language", "html", "text"),
    [
        ("en", "She said <q>it is shut</q>.", "She said “it is shut”."),
        ("en", "<q>He said <q>no</q></q>, she said.", "“He said ‘no’”, she said."),
        ("en", "<q>He said <b>no</b></q>, she said.", "“He said no”, she said."),
        ("en-GB", "She said “<q>it is shut</q>”.", "She said “it is shut”."),
        ("en", "She said <q>“it is shut”</q>.", "She said “it is shut”."),
        ("en", "She said <q lang=fr>non</q>.", "She said “non”."),
        ("de-AT", "Sie sagte, <q>es ist zu</q>.", "Sie sagte, „es ist zu“."),
        ("fr", "Elle a dit <q>c’est fini</q>.", "Elle a dit «c’est fini»."),
        ("ja", "市長は<q>橋は閉鎖</q>と述べた。", "市長は「橋は閉鎖」と述べた。"),
        ("en", "Nothing <q></q> here.", "Nothing here."),
    ],
)
def test_a_quotation_has_the_marks_that_a_browser_shows(language: str, html: str, text: str) -> None:
    assert read(f"<p>{html}</p>", language) == text


@pytest.mark.parametrize(("html", "text"), [*SUPERSCRIPTS, *UNREAD, *COMPLETE])
def test_a_paragraph_is_read_as_a_person_reads_it(html: str, text: str) -> None:
    assert read(f"<p>{html}</p>") == text


def test_a_drop_cap_in_a_block_of_its_own_is_joined() -> None:
    assert read("<div class=dropcap>W</div><p>inter came early.</p>") == "Winter came early."


def test_a_spoken_copy_with_hidden_words_in_it_is_removed_once() -> None:
    copy = "<span class=sr-only>won by <i aria-hidden=true>nine</i> votes</span>"
    assert read(f"<p>She <b aria-hidden=true>9–0</b>{copy} today.</p>") == "She 9–0 today."


def test_a_form_keeps_its_labels_and_buttons_apart() -> None:
    html = "<form><p>Your name <label>Name</label> and <button>Send</button></p></form>"
    assert read(html) == "Your name\nName\nand\nSend"


def test_code_keeps_its_superscripts() -> None:
    assert read("<pre>x<sup>2</sup> [1]</pre>") == "x2 [1]"


def test_code_keeps_its_indices_wherever_they_are_in_it() -> None:
    html = "<pre><code><span>info: Mill.Log[0]</span> row[1] <b>x</b>y[2]</code></pre>"
    assert read(html) == "info: Mill.Log[0] row[1] xy[2]"


def test_an_unclosed_strike_does_not_remove_the_page() -> None:
    story = "".join(
        f"<p>Paragraph {n} of the story about the mill, the flood and the town.</p>" for n in range(20)
    )
    assert "Paragraph 19" in read(f"<p>It costs <s>nine.</p>{story}")


def test_a_quotation_in_a_figure_is_part_of_the_article() -> None:
    story = [
        f"<p>Paragraph {n} tells what the harbour council decided about the old lighthouse in its meeting "
        f"last week, and why {n} people asked for another vote before the winter.</p>"
        for n in range(1, 7)
    ]
    quote = (
        "<figure><blockquote><p>We have waited for this bridge for eleven years, and our children walk "
        "around the lake every morning, said the headmistress.</p></blockquote></figure>"
    )
    body = "".join([*story[:3], quote, *story[3:]])
    head = "<head><title>Council keeps the lighthouse</title></head>"
    found = extract(
        Page(
            "https://a.example/2026/vote",
            f"<html>{head}<body><article>{body}</article></body></html>".encode(),
        )
    )
    assert isinstance(found, Article)
    assert "eleven years" in found.text


def test_a_sentence_with_a_missing_part_is_never_picked() -> None:
    whole = "The council decided to repair the bridge because the school lies on the other bank."
    text = f"The mill uses {MISSING_PART} litres of water on each day of the year. {whole}"
    article = Article(
        title="The mill and the bridge",
        text=text,
        language="en",
        confidence=1.0,
        word_count=30,
        url="https://a.example/x",
    )
    summary = summarize(article, LengthLimits(sentences=5, words=100, min_saved=0), "lexrank")
    assert summary.sentences == (whole,)
