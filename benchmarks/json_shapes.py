"""The shape of JSON answers: which fields there are, of which types, and which are always there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class JsonShape:
    """Of many answers to one call; a path is as `posts[].post.id`."""

    types: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    seen: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    def of(cls, answers: Iterable[Any]) -> JsonShape:
        shape = cls()
        for answer in answers:
            for path, kind in _walk(answer, ""):
                shape.types[path].add(kind)
                shape.seen[path] += 1
        return shape

    def always(self, path: str) -> bool:
        """Whether the field is there whenever the object around it is."""
        return self.seen[path] == self.seen.get(path.rpartition(".")[0], 0)


def differences(real: JsonShape, ours: JsonShape, optional: set[str], known: set[str]) -> list[str]:
    """What our answers have that the real ones never have, lack though they always have it, or
    have in another type. `optional` and `known` are what all the real answers together say."""
    found = [
        f"{path}: never in the real answers"
        for path in sorted(ours.types.keys() - real.types.keys())
        if leaf_name(path) not in known
    ]
    for path in sorted(real.types):
        if path not in ours.types:
            if _is_owed(path, real, ours) and leaf_name(path) not in optional:
                found.append(f"{path}: missing")
        elif not ours.types[path] <= real.types[path]:
            found.append(f"{path}: {sorted(ours.types[path])}, but really {sorted(real.types[path])}")
    return found


def leaf_name(path: str) -> str:
    """The field and the name of the object around it, as `post.url`, wherever that object stands."""
    return ".".join(path.replace("[]", "").split(".")[-2:])


def optional_leaves(shape: JsonShape) -> set[str]:
    """Those that at least one object of that name lacks."""
    return {leaf_name(path) for path in shape.types if not path.endswith("[]") and not shape.always(path)}


def _is_owed(path: str, real: JsonShape, ours: JsonShape) -> bool:
    """An element of a list is none that has to be there."""
    parent = path.rpartition(".")[0]
    return not path.endswith("[]") and parent in ours.types and real.always(path)


def _walk(value: Any, path: str) -> Iterator[tuple[str, str]]:
    yield path, _kind(value)
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, f"{path}[]")


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "time" if len(value) == 27 and value.endswith("Z") and value[10] == "T" else "string"
    return {bool: "bool", int: "number", float: "number", dict: "object", list: "list"}.get(
        type(value), "null"
    )
