"""Expensive modules are imported only when they are needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

EXPENSIVE = {"numpy", "trafilatura", "py3langid", "newspaper", "nltk", "readability", "sumy", "scipy"}
RARELY_NEEDED = {"trafilatura", "newspaper", "nltk", "readability", "sumy", "scipy"}
"""Only the vote or a summarizer needs these."""

OTHER_PROGRAM = """
import newspaper
article = newspaper.Article("https://paper.example/2026/11/03/boats", config=newspaper.Config())
article.config.fetch_images = False
article.set_html("<title>Boats</title><p>Ten boats.</p>")
article.is_downloaded = True
article.parse()
assert (article.title, article.publish_date.day) == ("Boats", 3)
assert newspaper.utils.extract_meta_refresh("<p>") is None
assert newspaper.urls.valid_url("https://paper.example/2026/11/03/boats")
"""


OTHER_USE_OF_TRAFILATURA = """
import trafilatura, trafilatura.downloads
from courlan.core import check_url
page = "<title>Boats</title><meta property='article:published_time' content='2026-11-03'><p>Ten boats.</p>"
assert trafilatura.extract_metadata(page).date == "2026-11-03"
assert trafilatura.utils.detect_encoding("Müller".encode("cp1252")) != []
assert trafilatura.fetch_url("http://127.0.0.1:9/") is None
assert check_url("http://127.0.0.1:9/2026/boats", with_redirects=True) is None
"""


def loaded_by(statement: str) -> set[str]:
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "not_loaded"),
    [("import bot.extract", EXPENSIVE), ("import bot.extract.extraction_steps", RARELY_NEEDED)],
)
def test_expensive_modules_are_imported_only_when_needed(statement: str, not_loaded: set[str]) -> None:
    loaded = loaded_by(statement)
    assert "bot.extract.extractor" in loaded
    assert not loaded & not_loaded


def test_a_quick_refusal_imports_nothing_expensive() -> None:
    page = "Page('https://paper.example/', b'<p>Two words.</p>')"
    loaded = loaded_by(
        f"from bot.extract import extract; from bot.core.models import Page; assert extract({page}).reason"
    )
    assert not loaded & EXPENSIVE


def test_the_summarizer_loads_no_other_stemmers_and_no_http_client() -> None:
    loaded = loaded_by("import bot.workers.digest; bot.workers.digest.digest")
    assert "sumy.nlp.stemmers" in loaded
    assert not loaded & {"nltk", "requests", "pycountry", "regex", "snowballstemmer.english_stemmer"}


def test_the_stemmers_of_sumy_work_in_other_programs() -> None:
    stem = "from sumy.nlp.stemmers import Stemmer; assert Stemmer('english')('running') == 'run'"
    assert "nltk" in loaded_by(f"import bot.summarize; {stem}")


def test_reading_a_page_loads_nothing_that_fetches_pages_or_reads_feeds() -> None:
    loaded = loaded_by("import bot.workers.preload")
    assert "newspaper.cleaners" in loaded
    assert "trafilatura" in loaded
    assert not loaded & {"bs4", "soupsieve", "dateutil", "feedparser", "requests", "tldextract", "urllib3"}
    assert not loaded & {"htmldate", "charset_normalizer"}


def test_newspaper3k_works_in_other_programs() -> None:
    loaded = loaded_by(f"import bot.extract.readers.newspaper_text\n{OTHER_PROGRAM}")
    assert {"bs4", "dateutil.parser", "tldextract"} <= loaded


def test_trafilatura_works_in_other_programs() -> None:
    loaded = loaded_by(f"import bot.extract.readers.trafilatura_text\n{OTHER_USE_OF_TRAFILATURA}")
    assert {"htmldate", "charset_normalizer", "urllib3"} <= loaded


def test_snowballstemmer_works_in_other_programs() -> None:
    program = "import bot.summarize, snowballstemmer\n"
    program += "assert snowballstemmer.stemmer('english').stemWord('running') == 'run'\n"
    program += "stemmers = [snowballstemmer.stemmer(name) for name in snowballstemmer.algorithms()]\n"
    program += "assert len(stemmers) > 30"
    assert "snowballstemmer.english_stemmer" in loaded_by(program)
