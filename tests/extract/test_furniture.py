"""Lines that a site or another service puts between the paragraphs of an article are not part of it."""

from __future__ import annotations

import pytest
from lxml import html

from bot.extract.cleanup import find_dropped_lines
from bot.extract.embeds import remove_embeds
from bot.extract.html_tree import class_attributes_of

STORY = [
    f"Sentence {n} tells how the keeper of Lanby walked to the light before the storm." for n in range(9)
]

NOTES = [
    ("embed", "A post shared by Lanby Rowing Club (@lanbyrows)"),
    ("embed", "An dieser Stelle ist ein externer Inhalt der Plattform Vimeo eingebunden."),
    ("embed", "Ce contenu est bloqué car vous n'avez pas accepté les cookies."),
    ("embed", "Para ver este contenido debes aceptar las cookies de terceros."),
    ("embed", "Questo contenuto è ospitato da terze parti."),
    ("embed", "Aby zobaczyć film, wyraź zgodę na pliki cookies."),
    ("embed", "この投稿をInstagramで見る"),
    ("archive", "41 captures from 3 May 2020 to 9 June 2024"),
    ("affiliate", "If you buy something through these links, we may receive a small share of the price."),
    ("affiliate", "Wenn Sie über diese Links bestellen, erhalten wir eine Provision."),
    ("affiliate", "Si vous achetez via ces liens, nous touchons une commission."),
    ("affiliate", "Ten artykuł zawiera linki, od których dostajemy prowizję."),
    ("affiliate", "この記事にはアフィリエイト広告が含まれます。"),
    ("gift", "You are reading this story as a gift article from a reader."),
    ("gift", "Dieser Artikel wurde Ihnen geschenkt."),
    ("gift", "Cet article vous est offert par un abonné."),
    ("gift", "이 기사는 구독자가 선물한 기사입니다."),
    ("donation", "Support our independent newsroom with a monthly contribution."),
    ("donation", "Unterstützen Sie unseren Journalismus mit einer Spende."),
    ("donation", "Поддержите нашу редакцию небольшим взносом."),
    ("donation", "Podpořte nás jednorázovým darem."),
    ("read-aloud", "This story was narrated by a synthetic voice."),
    ("read-aloud", "Diesen Artikel vorlesen lassen"),
    ("read-aloud", "Cet article est lu par une voix de synthèse."),
    ("read-aloud", "この記事を音声で聞く"),
    ("rights", "© Copyright 2004-2025 The Brackwater Courier. All Rights Reserved."),
    ("rights", "Copyright 2025 Brackwater Media Ltd."),
    ("rights", "Elsterauer Bote 2025. Alle Rechte vorbehalten."),
    ("rights", "Courrier de Valmont – Tous droits réservés."),
    ("rights", "El Correo de Villaseca. Todos los derechos reservados."),
    ("rights", "Gazzetta di Valdoro, riproduzione riservata."),
    ("call", "Learn more"),
    ("call", "Buy now!"),
    ("call", "Read the full review of the harbour review"),
    ("call", "Like this story? Subscribe to our letters and get them every week."),
    ("call", "Jetzt bestellen"),
    ("call", "En savoir plus"),
    ("call", "Saber más"),
    ("call", "Compre agora"),
    ("call", "Scopri di più"),
    ("call", "Bestel nu"),
]
BIOGRAPHIES = [
    "Mara Dahl is a staff writer for the Courier, and lives in Brackwater with two cats.",
    "About the author: Mara Dahl lives in Brackwater.",
    "Karl Berg contributed to this report.",
    "Mara Dahl ist freie Journalistin und lebt in Elsterau.",
    "Mara Faure est journaliste à Valmont depuis dix ans.",
    "Mara Vega es periodista y vive en Villaseca.",
    "Mara Conti è giornalista e vive a Valdoro.",
    "Mara Vos is journalist en woont in Oosterdam.",
]


