"""Pages that a guard, a host or a server shows in place of an article are refused, articles are not."""

from __future__ import annotations

import tomllib
from html import escape

import pytest

from bot.core.models import Article, NotArticle, Page
from bot.core.skip_reasons import SkipReason
from bot.extract import extract
from bot.extract.interstitials import topics_of
from tests.extract.conftest import DATA

LINK = "https://www.lanby-post.example/2026/10/02/ferry-timetable"


def page(title: str, *paragraphs: str, head: str = "", body: str = "", lang: str = "en") -> Page:
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    html = (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}'
        f"</head><body><h1>{escape(title)}</h1>{text}{body}</body></html>"
    )
    return Page(LINK, html.encode(), "text/html; charset=utf-8")


NOTICES = tomllib.loads((DATA / "notices.toml").read_text("utf-8"))


@pytest.mark.parametrize("language", NOTICES)
def test_a_notice_in_place_of_an_article_is_refused(language: str) -> None:
    notice = NOTICES[language]
    found = extract(page(notice["title"], *notice["paragraphs"], lang=language))
    assert isinstance(found, NotArticle), found
    assert found.reason is SkipReason.ERROR_PAGE


LONG_WAIT = (
    "The old ferry waits at the pier while the crew counts the cars, and the harbour master writes the number"
    " into a book that has lain in the same drawer for sixty years. Nobody in the queue is in a hurry today."
)


@pytest.mark.parametrize(
    ("product", "markup"),
    [
        ("Anubis", '<script id="anubis_challenge" type="application/json">{"difficulty": 4}</script>'),
        ("Cloudflare", "<script>window._cf_chl_opt = {cvId: '3'};</script>"),
        ("DataDome", '<iframe src="https://geo.captcha-delivery.com/captcha/?initialCid=x"></iframe>'),
        ("HUMAN", '<div id="px-captcha"></div>'),
        ("Imperva", '<iframe src="/_Incapsula_Resource?CWUDNSAI=9&xinfo=1&incident_id=77-1"></iframe>'),
        ("AWS WAF", "<script>window.gokuProps = {key: 'x'};</script>"),
        ("DDoS-Guard", '<script src="/.well-known/ddos-guard/js-challenge/index.js"></script>'),
        ("Akamai", '<div id="sec-if-cpt-container"></div>'),
        ("Vercel", '<script src="/.well-known/vercel/security/static/challenge.v2.min.js"></script>'),
    ],
)
def test_the_challenge_page_of_a_known_product_is_refused_whatever_it_says(product: str, markup: str) -> None:
    found = extract(page("Lanby Post", LONG_WAIT, LONG_WAIT.replace("ferry", "boat"), head=markup))
    assert isinstance(found, NotArticle)
    assert (found.reason, found.detail) == (SkipReason.REFUSED_BY_SITE, product)


STORY = [
    f"The ferry company of Lanby said on {day} that {count} people had used the new timetable, and that"
    f" the {time} crossing would stay until the council has read the report of its engineers."
    for day, count, time in (
        ("Monday", 140, "early"),
        ("Tuesday", 215, "late"),
        ("Wednesday", 302, "noon"),
        ("Thursday", 95, "evening"),
        ("Friday", 410, "morning"),
    )
]
DATED = (
    '<meta property="og:type" content="article"><meta property="article:published_time" content="2026-10-02">'
)


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>',
        '<script src="https://js.datadome.co/tags.js"></script>',
        '<script src="https://www.google.com/recaptcha/api.js"></script>',
        '<div class="cf-turnstile"></div>',
        '<script>window._pxAppId = "PX1";</script>',
        "<noscript>Please enable JavaScript to use this site.</noscript>",
        '<meta name="robots" content="noindex">',
    ],
)
def test_a_guard_in_an_ordinary_page_changes_nothing(markup: str) -> None:
    assert isinstance(extract(page("Ferry keeps its early crossing", *STORY, head=markup)), Article)


@pytest.mark.parametrize("head", [DATED, ""])
@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Browser makers drop third-party cookies", "The browser blocks cookies that other sites have set."),
        ("Council website down for a day", "The website of the council was under maintenance on Monday."),
        ("Robots sort the post in Lanby", "A security check at the gate keeps visitors from the robots."),
        ("Firm suspends 500 accounts", "The accounts were suspended because their bills had not been paid."),
        (
            "Attack on hospital servers",
            "The servers were overloaded, and access was blocked for hours.",
        ),
    ],
)
def test_an_article_about_such_matters_is_kept(title: str, sentence: str, head: str) -> None:
    assert isinstance(extract(page(title, STORY[0], sentence, *STORY[1:], head=head)), Article)


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Gym equipment for a small flat", "Ship this equipment with tips, or skip the trip by ship."),
        ("Car maintenance made easy", "Brakes and oil of a plug-in hybrid are both checked each spring."),
        ("Hair for every occasion", "Extensions of real hair are both dear and heavy, and they curl."),
        ("Who pays for school lunches", "The provider wants to eliminate fat meals and to hire our team."),
        ("Railways in a network", "A connection to the coast would give the region a network of lines."),
    ],
)
def test_a_plain_page_whose_words_only_contain_such_words_is_kept(title: str, sentence: str) -> None:
    found = extract(page(title, *[f"{sentence} This is note {number} of six." for number in range(6)]))
    assert not isinstance(found, NotArticle) or found.reason is not SkipReason.ERROR_PAGE, found


@pytest.mark.parametrize(
    "sentence",
    [
        "您的IP已被记录",
        "您的 IP 地址已被记录",
        "當前IP地址已被記錄",
        "We noticed unusual requests from your network.",
        "Disable every browser extension first.",
        "Adresa a fost mutată ieri.",
        "Please check that you are a bot or not.",
        "URLをお確かめください。",
    ],
)
def test_a_sentence_about_the_visit_is_recognised(sentence: str) -> None:
    assert topics_of(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The ship carries equipment.",
        "You can skip the trip.",
        "She curls her hair.",
        "They eliminate waste.",
        "A plug-in hybrid needs less fuel.",
        "An extension of the deadline was agreed.",
        "They are both in the garden.",
        "Our team won.",
        "A network of canals crosses the town.",
        "The provider of meals is a farm.",
        "百年石桥将于本周六恢复通行。",
        "刚到的鸟找不到食物。",
        "各国应当共同维护和平。",
        "移动支付在农村越来越普遍。",
        "工厂暂时停产三天。",
        "소방서는 시장 건물을 점검했다.",
        "도로는 사흘 만에 복구됐다.",
        "주말마다 관광객이 몰려 길이 막힌다.",
        "사과 수확이 한창이다.",
        "駅前は朝から混雑した。",
        "道路は三日後に復旧した。",
        "県は農家をサポートする制度を設けた。",
    ],
)
def test_a_sentence_about_other_things_is_not(sentence: str) -> None:
    assert not topics_of(sentence)
