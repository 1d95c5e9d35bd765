"""An article whose rest is withheld is refused, however long the free part is."""

from __future__ import annotations

import pytest

from bot.core.models import Article, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.extract import extract

PARAGRAPHS = [
    f"The keeper of {place} told the harbour board on {day} that the light had gone out {count} times since"
    f" the autumn, and that ships had twice come close to the rocks below the {thing} before anybody there"
    " noticed that something was wrong with the cable."
    for place, day, count, thing in (
        ("Lanby", "Monday", 4, "chapel"),
        ("Osterholm", "Tuesday", 9, "mill"),
        ("Brack", "Wednesday", 12, "quarry"),
        ("Skerry", "Thursday", 3, "farm"),
        ("Holmen", "Friday", 7, "school"),
        ("Noss", "Saturday", 5, "tower"),
    )
]


def read(after: str = "", last: str = "", head: str = "", before: str = "") -> Article | NotArticle:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in (*PARAGRAPHS, *([last] if last else [])))
    page = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Keepers warn</title>'
        f'<meta property="og:type" content="article">{head}</head><body>{before}<article><h1>Warning</h1>'
        f"{body}{after}</article><footer><p>All rights reserved by Lanby Post.</p></footer></body>"
    )
    return extract(
        Page("https://www.lanby-post.example/2026/10/keepers", page.encode(), "text/html; charset=utf-8")
    )


def is_walled(found: Article | NotArticle) -> bool:
    return isinstance(found, NotArticle) and found.reason is SkipReason.WALL


@pytest.mark.parametrize(
    "box",
    [
        "The rest of this story is for members only",
        "Become a member to read the rest",
        "You have read your three free articles this month.",
        "Unlock this story with a trial week",
        "Sign up to unlock the whole piece",
        "Subscribe to get full access",
        "Join today to get access to all our articles",
        "Subscribe to unlock the whole newsletter",
        "Register to get unlimited access to the archive",
        "Want to keep reading? Choose a plan.",
        "Débloquez l'article pour un euro",
        "Desbloquea todo el contenido",
        "Sblocca l'articolo completo",
        "Dieser Artikel ist nur für Abonnenten lesbar",
        "Jetzt weiterlesen mit dem Monatsabo",
        "La suite est réservée aux abonnés",
        "Este artículo es exclusivo para suscriptores",
        "Para continuar lendo, assine o jornal",
        "Questo articolo è riservato agli abbonati",
        "Dit artikel is alleen voor abonnees",
        "Dalsza część artykułu dostępna tylko dla subskrybentów",
        "Den här artikeln är endast för prenumeranter",
        "Продолжение доступно только подписчикам",
        "この記事は有料会員限定です",
        "本文仅限会员阅读",
        "이 기사는 유료 회원만 볼 수 있습니다",
    ],
)
def test_a_box_behind_the_text_refuses_a_long_article(box: str) -> None:
    assert is_walled(read(f'<div class="offer"><h2>{box}</h2><p><a href="/join">Join</a></p></div>'))


FALSE = '"isAccessibleForFree": false'


@pytest.mark.parametrize(
    "script",
    [
        f'{{"@type": "NewsArticle", {FALSE}}}',
        f'<!-- {{"@type": "NewsArticle", {FALSE}, }} -->',
        f'//<![CDATA[\n{{"@type": "NewsArticle", {FALSE}}}\n//]]>',
        '{"@type": "NewsArticle", "isAccessibleForFree": "False",}',
    ],
)
def test_a_declared_wall_refuses_a_text_that_breaks_off(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    assert is_walled(
        read(last="The board has asked an engineer to look at the old cable, which was laid", head=head)
    )


@pytest.mark.parametrize("end", ["…", "...", " […]", " (...)"])
def test_a_text_that_breaks_off_is_refused(end: str) -> None:
    assert is_walled(
        read(last=f"The board has asked an engineer to look at the old cable under the sea{end}")
    )


@pytest.mark.parametrize(
    ("after", "last", "before"),
    [
        ("", "", '<div><a href="/in">Already a subscriber? Sign in to continue reading</a></div>'),
        ("<p>Subscribe to our newsletter for more stories.</p>", "", ""),
        ("", "The paper said that its article is for subscribers only, and that nobody had complained.", ""),
        ("", "The keeper asked the visitors to continue reading the log that his father had kept.", ""),
        ("<h2>Unlock the full potential of your harbour</h2>", "", ""),
        ("<h2>Sign up for a tour to access the best view of the coast</h2>", "", ""),
        ("<h2>Want to keep up with the news of the harbour? Get our letter.</h2>", "", ""),
        ("<p>Join our crew to get access to our library of FREE printable tide tables.</p>", "", ""),
        ("<p>Sign up for the Lanby Tide today to get the free daily newsletter.</p>", "", ""),
        ("<p>Sign up to unlock access to exclusive offers from the chandler.</p>", "", ""),
        ("<h2>Débloquez le potentiel de votre équipe</h2>", "", ""),
        ("<h2>Desbloquea el crecimiento de tu empresa</h2>", "", ""),
        ("<h2>Sblocca nuove idee per il porto</h2>", "", ""),
        ("<p>Members of the board are Anna Berg, Nils Holm and Per Lund.</p>", "", ""),
        ("", "", ""),
    ],
)
def test_a_whole_article_is_kept(after: str, last: str, before: str) -> None:
    assert isinstance(read(after, last, before=before), Article)
