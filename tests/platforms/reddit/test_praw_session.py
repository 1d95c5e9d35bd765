"""Nothing but our own settings steers PRAW, and a Lemmy-only install never loads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.models import Source
from tests.platforms.reddit.conftest import RedditEnvironment

TRAP = """[DEFAULT]
oauth_url = http://127.0.0.1:9
reddit_url = http://127.0.0.1:9
username = somebody
password = else
refresh_token = x
check_for_updates = True
comment_kind = t9
"""


@pytest.mark.parametrize("text", [TRAP, "this is no ini file"])
def test_a_stray_praw_ini_changes_nothing(
    stage: RedditEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "praw.ini").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("praw.config.Config.CONFIG", None)
    stage.server.refresh_tokens["long-lived"] = stage.bot
    adapter = stage.adapter(username="", password="", refresh_token="long-lived")
    post = stage.post()
    assert adapter.reply(post.id, "text", None).post_id == post.id
    assert stage.server.login_grants == ["refresh_token"]


def test_variables_of_praw_change_nothing(stage: RedditEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"praw_username": "somebody", "praw_password": "else", "praw_site": "other"}.items():
        monkeypatch.setenv(name, value)
    stage.server.refresh_tokens["long-lived"] = stage.bot
    stage.adapter(username="", password="", refresh_token="long-lived").connect()
    assert stage.server.login_grants == ["refresh_token"]


def test_a_proxy_variable_does_not_get_at_the_token(stage: RedditEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert stage.adapter().connect().name == "Precis"


def test_precis_check_finds_all_well(stage: RedditEnvironment) -> None:
    stage.news.moderators.append(stage.bot)
    found = stage.adapter().inspect((Source("summaries", "news"), Source("summaries", "worldnews")))
    assert all(finding.ok for finding in found)
    assert [finding.subject for finding in found][-2:] == ["r/news", "r/worldnews"]
    assert "moderator" in found[-2].text


def test_precis_check_says_what_is_wrong(stage: RedditEnvironment) -> None:
    stage.news.banned.append(stage.bot)
    stage.world_news.private = True
    found = stage.adapter().inspect((Source("summaries", "news"), Source("summaries", "worldnews")))
    assert [finding.ok for finding in found[-2:]] == [False, False]
    assert "banned" in found[-2].text
    assert all(finding.remedy for finding in found if not finding.ok)
    (only,) = stage.adapter(password="wrong").inspect(())
    assert not only.ok


LEMMY_ONLY = """
import os, sys
from datetime import timedelta
from pathlib import Path
from bot.daemon.app import App
from bot.config import load
config = load(Path(sys.argv[1]), {"PRECIS_LEMMY_MAIN_PASSWORD": "x"})
with App(config) as app:
    print([name for name in ("praw", "prawcore") if name in sys.modules], len(app.platforms))
"""


def test_an_app_for_lemmy_alone_never_loads_praw(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[bot]\nowner = "you@example.org"\n[lemmy.main]\nserver = "https://lemmy.example"\n'
        'username = "precis"\ncommunities = ["news"]\n[workers]\nprocesses = 1\n'
    )
    done = subprocess.run(
        [sys.executable, "-c", LEMMY_ONLY, str(config)], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.returncode) == ("[] 1", 0), done.stderr[-2000:]
