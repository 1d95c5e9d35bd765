"""Captions and credits are not text, whatever element they are in."""

from __future__ import annotations

import pytest
from lxml import html

from bot.extract.captions import mark_captions
from bot.extract.html_tree import class_attributes_of

PICTURE = "<img src=/harbour.jpg alt=''>"
TEXT = (
    "<p>The council of Brackwater decided on Tuesday to keep the lighthouse, and nobody spoke against it.</p>"
)


def captions_of(markup: str) -> list[str]:
    root = html.document_fromstring(f"<body><article>{TEXT}{markup}{TEXT}</article></body>")
    mark_captions(root, class_attributes_of(root))
    assert TEXT in html.tostring(root, encoding="unicode")
    return [" ".join(one.text_content().split()) for one in root.iter("figcaption")]


@pytest.mark.parametrize(
    "markup",
    [
        f'<div class="wp-caption">{PICTURE}<p class="wp-caption-text">CAPTION</p></div>',
        f'<div>{PICTURE}<div class="c-media__caption">CAPTION</div></div>',
        f'<div><a href=/x>{PICTURE}</a><span class="photo-credit">CAPTION</span></div>',
        f'<p>{PICTURE}</p><p class="styles__Caption-sc-1y47 cruT">CAPTION</p>',
        f'<div class="bild">{PICTURE}<p class="bildunterschrift">CAPTION</p></div>',
        f'<div><div>{PICTURE}</div><div><small class="fotoCredit">CAPTION</small></div></div>',
        f'<div>{PICTURE}<p class="pie-foto">CAPTION</p></div>',
        f'<div>{PICTURE}<p class="legende">CAPTION</p></div>',
        f'<div>{PICTURE}<p class="didascalia">CAPTION</p></div>',
        f'<div>{PICTURE}<p class="bijschrift">CAPTION</p></div>',
        f'<div class="thumb">{PICTURE}<div class="thumbcaption">CAPTION</div></div>',
        '<div><video src=/x></video><p class="video-caption">CAPTION</p></div>',
        f"<figure>{PICTURE}<p>CAPTION</p></figure>",
        f"<figure><div>{PICTURE}</div><div>CAPTION</div></figure>",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "The lighthouse in the evening.",
        "Der Leuchtturm am Abend. Foto: Mara Dahl",
        "Le phare de Brackwater, le soir du vote.",
    ],
)
def test_text_of_a_picture_is_a_caption(markup: str, text: str) -> None:
    assert captions_of(markup.replace("CAPTION", text)) == [text]


@pytest.mark.parametrize(
    "markup",
    [
        # the name is of the letters' size, or the box is no picture's
        f'<div>{PICTURE}<p class="caption-large">The vote was close.</p></div>',
        '<p class="caption">The vote was close, and nobody went home.</p>',
        f'<div>{PICTURE}<p class="accreditation">The vote was close.</p></div>',
        f'<p class="text">{PICTURE} The vote was close.</p>',
        # more than a caption
        f'<div class="caption">{PICTURE}<h2>The vote</h2><p>It was close.</p></div>',
        f'<div class="captioned-image">{PICTURE}</div><p>The vote was close.</p>',
        f"<figure>{PICTURE}{TEXT * 6}</figure>",
        "<figure><blockquote>We keep the light.</blockquote><p>The mayor</p></figure>",
        f"<figure>{PICTURE}<table><tr><td>The vote</td></tr></table></figure>",
        "<figure><p>The vote was close.</p></figure>",
        f'{PICTURE}{TEXT * 3}<p class="credit">Interview by Mara Dahl</p>',
    ],
)
def test_other_text_is_not_a_caption(markup: str) -> None:
    assert captions_of(markup) == []


def test_a_figcaption_stays_the_only_caption() -> None:
    figure = f"<figure>{PICTURE}<figcaption>The light. <span class=credit>Dahl</span></figcaption></figure>"
    assert captions_of(figure) == ["The light. Dahl"]
