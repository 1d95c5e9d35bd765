"""Only our own settings configure PRAW, and a Lemmy-only install never loads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.core.models import Source
from tests.platforms.reddit.conftest import RedditEnvironment

PRAW_INI = """[DEFAULT]
oauth_url = http://127.0.0.1:9
reddit_url = http://127.0.0.1:9
username = somebody
password = else
refresh_token = x
check_for_updates = True
comment_kind = t9
"""


@pytest.mark.parametrize("text", [PRAW_INI, "not an ini file"])
def test_praw_ini_is_ignored(
    env: RedditEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "praw.ini").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("praw.config.Config.CONFIG", None)
    env.server.refresh_tokens["long-lived"] = env.bot
    adapter = env.adapter(username="", password="", refresh_token="long-lived")
    post = env.post()
    assert adapter.reply(post.id, "text", None).post_id == post.id
    assert env.server.login_grants == ["refresh_token"]


def test_praws_environment_variables_are_ignored(
    env: RedditEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"praw_username": "somebody", "praw_password": "else", "praw_site": "other"}.items():
        monkeypatch.setenv(name, value)
    env.server.refresh_tokens["long-lived"] = env.bot
    env.adapter(username="", password="", refresh_token="long-lived").connect()
    assert env.server.login_grants == ["refresh_token"]


def test_proxy_variables_are_ignored(env: RedditEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert env.adapter().connect().name == "Precis"


def test_precis_check_without_problems(env: RedditEnvironment) -> None:
    env.news.moderators.append(env.bot)
    found = env.adapter().inspect((Source("summaries", "news"), Source("summaries", "worldnews")))
    assert all(finding.ok for finding in found)
    assert [finding.subject for finding in found][-2:] == ["r/news", "r/worldnews"]
    assert "moderator" in found[-2].text


def test_precis_check_reports_problems(env: RedditEnvironment) -> None:
    env.news.banned.append(env.bot)
    env.world_news.private = True
    found = env.adapter().inspect((Source("summaries", "news"), Source("summaries", "worldnews")))
    assert [finding.ok for finding in found[-2:]] == [False, False]
    assert "banned" in found[-2].text
    assert all(finding.remedy for finding in found if not finding.ok)
    (only,) = env.adapter(password="wrong").inspect(())
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
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "[] 1"  # the log comes before