@pytest.mark.parametrize(("rule", "line"), NOTES)
def test_a_note_is_left_out(rule: str, line: str) -> None:
    assert find_dropped_lines([STORY[0], STORY[1], line, *STORY[2:]], "A keeper") == {2: rule}


@pytest.mark.parametrize("line", BIOGRAPHIES)
def test_the_biography_of_the_author_is_left_out_at_the_end_only(line: str) -> None:
    assert find_dropped_lines([*STORY, line], "A keeper") == {len(STORY): "biography"}
    assert find_dropped_lines([*STORY[:5], line, *STORY[5:]], "A keeper") == {}
    if not line.startswith("About"):
        assert find_dropped_lines([line, *STORY], "A keeper") == {}


@pytest.mark.parametrize(
    "line",
    [
        "Mara Dahl is a keeper of lighthouses, and the last one on the coast of Brackwater.",
        "The journalist is an old friend of the keeper, and said so in court.",
        "Learn more about the sea before you buy a boat, said the keeper of Lanby.",
        "Copyright law protects the plans of the lighthouse, a court decided on Monday.",
        "All rights reserved for fishermen were sold in 1904, and the town lost its harbour.",
        "Do you like this lighthouse? The keeper of Lanby does not.",
        "Want to see a lighthouse? Book a room in Lanby, says the guide to the coast.",
    ],
)
def test_a_sentence_that_begins_like_a_note_stays(line: str) -> None:
    assert find_dropped_lines([*STORY, line], "A keeper") == {}


@pytest.mark.parametrize(
    "line",
    [
        "The gift of the lighthouse to the town was announced by the heirs on Friday.",
        "A post office clerk shared the letter with the historians of the town.",
        "Support for the bridge fell to 40 percent after the council published the cost.",
        "The shop earns a commission on each ticket that it sells for the ferry.",
        "If you buy a ticket on board, the captain will ask for exact change.",
        "Donations of blankets reached the harbour before the ferry had landed.",
        "The archive was captured by the army in 1944 and returned to the town years later.",
        "Stöd från regionen räcker till två nya färjor, enligt rapporten.",
        "Listening to the article of faith, the congregation rose and sang.",
    ],
)
def test_a_sentence_of_an_article_about_such_things_stays(line: str) -> None:
    assert find_dropped_lines([STORY[0], line, *STORY[1:]], "A keeper") == {}


@pytest.mark.parametrize(
    ("url", "embed"),
    [
        ("https://a.example/x", '<blockquote class="twitter-tweet"><p>FOREIGN</p></blockquote>'),
        ("https://a.example/x", '<blockquote class="tiktok-embed"><p>FOREIGN</p></blockquote>'),
        ("https://a.example/x", '<blockquote class="bluesky-embed" data-x="1"><p>FOREIGN</p></blockquote>'),
        ("https://a.example/x", '<div class="fb-post"><p>FOREIGN</p></div>'),
        ("https://web.archive.org/web/2/https://a.example/", '<div id="wm-ipp-base"><p>FOREIGN</p></div>'),
        ("https://archive.ph/AbCdE", '<div id="HEADER"><p>FOREIGN</p></div>'),
        ("https://a.example/x", '<div class="cmplz-blocked-content-notice">FOREIGN</div>'),
    ],
)
def test_an_embed_is_removed_by_its_mark(url: str, embed: str) -> None:
    root = html.document_fromstring(f"<body>{embed}<p>Kept before.</p>{embed} and kept after.</body>")
    remove_embeds(root, url, class_attributes_of(root))
    assert root.text_content().split() == ["Kept", "before.", "and", "kept", "after."]


def test_an_ordinary_header_and_quotation_stay() -> None:
    page = '<body><div id="HEADER">Top</div><blockquote>Said pic.x.com/abC1 once.</blockquote></body>'
    root = html.document_fromstring(page)
    remove_embeds(root, "https://a.example/archive.ph/", class_attributes_of(root))
    assert root.text_content() == "TopSaid once."
