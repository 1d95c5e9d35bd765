"""What the rules and the gate keep and refuse, out of fold by domain; for `benchmarks.fit_gate`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from statistics import fmean, pstdev

import numpy as np
from numpy.typing import NDArray

from benchmarks.gate_cases import GateCase, labels
from bot.core.skip_reasons import SkipReason
from bot.extract.alignment import Floats
from bot.extract.article_gate import ARTICLE, KINDS

THRESHOLDS = (0.1, 0.14, 0.15, 0.16, 0.17, 0.18, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
_WANTED = 0.985
"""The share of the articles that a threshold chosen on the other folds must keep; rules included."""


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """Of the cases with a row: their fold, and the probability of each kind in `KINDS`."""

    folds: NDArray[np.int64]
    probabilities: Floats


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of 1, at one threshold or with one threshold for each fold."""

    kept: float
    """Of all articles, rules and gate."""
    refused: float
    """Of all other pages, rules and gate."""
    kept_by_gate: float
    """Of the articles that the rules let through."""
    refused_by_gate: float
    """Of the other pages that the rules let through."""
    right_kind: float
    """Of the pages that the gate refuses rightly: the kind is right."""
    right_reason: float
    """Of the pages that rules or gate refuse rightly: the reason is the kind, or the page is a home page."""
    notices: float
    """Of the notices: the gate alone refuses them."""
    notices_with_rules: float
    plain: float
    """Of the articles in the layouts of the notices: the gate keeps them."""


def print_report(everything: Sequence[GateCase], splits: Sequence[OutOfFold]) -> None:
    """`everything` are the cases in the order of `splits`, with those that a rule refused among them."""
    corpus = [case for case in everything if not case.is_built]
    articles = sum(case.is_article for case in corpus)
    lost = sum(case.is_article and not case.row for case in corpus)
    by_rule = sum(not case.is_article and not case.row for case in corpus)
    print(f"rules refuse {lost} of {articles} articles and {by_rule} of {len(corpus) - articles} other pages")
    print(f"mean of {len(splits)} divisions into folds, ± standard deviation; in percent")
    print("            rules and gate             gate alone      right           notices refused")
    print(
        "threshold   kept          refused       kept    refd    kind    reason  gate    both    plain kept"
    )
    for threshold in THRESHOLDS:
        name = f"{threshold:9.2f}"
        show(name, [shares(everything, one, one.probabilities[:, 0] >= threshold) for one in splits])
    chosen = [chosen_on_other_folds(everything, one) for one in splits]
    show(
        "by fold  ",
        [shares(everything, one, keep) for one, keep in zip(splits, chosen, strict=True)],
    )


def show(name: str, found: Sequence[Shares]) -> None:
    cells = [name]
    for field in fields(Shares):
        values = [100 * getattr(one, field.name) for one in found]
        spread = f" ± {pstdev(values):3.1f}" if field.name in ("kept", "refused") else ""
        cells.append(f"{fmean(values):5.1f}{spread}")
    print("   ".join(cells))


def shares(everything: Sequence[GateCase], found: OutOfFold, keep: NDArray[np.bool_]) -> Shares:
    """`keep` says for each case with a row whether the gate keeps it."""
    full = [case for case in everything if not case.is_built]
    cases = [case for case in everything if case.row]
    truth, built = labels(cases), np.array([case.is_built for case in cases])
    rules = np.array([case.reason is not None for case in cases])
    is_article = truth == 0
    best = 1 + found.probabilities[:, 1:].argmax(axis=1)
    refused = ~keep & ~is_article & ~built
    articles = sum(case.is_article for case in full)
    ruled = [case for case in full if not case.row and not case.is_article]
    right = int((best == truth)[refused].sum())
    home = sum(case.reason is SkipReason.HOME_PAGE for case in ruled)
    notices, plain = built & ~is_article, built & is_article
    return Shares(
        kept=int((keep & is_article & ~built).sum()) / articles,
        refused=(int(refused.sum()) + len(ruled)) / (len(full) - articles),
        kept_by_gate=float(keep[is_article & ~built].mean()),
        refused_by_gate=float((~keep)[~is_article & ~built].mean()),
        right_kind=right / max(int(refused.sum()), 1),
        right_reason=(right + home) / max(int(refused.sum()) + len(ruled), 1),
        notices=float((~keep)[notices].mean()),
        notices_with_rules=float((~keep | rules)[notices].mean()),
        plain=float(keep[plain].mean()),
    )


def chosen_on_other_folds(everything: Sequence[GateCase], found: OutOfFold) -> NDArray[np.bool_]:
    """What is kept if each fold's threshold is the highest that keeps enough articles of the other folds."""
    cases = [case for case in everything if case.row]
    chance = found.probabilities[:, KINDS.index(ARTICLE)]
    keep = np.zeros(len(cases), dtype=np.bool_)
    corpus_articles = np.array([case.is_article and not case.is_built for case in cases])
    for number in sorted(set(found.folds.tolist())):
        others = np.sort(chance[corpus_articles & (found.folds != number)])
        total = sum(case.is_article and not case.is_built for case in everything)
        lost_by_rules = total - int(corpus_articles.sum())
        may_lose = (1 - _WANTED) * total - lost_by_rules
        threshold = others[max(0, int(may_lose * len(others) / total))]
        keep[found.folds == number] = chance[found.folds == number] >= threshold
    return keep
