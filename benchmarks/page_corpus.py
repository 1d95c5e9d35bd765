"""Pages with their true bodies, as the benchmarks and the fitting commands read them.

A data folder holds `truth.json` ({id: {url, articleBody, type?, title?, author?, date?}}) and
`html/ID.html.gz`, UTF-8.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from bot.core.models import Page

_Made = TypeVar("_Made")
_COUNTRY_SECOND = {"co", "com", "org", "net", "gov", "ac", "edu", "gob", "go", "or"}


@dataclass(frozen=True, slots=True)
class Sample:
    """One page of a data folder."""

    key: str
    url: str
    body: str
    kind: str
    metadata: dict[str, Any]
    file: Path

    @property
    def page(self) -> Page:
        return Page(self.url, gzip.decompress(self.file.read_bytes()), "text/html; charset=utf-8")

    @property
    def domain(self) -> str:
        labels = (urlsplit(self.url).hostname or self.key).split(".")
        size = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _COUNTRY_SECOND else 2
        return ".".join(labels[-size:])

    def fold(self, folds: int) -> int:
        """The same fold for every page of a domain."""
        return int(hashlib.sha256(self.domain.encode()).hexdigest(), 16) % folds


def samples(data: Path) -> list[Sample]:
    truth = json.loads((data / "truth.json").read_text("utf-8"))
    return [
        Sample(
            key,
            entry.get("url", ""),
            entry["articleBody"],
            entry.get("type", "article"),
            entry,
            data / "html" / f"{key}.html.gz",
        )
        for key, entry in sorted(truth.items())
    ]


def map_samples(
    make: Callable[[Sample], _Made], wanted: Iterable[Sample], cache: Path | None, name: str
) -> Iterator[_Made]:
    """`make` of every sample, on two processes; kept in the folder `cache` under `name` between runs."""
    kept = cache / f"{name}.pickle" if cache else None
    if kept is not None and kept.exists():
        yield from pickle.loads(kept.read_bytes())
        return
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(make, list(wanted), chunksize=8))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(found))
    yield from found
