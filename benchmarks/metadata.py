"""How often the title, the author and the date of an article are right.

python -m benchmarks.metadata DATA

DATA is a folder as in `benchmarks.page_corpus`, for example the development set of WCXB. A title or an author
is right if it is that of the truth, contains it, or is contained in it, by its words in lower case. A date is
right if it is the day of the truth; some truths have only the month.

The sites are divided into two halves. The rules may be extended after looking at the pages of the first half;
the second is only measured.
"""

from __future__ import annotations

import argparse
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.page_corpus import Sample, samples
from bot.extract.charset import decode_html
from bot.extract.html_tree import parse_html
from bot.extract.meta_tags import read_meta_tags
from bot.extract.metadata import read_metadata
from bot.extract.page_elements import PageElements
from bot.extract.word_count import WORD

FIELDS = {"title": "title", "author": "author", "date": "published"}
HALVES = ("looked at", "only measured")


def right_fields(sample: Sample) -> dict[str, str]:
    """For each field that the truth has: "exact", "contained" or "wrong"."""
    page = sample.page
    root = parse_html(decode_html(page.content, page.content_type))
    if root is None:
        return {}
    found = read_metadata(PageElements(root), read_meta_tags(PageElements(root), page.url), page.url)
    return {
        field: _compare(str(sample.metadata[field]), getattr(found, attribute) or "", field)
        for field, attribute in FIELDS.items()
        if sample.metadata.get(field)
    }


def _compare(truth: str, found: str, field: str) -> str:
    if field == "date":
        return "exact" if truth and found[: len(truth[:10])] == truth[:10] else "wrong"
    one, other = (" ".join(WORD.findall(text.casefold())) for text in (truth, found))
    if one == other:
        return "exact"
    return "contained" if other and (one in other or other in one) else "wrong"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    articles = [sample for sample in samples(parser.parse_args().data) if sample.kind == "article"]
    counts: dict[tuple[str, str], Counter[str]] = {
        (half, field): Counter() for half in HALVES for field in FIELDS
    }
    with ProcessPoolExecutor(2) as pool:
        for sample, result in zip(articles, pool.map(right_fields, articles, chunksize=20), strict=True):
            for field, how in result.items():
                counts[HALVES[sample.fold(2)], field][how] += 1
    print(f"{'pages':14} {'field':8} {'pages':>6} {'exact':>7} {'exact or contained':>20}")
    for (half, field), count in counts.items():
        pages = count.total() or 1
        right = count["exact"] + count["contained"]
        print(f"{half:14} {field:8} {pages:6} {count['exact'] / pages:7.1%} {right / pages:20.1%}")


if __name__ == "__main__":
    main()
