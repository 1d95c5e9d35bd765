"""Every skip reason is returned by some code, and those of the policy have a case in a table of tests."""

from __future__ import annotations

import re
from pathlib import Path

from bot.core.skip_reasons import SkipReason

ROOT = Path(__file__).parents[2]
KEPT = {"NOT_ARTICLE"}
"""Reasons that nothing returns any more. A database may still contain them."""


def reasons_in(*files: Path) -> set[str]:
    """The members of `SkipReason` that the code names."""
    return {name for path in files for name in re.findall(r"SkipReason\.([A-Z_]+)", path.read_text("utf-8"))}


def test_every_reason_is_used() -> None:
    assert SkipReason.__members__.keys() - reasons_in(*(ROOT / "bot").rglob("*.py")) == KEPT


def test_every_reason_of_the_policy_has_a_case() -> None:
    tables = [ROOT / f"tests/pipeline/{name}.py" for name in ("test_policy", "test_every_setting")]
    assert reasons_in(ROOT / "bot/pipeline/policy.py") - reasons_in(*tables) == set()


def test_codes_and_sentences_are_unique() -> None:
    assert len({reason.value for reason in SkipReason}) == len(SkipReason.__members__)
    assert len({reason.sentence for reason in SkipReason}) == len(SkipReason.__members__)
