"""A canonical URL counts only if it can be that of the article."""

from urllib.parse import urlsplit

import pytest

from bot.core.canonical_url import names_the_page

SITE = "https://mirror.example"


@pytest.mark.parametrize(
    ("fetched", "canonical", "title"),
    [
        ("/read.php?id=12", "/read.php", "Ferry returns"),
        ("/read.php?id=12", "/", "Ferry returns"),
        ("/news/ferry-returns-to-lanby", "/news/", "Ferry returns to Lanby"),
        ("/en/news/ferry-returns-to-lanby", "/en/", "Ferry returns to Lanby"),
        ("/story?nr=88", "/story", "Ferry returns"),
        ("/2026/11/ferry-returns-to-lanby", "/2019/01/hello-world", "Ferry returns to Lanby"),
        ("/a/ferry-returns-to-lanby", "/index.html", "Ferry returns to Lanby"),
        ("/blog/ferry-returns-to-lanby", "/blog/my-first-post", "Ferry returns to Lanby"),
        ("/artikel.aspx?artikel=445", "/artikel.aspx?artikel=1", "Die Fähre kehrt zurück"),
        ("/новости/паром-вернулся", "/новости", "Паром вернулся"),
    ],
)
def test_a_url_of_many_articles_does_not_count(fetched: str, canonical: str, title: str) -> None:
    assert not names_the_page(urlsplit(SITE + canonical), urlsplit(SITE + fetched), title)


@pytest.mark.parametrize(
    ("fetched", "canonical", "title"),
    [
        ("/2026/11/ferry-returns-to-lanby?ref=feed", "/2026/11/ferry-returns-to-lanby", ""),
        ("/2026/11/ferry-returns-to-lanby/amp", "/2026/11/ferry-returns-to-lanby", ""),
        ("/amp/ferry-returns-to-lanby", "/news/ferry-returns-to-lanby", ""),
        ("/a/ferry-returns-to-lanby/page/2/", "/a/ferry-returns-to-lanby/", ""),
        ("/?p=88412", "/2026/11/ferry-returns-to-lanby", "The ferry returns to Lanby"),
        ("/read.php?id=12&from=rss", "/read.php?id=12", ""),
        ("/article-4711.html?x=1", "/article-4711.html", ""),
        ("/old-title-4711", "/new-words-4711", "New words"),
        ("/s/x7", "/nyheter/farjan-tillbaka-i-lanby", "Lanby får färjan tillbaka"),
        ("/story", "/story", ""),
        ("/новости/паром-вернулся/amp", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/паром-вернулся", ""),
    ],
)
def test_a_url_of_one_article_counts(fetched: str, canonical: str, title: str) -> None:
    assert names_the_page(urlsplit(SITE + canonical), urlsplit(SITE + fetched), title)
