"""The fit of the judge of sentences, on a few invented articles."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.annotated import annotated_articles

pytest.importorskip("lightgbm", reason="only the group `bench` has it")

from benchmarks import fit_sentences, network_fit
from benchmarks.annotated_articles import folds_of, measures
from benchmarks.fit_sentences import Stack, add_data_options, articles_of, stack_of
from benchmarks.own_annotations import load_own
from benchmarks.reader_judgement import out_of_fold, table_row
from benchmarks.sentence_cases import case_of, foreign


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit_sentences, "ROUNDS", dict.fromkeys(fit_sentences.ROUNDS, 8))
    monkeypatch.setattr(fit_sentences, "SEEDS", (1, 2))
    monkeypatch.setattr(network_fit, "UNITS", (24, 12))
    monkeypatch.setattr(network_fit, "EPOCHS", 60)
    for name in ("_KINDS", "_RANKS", "_BINARY"):
        monkeypatch.setitem(getattr(fit_sentences, name), "min_data_in_leaf", 2)


def test_the_same_articles_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        fit_sentences.write(stack_of(annotated_articles(), None, folds=2), tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["firsts.txt", "grams.txt", "kinds.txt", "networks.txt", "picks.txt", "ranks.txt"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_models_of_the_folds_find_what_all_articles_have_in_common() -> None:
    articles = annotated_articles()
    run = out_of_fold(articles, 3, None)
    chosen = [one.line_numbers(run(one)) for one in articles]
    assert all(measures(one, numbers)["fine"] for one, numbers in zip(articles, chosen, strict=True))
    assert table_row("invented", articles, chosen).split()[1] == "100.0"


def test_a_model_judges_as_lightgbm_does() -> None:
    cases = [case_of(one) for one in annotated_articles()]
    folds = folds_of([case.annotated for case in cases], 2)
    stack = Stack(cases, folds)
    judged = stack.models[folds[0]].judge(cases[0].signals, cases[0].texts, "en")
    assert stack.right_labels() > 0.8
    assert np.allclose(judged.probabilities, stack.probabilities[0], atol=1e-3)


def test_a_foreign_copy_has_no_language() -> None:
    case = foreign(case_of(annotated_articles()[0]))
    assert case.language == ""
    assert case.signals[:, case.names.index("in_en")].sum() == 0


def test_the_articles_of_the_project_are_added_to_those_of_the_files(tmp_path: Path) -> None:
    lines = [{"kind": "paragraph", "starts_paragraph": True, "text": "A mill burns."}]
    row = {
        "id": "one",
        "title": "T",
        "language": "en",
        "labels": "S",
        "picks": [1],
        "also": [],
        "lines": lines,
    }
    (tmp_path / "articles.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    parser = argparse.ArgumentParser()
    add_data_options(parser)
    alone, truth = articles_of(parser.parse_args([str(tmp_path)]))
    assert ([one.id for one in alone], truth) == (["one"], None)
    pages = tmp_path / "wcxb-dev"
    pages.mkdir()
    (pages / "truth.json").write_text("{}", "utf-8")
    both, truth = articles_of(parser.parse_args([str(tmp_path), "--own", str(tmp_path)]))
    assert {one.id for one in both} == {"one", *(one.id for one in load_own())}
    assert truth == pages / "truth.json"
