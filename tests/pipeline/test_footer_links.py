from __future__ import annotations

from pathlib import Path

from bot.config import load
from bot.core.models import Dialect
from bot.pipeline.footer_links import READERS_PAGE, sample_links

CONFIG = """
[bot]
owner = "me@example.org"
[lemmy.main]
server = "lemmy.example"
username = "precis"
password = "x"
communities = ["news"]
[piefed.second]
server = "piefed.example"
username = "precis"
password = "x"
communities = ["news"]
"""


def test_a_sample_reply_links_to_the_account_on_its_platform(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    config = load(path, {})
    links = {dialect: sample_links(config, dialect).delete for dialect in Dialect}
    assert links == {
        Dialect.LEMMY: "https://lemmy.example/u/precis",
        Dialect.PIEFED: "https://piefed.example/u/precis",
        Dialect.REDDIT: READERS_PAGE,
    }
