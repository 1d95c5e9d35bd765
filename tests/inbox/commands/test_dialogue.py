"""The dialogue of the docs page, held over real HTTP on every platform."""

from __future__ import annotations

from pathlib import Path

from bot.inbox.commands.docs_page import OUTPUT_PATH, dialogues_of
from bot.sandbox.piefed import PieFedSandbox
from tests.inbox.commands.dialogue import hold_dialogue, render_dialogue
from tests.inbox.servers import LemmyServer, PlatformServer, RedditServer

MAX_LINES = 8
MAX_CHARACTERS = 600


def test_the_dialogue_is_short_and_the_docs_have_its_transcript(server: PlatformServer) -> None:
    turns = hold_dialogue(server)
    for turn in turns:
        if turn.step.changes_one_setting:
            assert turn.answer.count("\n") + 1 <= MAX_LINES, turn.answer
            assert len(turn.answer) <= MAX_CHARACTERS, turn.answer
            assert " → " in turn.answer or "`+ " in turn.answer, turn.answer
    kind = _kind_in_docs(server)
    if kind is not None:
        page = (Path(__file__).parents[3] / OUTPUT_PATH).read_text(encoding="utf-8")
        assert dialogues_of(page)[kind] == render_dialogue(turns), "run: make reference"


def _kind_in_docs(server: PlatformServer) -> str | None:
    if isinstance(server, RedditServer):
        return "reddit"
    assert isinstance(server, LemmyServer)
    is_lemmy = not isinstance(server.sandbox, PieFedSandbox) and server.sandbox.version.startswith("0.")
    return "lemmy" if is_lemmy else None
