"""`precis demo` from start to end: a daemon process, real HTTP, two runs in one folder."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.demo import run_demo
from bot.sandbox.server_software import ServerSoftware
from bot.store import Database
from bot.store.post_lookup import all_posts

FOOTER = re.compile(
    r"The original article contains \*\*\d+\*\* words, the summary contains \*\*\d+\*\* words\. "
    r"Saved \*\*\d+%\*\*\. \[I'm a bot and I'm open source!\]\(https://[^)\s]+\)$"
)

EVENTS = 12


def test_two_runs_in_one_folder_give_every_post_an_outcome_and_no_second_reply(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_demo(tmp_path, keep_running=False) == 0
    printed = capsys.readouterr().out
    assert printed.count("as it should be") == EVENTS
    assert "wrong" not in printed
    assert f"  precis status -c {tmp_path / 'config.toml'}\n" in printed
    first = json.loads((tmp_path / "replies.json").read_text())
    assert len(first) >= 12
    assert all(FOOTER.search(content) for _, _, content in first)
    assert set(Counter((account, post) for account, post, _ in first).values()) == {1}
    assert {account for account, _, _ in first} == {"demo", "demo-reddit"}
    database = Database(tmp_path / "precis.db", None)
    reports = all_posts(database)
    database.close()
    assert Counter(report.state for report in reports)["deleted"] == 1
    assert {report.state for report in reports} == {"sent", "skipped", "deleted"}
    assert len(first) == sum(report.state == "sent" for report in reports)
    assert all(report.reason for report in reports if report.state == "skipped")
    assert len({report.reason for report in reports}) >= 12

    assert run_demo(tmp_path, keep_running=False) == 0
    assert json.loads((tmp_path / "replies.json").read_text()) == first


@pytest.mark.parametrize(
    ("software", "events"), [(ServerSoftware.LEMMY_1_0, EVENTS), (ServerSoftware.PIEFED, EVENTS + 1)]
)
def test_on_the_other_servers_precis_deals_with_every_event_as_it_should(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], software: ServerSoftware, events: int
) -> None:
    """PieFed has one event more: it adds the links of posts late."""
    assert run_demo(tmp_path, software, keep_running=False) == 0
    printed = capsys.readouterr().out
    assert (printed.count("as it should be"), printed.count("wrong")) == (events, 0)
