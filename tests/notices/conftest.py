from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.config import Config, load
from tests.notices.hook import Hook, running_hook

CONFIG = """
[bot]
owner = "you@example.org"

[lemmy.main]
server = "https://lemmy.example"
username = "precis"
password = "hunter2-hunter2"
communities = ["news@lemmy.example", "technology@lemmy.example"]
"""

WriteConfig = Callable[[str], Config]


@pytest.fixture
def hook() -> Iterator[Hook]:
    with running_hook() as started:
        yield started


@pytest.fixture
def config_with(tmp_path: Path) -> WriteConfig:
    """Load the config with these lines at its end."""

    def write(lines: str = "") -> Config:
        path = tmp_path / "config.toml"
        path.write_text(CONFIG + lines, encoding="utf-8")
        path.chmod(0o600)
        return load(path, {})

    return write
