"""`--json`: one object on standard output, with the keys of docs/reference/json.md."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.check_report import level_of
from bot.core.models import CheckResult
from bot.rules import CommunityRules
from bot.sandbox.loopback_server import LoopbackServer, Response
from bot.sandbox.news.page_builder import build_page
from bot.sandbox.sample_history import fill_database
from bot.store import (
    CommunitySettingsLog,
    Database,
    SettingsChange,
    SettingsChangeKind,
    SettingsSource,
    State,
)
from tests.cli.conftest import Done, Precis, write_config

CONFIG = """
[bot]
owner = "me@example.org"

[rules]
words = 80

[lemmy.main]
server = "https://lemmy.example"
username = "precis"
password = "secret"
communities = ["news"]
"""
PAGE = Path(__file__).parents[2] / "docs/reference/json.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A settings file beside a database with the posts of a month."""
    now = datetime.now(UTC)
    database = Database(tmp_path / "precis.db", now - timedelta(days=30))
    fill_database(database, now, 60, days=30)
    database.close()
    write_config(tmp_path, CONFIG)
    return tmp_path


def parsed(done: Done, code: int = 0) -> Any:
    assert done.returncode == code, done
    assert "\x1b" not in done.stdout
    return json.loads(done.stdout)


def documented(heading: str) -> set[str]:
    """The keys in the first table below a heading of the page."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return {key for cell in cells for key in re.findall(r"`(\w+)`", cell)}


def test_status(precis: Precis, folder: Path) -> None:
    status = parsed(precis("status", "--json"))
    assert set(status) == documented("status")
    assert set(status["states"]) == set(State)
    assert sum(status["states"].values()) == 60
    (source,) = status["sources"]
    assert (source["account"], source["community"]) == ("main", "news@lemmy.example")
    assert datetime.fromisoformat(status["last_reply"]["done_at"]).tzinfo is not None


def test_posts_and_why(precis: Precis, folder: Path) -> None:
    listed = parsed(precis("posts", "--state", "skipped", "--limit", "2", "--json"))
    assert set(listed) == {"total", "posts"}
    assert len(listed["posts"]) == 2 < listed["total"]
    post = listed["posts"][0]
    assert set(post) == documented("A post")
    assert post["state"] == "skipped"
    assert post["outcome"]
    assert post["reason"]
    assert parsed(precis("why", post["permalink"], "--json")) == {"posts": [post]}
    assert post in parsed(precis("why", post["post_id"], "--json"))["posts"]


def test_no_posts_are_an_empty_list(precis: Precis, folder: Path) -> None:
    assert parsed(precis("posts", "no-such-word", "--json")) == {"total": 0, "posts": []}


def test_rules(precis: Precis, folder: Path) -> None:
    with_pause = Database(folder / "precis.db", datetime.now(UTC))
    now, kind, place = datetime.now(UTC), SettingsChangeKind.PAUSE, SettingsSource.MESSAGE
    CommunitySettingsLog(with_pause).add(SettingsChange("news@lemmy.example", kind, place, "ann", now, "m"))
    with_pause.close()
    rules = parsed(precis("rules", "!News@lemmy.example", "--json"))
    assert set(rules) == documented("rules")
    assert (rules["community"], rules["status"]) == ("news@lemmy.example", "paused")
    assert set(rules["settings"]) == set(CommunityRules.model_fields)
    assert rules["settings"]["words"] == {"value": 80, "from": "operator"}
    assert rules["settings"]["nsfw"] == {"value": False, "from": "default"}
    assert rules["settings"]["languages"] == {"value": [], "from": "default"}


def test_check_and_doctor_fail_with_their_results(precis: Precis, tmp_path: Path) -> None:
    write_config(tmp_path, CONFIG.replace("https://lemmy.example", "http://127.0.0.1:9"))
    done = precis("check", "--json")
    found = parsed(done, 1)
    assert set(found) == documented("check and doctor")
    assert found["ok"] is False
    assert [each["subject"] for each in found["results"] if each["level"] == "error"] == ["server"]
    assert all(set(each) == {"subject", "level", "text", "remedy"} for each in found["results"])
    assert "checks failed" in done.stderr
    assert parsed(precis("doctor", "--json", "-c", "nowhere.toml"), 1)["ok"] is False


def test_doctor_passes_with_json_only(precis: Precis, tmp_path: Path) -> None:
    with LoopbackServer(lambda request: Response(200, b"")) as server:
        write_config(tmp_path, CONFIG.replace("https://lemmy.example", server.url))
        found = parsed(precis("doctor", "--json"))
    assert found["ok"] is True
    (clock,) = [each for each in found["results"] if each["subject"] == "clock"]
    assert clock["level"] == "warning"  # this server sends no time


def test_a_result_with_a_remedy_is_a_warning() -> None:
    assert level_of(CheckResult("user", True, "not root")) == "ok"
    assert level_of(CheckResult("user", True, "root", "Use another user.")) == "warning"
    assert level_of(CheckResult("user", False, "root", "Use another user.")) == "error"


def test_try_on_an_article(precis_process: Precis, tmp_path: Path) -> None:
    (tmp_path / "bridge.html").write_bytes(build_page("bridge", "https://courier.example/harbour/bridge"))
    found = parsed(precis_process("try", "bridge.html", "--json"))
    assert set(found) == documented("try")
    assert found["skipped"] is None


def test_try_on_a_page_that_gets_no_summary(precis: Precis, tmp_path: Path) -> None:
    (tmp_path / "x.html").write_text("<html><body><p>Hello.</p></body></html>")
    done = precis("try", "x.html", "--json")
    found = parsed(done, 1)
    assert set(found) == {"source", "skipped"}
    assert found["source"] == "x.html"
    assert found["skipped"]["reason"] == "too-short"
    assert found["skipped"]["sentence"] in done.stderr


def test_try_on_a_link_that_cannot_be_fetched(precis: Precis) -> None:
    found = parsed(precis("try", "http://127.0.0.1/", "--json"), 1)
    assert set(found["skipped"]) == {"reason", "sentence", "detail"}


def test_an_error_leaves_standard_output_empty(precis: Precis, folder: Path) -> None:
    for arguments in (("why", "https://lemmy.example/post/0"), ("rules", "nosuch"), ("status", "-c", "none")):
        done = precis(*arguments, "--json")
        assert (done.returncode, done.stdout) == (1, ""), arguments
        assert done.stderr
