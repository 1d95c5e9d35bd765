"""How often the server has refused each reply, because a refused request of 1.0 uses its key up."""

from __future__ import annotations

_REPLIES_REMEMBERED = 500


class RefusedSends:
    """Counts the refused sends of each reply. After a restart a key may be used up for two minutes."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str | None, ...], int] = {}

    def count(self, *reply: str | None) -> int:
        """`reply` is what identifies it: post, parent and text."""
        return self._counts.get(reply, 0)

    def record(self, *reply: str | None) -> None:
        self._counts[reply] = self._counts.pop(reply, 0) + 1
        while len(self._counts) > _REPLIES_REMEMBERED:
            self._counts.pop(next(iter(self._counts)), None)
