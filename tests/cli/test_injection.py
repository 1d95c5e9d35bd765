"""Untrusted text on a terminal: it must not move the cursor or forge lines."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from bot.cli import exit_codes, status
from bot.cli.status_text import Status, status_object
from bot.cli.terminal import escaped, printable, to_json
from bot.core.errors import PlatformError, UserError
from bot.core.skip_reasons import SkipReason
from bot.notices.condition_kinds import Condition, ConditionKind
from bot.store import SettingsChange, SettingsChangeKind, SettingsSource
from bot.store.active_pauses import Pauses
from bot.store.cluster_report import ClusterReport
from bot.store.mutes import MutedCommunity
from bot.store.post_reports import PostReport
from bot.store.post_states import State
from bot.store.status_reports import FailedDeletions, PendingReplies, SourceReport, StatusReport
from tests.conftest import START

HOSTILE = (
    "\x1b]0;owned\x07\x1b[2J\r\nAccount main: all is well\u202e\x9b31m[red]x[/red] [link=http://x]y[/]\\"
)
STYLES = re.compile(r"\x1b\[[0-9;]*m")
TEXTS = st.one_of(st.text(max_size=40), st.sampled_from([HOSTILE, "[", "\\", "[/]", "\\[/red]", "[red]\\"]))


def a_report(text: str) -> PostReport:
    return PostReport(
        account=text, community=text, permalink=text, title=text, state=State.SKIPPED,
        reason=SkipReason.REFUSED, error=text, attempts=1, sends=1, published=START, discovered_at=START,
        due_at=START, done_at=START, saved=1, article_words=1, summary_words=1, comment_url=text,
    )  # fmt: skip


def assert_printable(written: str) -> None:
    for line in STYLES.sub("", written).split("\n"):
        assert line.isprintable(), repr(line)


@given(TEXTS)
def test_tables_and_lines_show_untrusted_text_without_control_characters(text: str) -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=400)
    console.print(escaped(text), soft_wrap=True, highlight=False)
    table = Table("what")
    table.add_row(escaped(text))
    console.print(table)
    assert_printable(stream.getvalue())
    first = STYLES.sub("", stream.getvalue()).split("\n")[0]
    assert first.rstrip("\\ ") == printable(text).rstrip("\\ ")  # rich may double a backslash at the end


@given(TEXTS)
def test_status_and_why_show_nothing_hostile(text: str) -> None:
    report = a_report(text)
    totals = StatusReport(
        states={State.SENT: 1}, reasons={SkipReason.REFUSED: 1},
        sources=(SourceReport(text, START, text),), account_errors={text: text},
        mutes=(MutedCommunity(text, text, text, START),), plans=(PendingReplies(text, text, 1, START),),
        failed_deletions=(FailedDeletions(text, 2, START, text, 3, text),),
        last_reply=report, oldest_waiting=report,
    )  # fmt: skip
    conditions = (Condition(ConditionKind.BAN, text, text, text),)
    stream = io.StringIO()
    console, now = Console(file=stream, force_terminal=True, width=200), START + timedelta(hours=1)
    left = SettingsChange(text, SettingsChangeKind.LEAVE, SettingsSource.MESSAGE, text, START, text)
    pauses = Pauses({text: START}, (left,))
    shown = Status(totals, conditions, pauses, ClusterReport())
    status._print_status(console, shown, NoSources(), now)  # type: ignore[arg-type]
    assert_printable(stream.getvalue())
    assert_printable(to_json(status_object(shown, NoSources(), now)))  # type: ignore[arg-type]


class NoSources:
    def sources(self) -> tuple[()]:
        return ()


@given(TEXTS, TEXTS)
def test_errors_and_bugs_show_nothing_hostile(text: str, remedy: str) -> None:
    for error in (UserError(text, remedy), PlatformError(text), ValueError(text)):
        stream = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stderr", stream)
            with pytest.raises(SystemExit), exit_codes.exit_codes():
                raise error
        assert_printable(stream.getvalue())


@given(TEXTS)
def test_json_is_json_and_shows_nothing_hostile(text: str) -> None:
    written = to_json({"title": text, "sentences": [text]})
    assert_printable(written)
    assert json.loads(written) == {"title": text, "sentences": [text]}
