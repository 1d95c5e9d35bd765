"""A short form of `make fuzz`: the same targets with few examples, the same on every machine."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz import pages
from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_example_breaks_a_target(target: Target) -> None:
    @settings(max_examples=target.examples, suppress_health_check=list(HealthCheck))
    @given(target.values)
    def check(value: object) -> None:
        target.check(value)

    check()


def test_small_pages_are_damaged_more_often_than_large_ones() -> None:
    sizes = [len(pages.page_at(number)) for number in range(0, 65_537, 64)]

    assert {min(sizes), max(sizes)} == {len(pages.PAGES[0]), len(pages.PAGES[-1])}
    assert sum(sizes) / len(sizes) < sum(map(len, pages.PAGES)) / len(pages.PAGES)
