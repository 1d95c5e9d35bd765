"""What a page costs, beside what simple bots of this kind do: newspaper3k or trafilatura, then LSA.

    python -m benchmarks.peers [--rounds 20]

Each way runs in a fresh Python of its own over the sandbox's articles: processor seconds from its start
to its first summary, then of a page (median), and the most memory that it had. newspaper3k and sumy's LSA
are the usual parts of such bots, as their sources tell; the bots themselves cannot be run without a
platform.
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

LSA = """
from sumy.nlp.stemmers import Stemmer
from sumy.parsers.plaintext import PlaintextParser
from sumy.summarizers.lsa import LsaSummarizer
import re
class Tokenizer:  # sumy's own needs data of NLTK, which is fetched at run time
    def to_sentences(self, text): return tuple(re.split(r"(?<=[.!?])\\s+", text))
    def to_words(self, sentence): return tuple(re.findall(r"\\w+", sentence))
def summarise(text):
    parsed = PlaintextParser.from_string(text, Tokenizer())
    return " ".join(map(str, LsaSummarizer(Stemmer("english"))(parsed.document, 4)))
"""
METHODS = {
    "Precis": """
from bot.workers.digest import digest
from bot.core.models import LengthLimits, Page
def way(page):
    read = digest(Page("https://paper.example/a", page), LengthLimits(4, 100), "precis")
    return read.summary.sentences
""",
    "newspaper3k, LSA": LSA
    + """
from newspaper import Article
def way(page):
    article = Article("https://paper.example/a")
    article.download(input_html=page.decode())
    article.parse()
    return summarise(article.text)
""",
    "trafilatura, LSA": LSA
    + """
import trafilatura
def way(page): return summarise(trafilatura.extract(page.decode(), favor_precision=True))
""",
}
MEASURE = """
import json, resource, statistics, sys, time
from pathlib import Path
def busy(): return time.process_time()
pages = [Path(path).read_bytes() for path in sys.argv[2:]]
assert way(pages[0])
first, took = busy(), []
for _ in range(int(sys.argv[1])):
    for page in pages:
        began = busy()
        assert way(page)
        took.append(busy() - began)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"first": first, "page": statistics.median(took), "peak": peak}))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor seconds, and megabytes."""

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
    """The sandbox's articles in English, as files."""
    site = NewsSite()
    site.start()
    try:
        found: list[str] = []
        for story in site.stories:
            answer = httpx2.get(site.url + story.path) if story.expected is None else None
            if answer is not None and answer.is_success and 'lang="en"' in answer.text[:2000]:
                file = folder / f"{len(found)}.html"
                file.write_bytes(answer.content)
                found.append(str(file))
        return found
    finally:
        site.stop()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--rounds", type=int, default=20)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        pages = saved_articles(Path(scratch))
        costs = {name: cost(code, chosen.rounds, pages) for name, code in METHODS.items()}
    ours = costs["Precis"]
    table = Table("way", "to the first summary", "a page", "most memory", title=f"{len(pages)} articles")
    for name, each in costs.items():
        table.add_row(
            name,
            f"{each.first:.2f} s ({each.first / ours.first:.2f})",
            f"{1000 * each.page:.0f} ms ({each.page / ours.page:.2f})",
            f"{each.peak:.0f} MB ({each.peak / ours.peak:.2f})",
        )
    table.caption = "in brackets beside Precis"
    Console().print(table)


if __name__ == "__main__":
    main()
