"""Pairs of replies for readers who do not know which program wrote which, and the count of what they prefer.

    python -m benchmarks.blind_pairs write FOLDER DATA [--each 28,8]
    python -m benchmarks.blind_pairs count FOLDER

`write` needs a data folder (annotations, summaries, wcxb-dev). Precis judges each article by a model that saw
no article of its fold; the other reply is the lead (4 sentences, 110 words) or LSA, in random order. FOLDER
gets `pairs.txt` for the readers and `key.json`. A reader writes `judged.tsv`, one line for each pair: its
number, A, B or =, clear or slight, and the reason.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.annotated_articles import AnnotatedArticle, load
from benchmarks.own_annotations import load_own

LANGUAGES = ("en", "de", "fr", "pt", "es")
"""English articles are pages of WCXB; the others are of any source."""
PEERS = ("lead", "lsa")
SEED = 5


def sample(articles: Sequence[AnnotatedArticle], english: int, other: int) -> list[AnnotatedArticle]:
    """Random articles that deserve a reply."""
    choice, found = random.Random(SEED), list[AnnotatedArticle]()
    for language in LANGUAGES:
        of_language = [one for one in articles if one.picks and one.language == language]
        pages = [one for one in of_language if one.id.startswith("wcxb") == (language == "en")]
        found += choice.sample(pages, english if language == "en" else other)
    return found


def write(folder: Path, data: Path, english: int, other: int) -> None:
    """Write the pairs and the key."""
    from benchmarks.reader_judgement import first_sentences, of_method, out_of_fold

    articles = [*load([data / "annotations"]), *load_own(data)]
    precis = out_of_fold(articles, 5, data / "wcxb-dev" / "truth.json")
    systems = {"lead": first_sentences, "lsa": of_method("lsa")}
    choice, pairs = random.Random(SEED), list[dict[str, str]]()
    for article in sample(articles, english, other):
        ours = " ".join(precis(article))
        for peer in PEERS:
            names = choice.sample(["precis", peer], 2)
            texts = [ours if name == "precis" else " ".join(systems[peer](article)) for name in names]
            title, language = article.title, article.language
            pairs.append(
                {"peer": peer, "precis": "AB"[names.index("precis")], "language": language, "title": title}
                | dict(zip("AB", texts, strict=True))
            )
    choice.shuffle(pairs)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "key.json").write_text(json.dumps(pairs, ensure_ascii=False), "utf-8")
    blocks = [
        f"## {number} | {pair['language']} | {pair['title']}\n\nA: {pair['A']}\n\nB: {pair['B']}\n"
        for number, pair in enumerate(pairs)
    ]
    (folder / "pairs.txt").write_text("\n".join(blocks), "utf-8")


def count(folder: Path) -> str:
    """For each peer: how often Precis was preferred, of the decided pairs and of the clear ones."""
    pairs = json.loads((folder / "key.json").read_text("utf-8"))
    counts: Counter[tuple[str, bool, str]] = Counter()
    ties: Counter[str] = Counter()
    for line in (folder / "judged.tsv").read_text("utf-8").splitlines():
        number, verdict, how = line.split("\t")[:3]
        pair = pairs[int(number)]
        if verdict == "=":
            ties[pair["peer"]] += 1
        else:
            counts[pair["peer"], verdict == pair["precis"], how] += 1
    lines = ["peer   preferred   share   of the clear ones   no preference"]
    for peer in PEERS:
        won, lost = ({how: counts[peer, ours, how] for how in ("clear", "slight")} for ours in (True, False))
        wins, decided = sum(won.values()), sum(won.values()) + sum(lost.values())
        clear = f"{won['clear']} of {won['clear'] + lost['clear']}"
        share = wins / max(decided, 1)
        lines.append(f"{peer:6} {wins:3} of {decided:3}  {share:6.1%}  {clear:>18}  {ties[peer]:14}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("step", choices=["write", "count"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--each", default="28,8", help="English articles, and those of each other language")
    options = parser.parse_args()
    if options.step == "count":
        print(count(options.folder))
    elif options.data is None:
        parser.error("write needs the data folder")
    else:
        write(options.folder, options.data, *map(int, options.each.split(",")))


if __name__ == "__main__":
    main()
