"""`precis pause` and `precis resume`."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.models import PollResult, Source
from bot.store import Database, MutedCommunities, MutedCommunity, PostQueue, SettingsChangeKind
from bot.store.community_settings_log import CommunitySettingsLog
from bot.store.pauses import is_account_paused
from bot.store.settings_changes import SettingsChange, SettingsSource
from tests.cli.conftest import Precis, write_config
from tests.conftest import a_post

CONFIG = """
[bot]
owner = "me@example.org"

[lemmy.main]
server = "https://lemmy.example"
username = "precis"
password = "secret"
communities = ["news", "cats"]
"""
NEWS = "news@lemmy.example"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    write_config(tmp_path, CONFIG)
    path = tmp_path / "precis.db"
    Database(path, datetime.now(UTC)).close()
    return path


def status_of(path: Path, community: str) -> SettingsChangeKind:
    with closing(Database(path, None)) as database:
        return CommunitySettingsLog(database).status(community)


def test_a_community(precis: Precis, database: Path) -> None:
    done = precis("pause", f"!{NEWS.upper()}")
    assert done.returncode == 0, done
    assert "get no reply" in done.stdout
    assert status_of(database, NEWS) is SettingsChangeKind.PAUSE
    assert f"Precis is paused in {NEWS}" in precis("status").stdout
    (paused,) = json.loads(precis("status", "--json").stdout)["paused_communities"]
    assert (paused["community"], paused["status"]) == (NEWS, "paused")
    assert "pause  by the operator, command line" in precis("history", NEWS).stdout
    again = precis("pause", NEWS)
    assert (again.returncode, again.stdout) == (0, f"{NEWS} is paused already.\n")
    assert precis("resume", NEWS).stdout == f"Resumed {NEWS}. New posts get replies again.\n"
    assert status_of(database, NEWS) is SettingsChangeKind.RESUME
    assert precis("resume", NEWS).stdout == f"{NEWS} is not paused.\n"
    assert "paused" not in precis("status").stdout


def test_an_account(precis: Precis, database: Path) -> None:
    assert "Paused the account main." in precis("pause", "main").stdout
    with closing(Database(database, None)) as opened:
        assert is_account_paused(opened, "main")
    assert "The account main is paused" in precis("status").stdout
    assert precis("pause", "main").stdout == "The account main is paused already.\n"
    (paused,) = json.loads(precis("status", "--json").stdout)["paused_accounts"]
    assert paused["account"] == "main"
    assert precis("resume", "main").returncode == 0
    with closing(Database(database, None)) as opened:
        assert not is_account_paused(opened, "main")
    assert precis("resume", "main").stdout == "The account main is not paused.\n"


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("nesw@lemmy.example", f"Did you mean {NEWS}?"),
        ("news", f"Did you mean {NEWS}?"),
        ("mian", "Did you mean main?"),
        ("zzz", f"Precis knows: cats@lemmy.example, main, {NEWS}."),
    ],
)
def test_a_name_that_is_not_known(precis: Precis, database: Path, name: str, remedy: str) -> None:
    for command in ("pause", "resume"):
        done = precis(command, name)
        assert done.returncode == 1
        assert done.stderr == f"{name} is not a community or an account that Precis knows.\n{remedy}\n"


def test_a_name_of_both(precis: Precis, database: Path) -> None:
    now = datetime.now(UTC)
    with closing(Database(database, now)) as opened:
        post = a_post(1, community="main")
        PostQueue(opened).discover(Source("main", "main"), PollResult((post,), "-"), now)
    done = precis("pause", "main")
    assert done.returncode == 1
    assert "account:main for the account, or r/main for the community" in done.stderr
    assert precis("pause", "r/main").returncode == 0
    assert status_of(database, "main") is SettingsChangeKind.PAUSE
    assert "Paused the account main." in precis("pause", "account:main").stdout


def test_a_community_that_precis_has_left_or_that_banned_it(precis: Precis, database: Path) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    with closing(Database(database, now)) as opened:
        leave = SettingsChange(NEWS, SettingsChangeKind.LEAVE, SettingsSource.MESSAGE, "ann", now, "m")
        CommunitySettingsLog(opened).add(leave)
        MutedCommunities(opened).add(MutedCommunity("main", NEWS, "banned", now))
    assert precis("pause", NEWS).stdout == f"Precis has left {NEWS}, so it does not reply there.\n"
    assert f"Precis has left {NEWS}" in precis("status").stdout
    resumed = precis("resume", NEWS).stdout
    assert f"Resumed {NEWS}." in resumed
    assert f"precis unmute {NEWS}" in resumed


def test_a_community_that_may_come_because_of_everything(precis: Precis, database: Path) -> None:
    write_config(database.parent, CONFIG.replace('communities = ["news", "cats"]', "everything = true"))
    assert precis("pause", "boats@far.example").returncode == 0
    assert status_of(database, "boats@far.example") is SettingsChangeKind.PAUSE
