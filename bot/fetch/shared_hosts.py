"""What several processes can share about the hosts of pages, so that all together are as polite as one."""

from __future__ import annotations

from typing import Protocol


class HostPauses(Protocol):
    """Pauses between two pages of a host. The methods raise StoreError."""

    def start(self, host: str, pause: float) -> float:
        """Start to fetch a page, and let the next start wait `pause` seconds.

        Returns 0, or how many seconds this one has to wait.
        """
        ...

    def pause(self, host: str, seconds: float) -> None:
        """Let the next page wait so long from now on, or longer if it has to anyway."""
        ...


class RobotsFiles(Protocol):
    """The texts of robots.txt. They come from strangers. The methods raise StoreError."""

    def find(self, origin: str) -> tuple[str, float] | None:
        """The text, and for how many seconds it is valid; None if it has to be fetched."""
        ...

    def save(self, origin: str, text: str, seconds: float) -> None:
        """Share a text for so long. It may be forgotten earlier."""
        ...
