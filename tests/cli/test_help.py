"""`precis --help`, and tables on a terminal of 80 columns."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.options import ACT, LOOK, MAINTAIN, RUN, SET_UP, TRY_OUT
from bot.core.models import PollResult, Source
from bot.store import Database, PostQueue
from tests.cli.conftest import ROOT, Precis, write_config
from tests.cli.test_json_output import CONFIG
from tests.conftest import a_post
from tests.preloaded import run_preloaded


def test_every_command_is_in_a_group(precis: Precis) -> None:
    groups = re.findall(r"╭─ ([\w ]+?) ─", precis("--help").stdout)
    assert groups == ["Options", SET_UP, RUN, LOOK, ACT, MAINTAIN, TRY_OUT]


def test_no_address_is_cut_at_80_columns(tmp_path: Path) -> None:
    write_config(tmp_path, CONFIG)
    now = datetime.now(UTC)
    post = a_post(1, url="https://paper.example/" + "a" * 90, title="T" * 70)
    database = Database(tmp_path / "precis.db", now)
    queue = PostQueue(database)
    queue.discover(Source("main", "news@lemmy.example"), PollResult((post,), "-"), now)
    queue.record_poll_error(Source("main", "news@lemmy.example"), "https://lemmy.example/" + "b" * 90)
    database.close()
    for command, wanted in (("status", "b" * 90), ("posts", "T" * 70), ("posts", post.permalink)):
        done = run_preloaded(
            [sys.executable, "-m", "bot", command],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"},
            stdin=subprocess.DEVNULL,
            timeout=100,
            check=True,
        )
        assert "…" not in done.stdout
        columns = [line.split("│") for line in done.stdout.splitlines() if "│" in line]
        joined = ["".join(cells).replace(" ", "") for cells in zip(*columns, strict=False)]
        assert any(wanted in column for column in joined), done.stdout
    assert f" {post.id} " in done.stdout
