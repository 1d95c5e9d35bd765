"""A recorded API call with its response, and the counts of a replay of many."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OTHER_FILES = frozenset({"openapi.json", "markdown_html.json"})
"""Files in the folder that are not recordings."""


@dataclass(frozen=True, slots=True)
class Recording:
    name: str
    method: str
    path: str
    sent: Any
    status: int
    body: Any

    @classmethod
    def load(cls, file: Path) -> Recording:
        content = json.loads(file.read_text())
        request, response = content["request"], content["response"]
        return cls(
            file.name,
            request["method"],
            request["path"],
            request["body"],
            response["status"],
            response["body"],
        )

    @property
    def call(self) -> str:
        return f"{self.method} {self.path}"

    def raw(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass
class ReplayCounts:
    read: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    unused: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)


def print_counts(title: str, counts: Counter[str]) -> None:
    print(f"\n{title}")
    for name, count in counts.most_common():
        print(f"  {count:6d}  {name}")
