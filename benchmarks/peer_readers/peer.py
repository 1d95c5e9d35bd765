"""The peers that `benchmarks.extraction` measures, with the versions of their packages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

RUNNERS = Path(__file__).parent / "runners"


@dataclass(frozen=True, slots=True)
class Peer:
    """An extraction library and what its runner needs."""

    name: str
    language: Literal["python", "node"]
    packages: tuple[tuple[str, str], ...]
    """Names and exact versions."""
    runner: Path
    """A program that reads pages from standard input; see `page_loop` beside it."""
    returns_html: bool = False
    """Whether the runner writes HTML instead of text."""


PEERS = (
    Peer(
        "newspaper4k",
        "python",
        (("newspaper4k", "0.9.6"), ("lxml-html-clean", "0.4.6")),
        RUNNERS / "newspaper4k_runner.py",
    ),
    Peer("rs-trafilatura", "python", (("rs-trafilatura", "0.1.1"),), RUNNERS / "rs_trafilatura_runner.py"),
    Peer(
        "readability.js",
        "node",
        (("@mozilla/readability", "0.6.0"), ("jsdom", "26.1.0")),
        RUNNERS / "readability_runner.mjs",
        returns_html=True,
    ),
    Peer(
        "defuddle",
        "node",
        (("defuddle", "0.19.4"), ("linkedom", "0.18.12")),
        RUNNERS / "defuddle_runner.mjs",
        returns_html=True,
    ),
)
