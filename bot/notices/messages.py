"""The message to a target: several notices as lines of plain text. Each form escapes it as it needs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from bot.core.single_line import single_line
from bot.notices.changes import Notice
from bot.notices.conditions import duration_text
from bot.operations.redaction import redact_secrets
from bot.store.condition_states import ConditionState

MAX_LINES = 20
MAX_SENTENCE_LENGTH = 400
MAX_SUBJECT_LENGTH = 100
TITLE = "Precis"


class NoticeLine(Struct, frozen=True):
    """One line of a message, and its parts for programs."""

    event: str
    """`begin`, `over` or `test`."""
    kind: str
    subject: str
    sentence: str
    began_at: datetime
    over_since: datetime | None = None

    @property
    def text(self) -> str:
        if self.event == "test":
            return self.sentence
        if self.over_since is None:
            return f"Problem: {self.subject}: {self.sentence}"
        lasted = duration_text(self.over_since - self.began_at)
        return f"Over after {lasted}: {self.subject}: {self.sentence}"


class Message(Struct, frozen=True):
    """What is sent to a target at once. It has no line breaks in a line and no secrets."""

    lines: tuple[NoticeLine, ...]
    left_out: int = 0

    @property
    def title(self) -> str:
        begun = sum(line.event == "begin" for line in self.lines) + self.left_out
        if any(line.event == "test" for line in self.lines):
            return f"{TITLE}: test"
        if not begun:
            return f"{TITLE}: a problem is over" if len(self.lines) == 1 else f"{TITLE}: problems are over"
        return (
            f"{TITLE}: 1 problem needs attention"
            if begun == 1
            else f"{TITLE}: {begun} problems need attention"
        )

    @property
    def texts(self) -> tuple[str, ...]:
        more = (f"And {self.left_out} more: see precis status.",) if self.left_out else ()
        return (*(line.text for line in self.lines), *more)


def message_of(notices: Iterable[Notice]) -> Message:
    """The message for these notices: problems first."""
    ordered = sorted(notices, key=lambda notice: notice.is_over)
    lines = tuple(_line_of(notice.state, notice.is_over) for notice in ordered[:MAX_LINES])
    return Message(lines, max(len(ordered) - MAX_LINES, 0))


def _line_of(state: ConditionState, is_over: bool) -> NoticeLine:
    return NoticeLine(
        event="over" if is_over else "begin",
        kind=state.kind,
        subject=single_line(redact_secrets(state.subject), MAX_SUBJECT_LENGTH),
        sentence=single_line(redact_secrets(state.sentence), MAX_SENTENCE_LENGTH),
        began_at=state.began_at,
        over_since=state.over_since if is_over else None,
    )


def test_message(now: datetime) -> Message:
    """The message of `precis notify --test`."""
    sentence = "This is a test. Precis sends you a message here when something needs attention."
    return Message((NoticeLine("test", "test", TITLE, sentence, now),))
