"""A fuzzing target: values made by rules, and a check that must pass for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    values: st.SearchStrategy[Any]
    check: Callable[[Any], None]
    examples: int
    """The number of examples in `make test`."""
