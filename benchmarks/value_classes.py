"""What a value class costs: its creation, which each import pays, and the creation of one object.

    python -m benchmarks.value_classes

Compares the kinds of class that Precis could use for its values, with the same five fields. Times are
processor time, the best of five rounds; the ratio is to a frozen dataclass with slots.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from msgspec import Struct

ROUNDS = 5
CLASSES = 100
OBJECTS = 50_000


def _frozen_dataclass() -> Callable[..., Any]:
    @dataclass(frozen=True, slots=True)
    class Frozen:
        row: int
        url: str
        title: str = ""
        score: float = 1.0
        words: tuple[str, ...] = ()

    return Frozen


def _dataclass() -> Callable[..., Any]:
    @dataclass
    class Plain:
        row: int
        url: str
        title: str = ""
        score: float = 1.0
        words: tuple[str, ...] = ()

    return Plain


def _named_tuple() -> Callable[..., Any]:
    class Named(NamedTuple):
        row: int
        url: str
        title: str = ""
        score: float = 1.0
        words: tuple[str, ...] = ()

    return Named


def _struct() -> Callable[..., Any]:
    class Value(Struct, frozen=True):
        row: int
        url: str
        title: str = ""
        score: float = 1.0
        words: tuple[str, ...] = ()

    return Value


KINDS = {
    "dataclass, frozen, with slots": _frozen_dataclass,
    "dataclass": _dataclass,
    "NamedTuple": _named_tuple,
    "msgspec.Struct, frozen": _struct,
}


def measure(create_class: Callable[[], Callable[..., Any]]) -> tuple[float, float]:
    """Microseconds for a class, and for an object of it."""
    of_class = _best(create_class, CLASSES)
    made = create_class()
    return of_class, _best(lambda: made(1, "https://paper.example/boats", score=2.0), OBJECTS)


def _best(action: Callable[[], object], times: int) -> float:
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(times):
            action()
        rounds.append((time.process_time() - start) / times * 1e6)
    return min(rounds)


def main() -> None:
    found = {name: measure(create) for name, create in KINDS.items()}
    first_class, first_object = next(iter(found.values()))
    print(f"{'':31}   class, µs   ratio   object, µs   ratio")
    for name, (of_class, of_object) in found.items():
        ratios = of_class / first_class, of_object / first_object
        print(f"{name:31} {of_class:11.0f} {ratios[0]:7.3f} {of_object:12.2f} {ratios[1]:7.2f}")


if __name__ == "__main__":
    main()
