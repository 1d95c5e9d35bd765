"""200 misspelt commands and settings: the share with the right suggestion, and none without an answer."""

from __future__ import annotations

import re
import sys
from collections import Counter

from bot.inbox.commands.vocabulary import normalize, vocabulary
from tests.inbox.commands.conftest import NEWS, CommandHarness
from tests.inbox.commands.misspellings import COUNT, Misspelling, misspellings

LEAST_SHARE = 0.9


def is_right(case: Misspelling, answer: str) -> bool:
    """Whether an answer shows what the author meant."""
    shown = re.findall(r"`([^`]*)`", answer)
    if case.verb is None or case.kind == "missing mark":
        return any(case.wanted in each for each in shown)
    words = {normalize(phrase) for phrase, found in vocabulary().commands.items() if found.verb is case.verb}
    return any(normalize(each).startswith(tuple(words)) for each in shown)


def test_misspelt_commands_and_settings_get_the_right_suggestion(harness: CommandHarness) -> None:
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: list[str] = []
    for case in misspellings(NEWS):
        harness.clock.advance(60)
        answer = harness.send(case.text)
        assert answer, f"no answer to {case.text!r}"
        total[case.kind] += 1
        if is_right(case, answer):
            right[case.kind] += 1
        else:
            wrong.append(f"{case.text!r} -> {answer!r}, meant {case.wanted!r}")
    lines = [f"{kind:<20} {right[kind]:>3} of {count}" for kind, count in total.items()]
    share = right.total() / total.total()
    sys.stdout.write(
        "\n".join(("", *lines, f"{'all':<20} {right.total()} of {total.total()}: {share:.1%}", ""))
    )
    assert total.total() == COUNT
    assert share >= LEAST_SHARE, "\n".join(wrong)
