from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.config import Config, load
from bot.core.errors import ConfigError

ENVIRON = {
    "PRECIS_LEMMY_MAIN_PASSWORD": "s3cret",
    "PRECIS_PIEFED_MAIN_PASSWORD": "secret",
    "PRECIS_WEB_TOKEN": "twenty-four-characters..",
}
HEAD = '[bot]\nowner = "you@example.org"\n'
ACCOUNT = '[lemmy.main]\nserver = "https://lemmy.example"\nusername = "precis"\ncommunities = ["news"]\n'
MINIMAL = HEAD + ACCOUNT

Load = Callable[[str], Config]
Mistakes = Callable[[str], tuple[str, ...]]


@pytest.fixture
def read(tmp_path: Path) -> Load:
    """Load a text as config.toml, with the password of `[lemmy.main]` in the environment."""

    def run(text: str) -> Config:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, ENVIRON)

    return run


@pytest.fixture
def mistakes(read: Load) -> Mistakes:
    """The problems of a text that must not load."""

    def run(text: str) -> tuple[str, ...]:
        with pytest.raises(ConfigError) as caught:
            read(text)
        return caught.value.problems

    return run
