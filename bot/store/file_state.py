"""Tells whether a SQLite file was changed, without a look at its tables."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path


class FileState:
    """The number of a file's state, by SQLite's `PRAGMA data_version`. Thread-safe.

    Its own connection never writes, so the commits of all others change the number: those of this process,
    and those of commands. Reading it takes some microseconds.
    """

    def __init__(self, path: Path) -> None:
        self._address = f"{path.absolute().as_uri()}?mode=ro"
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def number(self) -> int | None:
        """Another number after each commit; None if the file cannot be read now."""
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = sqlite3.connect(self._address, uri=True, check_same_thread=False)
                (number,) = self._connection.execute("PRAGMA data_version").fetchone()
            except sqlite3.Error:
                self._close()
                return None
            return int(number)

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
