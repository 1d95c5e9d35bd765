"""The last section of docs/explanation/summaries.md: five articles summarized by Precis, lead and LSA.

python -m benchmarks.summary_examples [--write]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from benchmarks.summaries import lead
from bot.core.models import Article, LengthLimits
from bot.summarize import summarize
from bot.summarize.word_tokens import count_words
from tests.summarize.edited_articles import EditedArticle, load_edited_articles

PAGE = Path("docs/explanation/summaries.md")
HEADING = "## Five articles beside lead and LSA\n"
SHOWN = (("science", "en"), ("live blog", "en"), ("obituary", "en"), ("Nachricht", "de"), ("cronaca", "it"))
LENGTH = LengthLimits(3, 90, 0.4)


def section() -> str:
    """The section in Markdown."""
    return "".join(_parts())


def _parts() -> Iterator[str]:
    yield HEADING
    yield "\nArticles written for the tests, at most three sentences, 90 words and 60 % of the article.\n"
    by_kind = {(one.kind, one.language): one for one in load_edited_articles()}
    for one in map(by_kind.__getitem__, SHOWN):
        yield f"\n### {one.title} ({one.kind}, {one.language})\n"
        for name, sentences in _summaries(one):
            yield f"\n**{name}**\n\n"
            yield from (f"- {sentence}\n" for sentence in sentences)


def _summaries(one: EditedArticle) -> Iterator[tuple[str, tuple[str, ...]]]:
    article = Article(one.title, one.text, one.language, 1.0, count_words(one.text))
    yield "Precis", summarize(article, LENGTH).sentences
    yield "Lead", tuple(lead(article, LENGTH))
    yield "LSA", summarize(article, LENGTH, method="lsa").sentences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help=f"replace the section in {PAGE}")
    if not parser.parse_args().write:
        print(section(), end="")
        return
    page = PAGE.read_text("utf-8")
    PAGE.write_text(page[: page.index(HEADING)] + section(), "utf-8")


if __name__ == "__main__":
    main()
