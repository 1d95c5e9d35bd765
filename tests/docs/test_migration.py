"""What the page about the migration says: replies of another bot with the same account count."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event

from bot.config import load
from bot.config.first_config import first_config_text
from bot.config.init_questions import Answers
from bot.core.time_limit import TimeLimit
from bot.daemon.app import App
from bot.rules import CommunityRules
from bot.sandbox.environment import SandboxEnvironment
from bot.sandbox.fast_tuning import fast_tuning
from bot.store import State
from tests.docs.page_blocks import ROOT

PAGE = (ROOT / "docs/how-to/migrate-from-autotldr.md").read_text(encoding="utf-8")
OLD_REPLY = "This is the best summary I could come up with:\n\nThe bridge opens in June.\n\nI'm a bot."


def run_once(sandbox: SandboxEnvironment) -> None:
    local = frozenset({sandbox.site.url.removeprefix("http://")})
    with App(load(sandbox.config_path, {}), fast_tuning(local, 0.0, None, None)) as app:
        app.run_once(TimeLimit.start(Event(), 60))


def test_a_reply_of_the_old_bot_with_the_same_account_is_taken_as_its_own(tmp_path: Path) -> None:
    with SandboxEnvironment(tmp_path / "sandbox") as sandbox:
        state = sandbox.fediverse.state
        links = sandbox.article_urls()[:2]
        answered, new = (
            state.add_post(sandbox.communities[0], sandbox.alice, f"Post {number}", link)
            for number, link in enumerate(links)
        )
        state.add_comment(answered, sandbox.bot, OLD_REPLY)
        run_once(sandbox)
        replies: dict[int, list[str]] = {answered.id: [], new.id: []}
        for comment in state.all_comments():
            replies[comment.post.id].append(comment.content)
        reports = {report.permalink: report for report in sandbox.post_reports()}
    assert replies[answered.id] == [OLD_REPLY]
    assert len(replies[new.id]) == 1
    assert {report.state for report in reports.values()} == {State.SENT}


def test_the_settings_that_the_page_names_exist() -> None:
    text = first_config_text(Answers(owner="you@example.org", server="https://lemmy.example", username="b"))
    fields = set(CommunityRules.model_fields)
    rows = re.findall(r"^\| `[^|]+ \| ([^|]+) \|", PAGE[PAGE.index("## Settings") :], re.MULTILINE)
    assert len(rows) >= 12
    for name in {name for row in rows for name in re.findall(r"`(\w+)(?: = [^`]+)?`", row)}:
        assert name in fields or re.search(rf"^(# )?{name} = ", text, re.MULTILINE), name
