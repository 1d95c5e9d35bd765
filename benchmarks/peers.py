"""The cost of a page, compared with simple bots: newspaper3k or trafilatura, then LSA or LexRank.

    python -m benchmarks.peers [--rounds 20]

Each method runs in its own fresh Python on the sandbox's articles. Measured are the CPU seconds from its
start to its first summary, those per page (median), and its peak memory. newspaper3k and sumy's LSA are the
usual parts of such bots, according to their sources; the bots themselves cannot run without a platform.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx2
from rich.console import Console
from rich.table import Table

from bot.sandbox.news import NewsSite

SUMY = """
from sumy.nlp.stemmers import Stemmer
from sumy.parsers.plaintext import PlaintextParser
from sumy.summarizers.lex_rank import LexRankSummarizer
from sumy.summarizers.lsa import LsaSummarizer
import re
class Tokenizer:  # sumy's own needs NLTK data, which is downloaded at run time
    def to_sentences(self, text): return tuple(re.split(r"(?<=[.!?])\\s+", text))
    def to_words(self, sentence): return tuple(re.findall(r"\\w+", sentence))
def summarise(text, method=LsaSummarizer):
    parsed = PlaintextParser.from_string(text, Tokenizer())
    return " ".join(map(str, method(Stemmer("english"))(parsed.document, 4)))
"""
METHODS = {
    "Precis": """
from bot.workers.digest import digest
from bot.core.models import LengthLimits, Page
def summarise_page(page):
    article = Page("https://paper.example/a", page)
    result = digest(article, LengthLimits(4, 100), "precis", with_key_words=False)
    return result.summary.sentences
""",
    "newspaper3k, LSA": SUMY
    + """
from newspaper import Article
def summarise_page(page):
    article = Article("https://paper.example/a")
    article.download(input_html=page.decode())
    article.parse()
    return summarise(article.text)
""",
    "trafilatura, LSA": SUMY
    + """
import trafilatura
def summarise_page(page): return summarise(trafilatura.extract(page.decode(), favor_precision=True))
""",
    "trafilatura, LexRank": SUMY
    + """
import trafilatura
def summarise_page(page):
    return summarise(trafilatura.extract(page.decode(), favor_precision=True), LexRankSummarizer)
""",
}
MEASURE = """
import json, resource, statistics, sys, time
from pathlib import Path
pages = [Path(path).read_bytes() for path in sys.argv[2:]]
assert summarise_page(pages[0])
first, took = time.process_time(), []
for _ in range(int(sys.argv[1])):
    for page in pages:
        started = time.process_time()
        assert summarise_page(page)
        took.append(time.process_time() - started)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"first": first, "page": statistics.median(took), "peak": peak}))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds and megabytes."""

    first: float
    page: float
    peak: float


def cost(code: str, rounds: int, pages: list[str]) -> Cost:
    done = subprocess.run(
        [sys.executable, "-c", code + MEASURE, str(rounds), *pages],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    return Cost(**json.loads(done.stdout))


def saved_articles(folder: Path) -> list[str]:
    """Save the sandbox's English articles as files. Returns their paths."""
    site = NewsSite()
    site.start()
    try:
        found: list[str] = []
        for story in site.stories:
            response = httpx2.get(site.url + story.path) if story.expected is None else None
            if response is not None and response.is_success and 'lang="en"' in response.text[:2000]:
                file = folder / f"{len(found)}.html"
                file.write_bytes(response.content)
                found.append(str(file))
        return found
    finally:
        site.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        pages = saved_articles(Path(scratch))
        costs = {name: cost(code, options.rounds, pages) for name, code in METHODS.items()}
    ours = costs["Precis"]
    table = Table("method", "to the first summary", "per page", "peak memory", title=f"{len(pages)} articles")
    for name, each in costs.items():
        table.add_row(
            name,
            f"{each.first:.2f} s ({each.first / ours.first:.2f})",
            f"{1000 * each.page:.0f} ms ({each.page / ours.page:.2f})",
            f"{each.peak:.0f} MB ({each.peak / ours.peak:.2f})",
        )
    table.caption = "in brackets: ratio to Precis"
    Console().print(table)


if __name__ == "__main__":
    main()
