"""The shape of JSON responses: their fields, the types of these, and which fields are always present."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class JsonShape:
    """The shape of many responses to one call; a path looks like `posts[].post.id`."""

    types: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    seen: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    def of(cls, responses: Iterable[Any]) -> JsonShape:
        shape = cls()
        for response in responses:
            for path, kind in _walk(response, ""):
                shape.types[path].add(kind)
                shape.seen[path] += 1
        return shape

    def always(self, path: str) -> bool:
        """Whether the field is present whenever its object is."""
        return self.seen[path] == self.seen.get(path.rpartition(".")[0], 0)


def differences(real: JsonShape, ours: JsonShape, optional: set[str], known: set[str]) -> list[str]:
    """Fields of our responses that the real ones never have, that are missing, or that have another type.

    A field is missing if the real responses always have it. `optional` and `known` are field names, taken
    from all real responses together.
    """
    found = [
        f"{path}: never in the real responses"
        for path in sorted(ours.types.keys() - real.types.keys())
        if leaf_name(path) not in known
    ]
    for path in sorted(real.types):
        if path not in ours.types:
            if _is_required(path, real, ours) and leaf_name(path) not in optional:
                found.append(f"{path}: missing")
        elif not ours.types[path] <= real.types[path]:
            found.append(f"{path}: {sorted(ours.types[path])}, in real responses {sorted(real.types[path])}")
    return found


def leaf_name(path: str) -> str:
    """The field with the name of its object, such as `post.url`, wherever this object is."""
    return ".".join(path.replace("[]", "").split(".")[-2:])


def optional_leaves(shape: JsonShape) -> set[str]:
    """Field names that at least one object with that name lacks."""
    return {leaf_name(path) for path in shape.types if not path.endswith("[]") and not shape.always(path)}


def _is_required(path: str, real: JsonShape, ours: JsonShape) -> bool:
    """Elements of a list are never required."""
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
