"""A short form of `make fuzz`: the same targets, few examples, the same ones on every machine."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.target import Target
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_it_holds(target: Target) -> None:
    @settings(max_examples=target.examples, suppress_health_check=list(HealthCheck))
    @given(target.values)
    def check(value: object) -> None:
        target.check(value)

    check()
