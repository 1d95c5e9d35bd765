"""`benchmarks.compare` runs every query of the store, or reads pages; here one checkout is both."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from benchmarks.compare import compare_commands, compare_queries
from benchmarks.page_ratios import compare_pages
from benchmarks.warm_process import WarmProcess
from bot.sandbox.news.page_builder import build_page

ROOT = Path(__file__).parents[2]
ALSO_ROOT = ROOT / "tests" / ".."  # equal paths would be one checkout


def test_every_query_has_a_figure_of_both_checkouts() -> None:
    table = compare_queries(ROOT, ROOT, 200, seconds_each=0.05)
    names, before, after, ratios = (list(column.cells) for column in table.columns)
    assert {"find a reply by its post", "/posts", "/metrics", "/healthz"} <= set(names)
    assert len(names) == len(before) == len(after) == len(ratios) > 20
    assert all(float(str(cell)) > 0 for cell in (*before, *after))


def test_both_checkouts_read_every_page_with_the_same_result(tmp_path: Path) -> None:
    (tmp_path / "html").mkdir()
    truth = {}
    for name, kind in (("bridge", "article"), ("peat", "article"), ("gleis", "listing")):
        url = f"https://paper.example/{name}"
        (tmp_path / "html" / f"{name}.html.gz").write_bytes(gzip.compress(build_page(name, url)))
        truth[name] = {"url": url, "articleBody": "", "type": kind}
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    table = compare_pages(ROOT, ROOT, tmp_path, 3)
    assert str(table.title) == "3 pages; 0 with another result"
    kinds, numbers, *figures = (list(column.cells) for column in table.columns)
    assert list(zip(kinds, numbers, strict=True)) == [("article", "2"), ("other page", "1"), ("all", "3")]
    assert all(float(str(cell)) > 0 for column in figures for cell in column)


def test_each_process_imports_the_package_of_its_checkout(tmp_path: Path) -> None:
    page = tmp_path / "page.html.gz"
    page.write_bytes(gzip.compress(b"<p>"))
    found = []
    for name in ("old", "new", "new"):
        (tmp_path / name / "bot").mkdir(parents=True, exist_ok=True)
        (tmp_path / name / "bot" / "__init__.py").write_text(f"NAME = {name!r}")
        code = "import bot\ndef summarise_page(page): return bot.NAME, page, url"
        with WarmProcess(code, tmp_path / name) as process:
            found.append(process.ask(page, "https://paper.example/").digest)
    assert found[0] != found[1] == found[2] != ""


def test_every_command_has_a_time_of_both_checkouts() -> None:
    table = compare_commands(ROOT, ALSO_ROOT, 1, warm_up_runs=0)
    names, before, after, ratios = (list(column.cells) for column in table.columns)
    assert names == ["--version", "status", "try page.html"]
    assert all(float(str(cell).partition(" ")[0]) > 0 for cell in (*before, *after, *ratios))
