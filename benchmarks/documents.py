"""How documents are read in a confined worker: `python -m benchmarks.documents [--keep FOLDER]`.

Makes PDF files with LibreOffice (if soffice is installed), with Typst (if the group "bench" is installed) and
byte by byte, and text files. Each is read by a new worker process with the default limits. The table has the
F1 of the text (runs of four words, as in `benchmarks.extraction_score`) or the reason for the refusal, the
seconds in the daemon, and the largest memory of the process; an ordinary page is the first row.
"""

from __future__ import annotations

import argparse
import re
import resource
import time
from pathlib import Path

from msgspec.structs import replace
from rich.console import Console
from rich.table import Table

from benchmarks.extraction_score import score_page
from benchmarks.made_documents import MadeDocument, made_documents
from bot.core.errors import WorkerError
from bot.core.models import Digest, LengthLimits, NotArticle, Page
from bot.workers.digest import digest
from bot.workers.pool import WorkerPool
from bot.workers.preload import PAGE
from bot.workers.worker_main import WorkerLimits

_LIMITS = WorkerLimits(processes=1, tasks_per_process=1)
_LENGTH = LengthLimits()


def read_and_measure(
    page: Page, length: LengthLimits, method: str, *, explain: bool, with_key_words: bool
) -> Digest | NotArticle:
    """As in the daemon, with the memory of the process as the last note."""
    found = digest(page, length, method, explain=explain, with_key_words=with_key_words)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return replace(found, notes=(*found.notes, f"{memory} MB"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path, help="folder to write the files to")
    keep = parser.parse_args().keep
    table = Table("document", "made by", "KB", "result", "F1", "seconds", "MB", "sentences")
    pool = WorkerPool(_LIMITS, read_and_measure)
    pool.digest(PAGE, _LENGTH, "precis")  # starts the fork server
    try:
        table.add_row("an ordinary page", "", str(len(PAGE.content) // 1024), *_read(pool, PAGE, None))
        for made in made_documents():
            content = made.build()
            if keep:
                keep.mkdir(parents=True, exist_ok=True)
                suffix = "pdf" if made.content_type.endswith("pdf") else "txt"
                name = re.sub(r"\W+", "-", made.name)
                (keep / f"{name}.{suffix}").write_bytes(content)
            page = Page("https://docs.example/a", content, made.content_type)
            table.add_row(made.name, made.maker, str(len(content) // 1024), *_read(pool, page, made))
    finally:
        pool.close()
    Console(width=130).print(table)


def _read(pool: WorkerPool, page: Page, made: MadeDocument | None) -> tuple[str, ...]:
    started = time.perf_counter()
    try:
        found = pool.digest(page, _LENGTH, "precis")
    except WorkerError as error:
        return (str(error), "", f"{time.perf_counter() - started:.2f}", "", "")
    seconds = f"{time.perf_counter() - started:.2f}"
    memory = found.notes[-1].removesuffix(" MB")
    if isinstance(found, NotArticle):
        right = made is not None and found.reason is made.reason
        return (f"{'✓' if right else '✗'} {found.reason.value}: {found.detail}", "", seconds, memory, "")
    text, truth = found.article.text, made.truth if made else ""
    leaks = [part for part in (made.forbidden if made else ()) if part in text]
    wrong = bool(leaks) or (made is not None and made.reason is not None)
    result = f"{'✗' if wrong else '✓'} {found.article.word_count} words{f', leaks {leaks}' if leaks else ''}"
    f1 = f"{score_page(truth, text).f1:.3f}" if truth else ""
    return (result, f1, seconds, memory, str(len(found.summary.sentences)))


if __name__ == "__main__":
    main()
