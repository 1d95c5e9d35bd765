"""Pages with their true article texts, for the benchmarks and the fitting commands.

A data folder contains `truth.json` ({id: {url, articleBody, type?, title?, author?, date?}}) and
`html/ID.html.gz`, in UTF-8.
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

_Result = TypeVar("_Result")
_SECOND_LEVEL_LABELS = {"co", "com", "org", "net", "gov", "ac", "edu", "gob", "go", "or"}


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
        size = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL_LABELS else 2
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
    function: Callable[[Sample], _Result], wanted: Iterable[Sample], cache: Path | None, name: str
) -> Iterator[_Result]:
    """`function` of every sample, in two processes; cached as `name` in the folder `cache`."""
    file = cache / f"{name}.pickle" if cache else None
    if file is not None and file.exists():
        yield from pickle.loads(file.read_bytes())
        return
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(function, list(wanted), chunksize=8))
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(pickle.dumps(found))
    yield from found
