"""The flaw detector finds each kind of flaw, and none in a good summary."""

from __future__ import annotations

import pytest

from benchmarks.summary_flaws import flaws

ARTICLE = (
    "Mr Anton Beck runs the mill at Osby, which burned down on Friday night in a strong wind. "
    'He was asleep. It is not known how the fire began. Beck said nobody was hurt. "We ran," Beck said. '
    '"We just ran and ran until we came to the river." Who pays? I saw it myself. '
    "However, the insurer will pay. The company has its seat in Larn."
)
FIRST = ARTICLE.split(". ", maxsplit=1)[0] + "."


@pytest.mark.parametrize(
    ("second", "kinds"),
    [
        ("It is not known how the fire began.", set()),
        ("Beck said nobody was hurt.", set()),
        ("He was asleep.", set()),
        ("However, the insurer will pay.", {"antecedent"}),
        ("The company has its seat in Larn.", {"antecedent"}),
        ('"We just ran and ran until we came to the river."', {"quotation"}),
        ("Who pays?", {"question"}),
        ("I saw it myself.", {"reporter"}),
    ],
)
def test_each_kind_is_found(second: str, kinds: set[str]) -> None:
    assert flaws(ARTICLE, [FIRST, second]) == kinds


def test_a_surname_needs_its_full_name_before_it() -> None:
    assert flaws(ARTICLE, ["Beck said nobody was hurt."]) == {"surname"}
