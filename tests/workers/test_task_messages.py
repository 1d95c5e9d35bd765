"""Tests of the JSON between the daemon and a worker: every value survives, and nothing else is accepted."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import Any

import pytest
from msgspec.structs import fields, replace

from bot.core.models import (
    Article,
    ArticleTrait,
    Digest,
    LengthLimits,
    NotArticle,
    Page,
    ParagraphKind,
    ScoredSentence,
    Summary,
)
from bot.core.skip_reasons import SkipReason
from bot.workers.frames import FrameTooLargeError, receive_frame, send_frame
from bot.workers.rights import Confinement
from bot.workers.task_messages import (
    EXPLANATION_FACTOR,
    MAX_COMMAS,
    MAX_CONTAINERS,
    MAX_SENTENCES,
    MIN_RESULT_LIMIT,
    InvalidMessageError,
    Task,
    TaskFault,
    TaskResult,
    decode_confinement,
    decode_result,
    decode_task,
    encode_result,
    encode_task,
    result_limit,
)

ARTICLE = Article(
    'Boats "in" the harbour',
    "One.\n\nZwei – drei.\n\n四。",
    "en",
    0.75,
    900,
    "https://paper.example/boats",
    "https://paper.example/b",
    "A. Mason",
    "2026-03-04",
    "The Paper",
    (ParagraphKind.PARAGRAPH, ParagraphKind.LIST_ITEM, ParagraphKind.QUOTE),
    frozenset({ArticleTrait.LIVE, ArticleTrait.OPINION}),
)
SCORED = ScoredSentence("One.", 0.5, picked=True, why="first", features=(("length", 1.0), ("place", -2.5)))
SUMMARY = Summary(("One.", "四。"), 900, 20, "precis", (SCORED,), SkipReason.TOO_SHORT)
DIGEST = Digest(ARTICLE, SUMMARY, ("a note",), ("boats", "harbour"), 4)


@pytest.mark.parametrize(
    "result",
    [
        TaskResult(digest=DIGEST),
        TaskResult(digest=replace(DIGEST, article=Article("", "", "", 0, 0), notes=())),
        TaskResult(not_article=NotArticle(SkipReason.TOO_SHORT, "30 words", notes=("x",))),
        TaskResult(fault=TaskFault("ValueError: no", ("extract.py:3 extract",))),
    ],
)
def test_a_result_is_the_same_after_its_journey(result: TaskResult) -> None:
    assert decode_result(encode_result(result)) == result


def test_the_example_sets_every_field() -> None:
    """So that a new field of a model cannot be lost on the journey without a failing test."""
    for value in (ARTICLE, SCORED, SUMMARY, DIGEST):
        for field in fields(value):
            assert getattr(value, field.name), field.name


def test_a_task_is_the_same_after_its_journey() -> None:
    page = Page("https://paper.example/\udcff", b"\x00\xff", "text/html; charset=x", "https://p.example/")
    for title in (None, "", "A title"):
        asked = replace(page, self_post_title=title)
        task = Task(asked, LengthLimits(3, 80, 0.5), "lexrank", explain=True)
        assert decode_task(*encode_task(task)) == task


def test_what_was_applied_is_the_same_after_its_journey() -> None:
    applied = Confinement(6, seccomp=True, root=True, failures=("Landlock could not be applied: no",))
    assert decode_confinement(encode_result(applied)) == applied


def changed(*path: str | int, to: object) -> bytes:
    """The JSON of a digest with one value replaced."""
    tree: Any = json.loads(encode_result(TaskResult(digest=DIGEST)))
    *parents, last = path
    place = tree
    for step in parents:
        place = place[step]
    place[last] = to
    return json.dumps(tree).encode()


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\x80\x04N.",  # a pickle of None
        b"!!python/object/apply:os.getpid []",  # YAML
        encode_result(TaskResult()),
        encode_result(TaskResult(DIGEST, NotArticle(SkipReason.NOT_TEXT))),
        b"[" * 1_000_000,
        changed("digest", "article", "text", to=7),
        changed("digest", "article", "text", to=None),
        changed("digest", "article", "confidence", to=1.5),
        changed("digest", "article", "confidence", to=float("nan")),
        changed("digest", "article", "word_count", to=-1),
        changed("digest", "article", "word_count", to="9"),
        changed("digest", "article", "paragraph_kinds", to=["no kind"]),
        changed("digest", "summary", "article_words", to=10**30),
        changed("digest", "summary", "sentences", to="One."),
        changed("digest", "summary", "sentences", to=["x"] * (MAX_SENTENCES + 1)),
        changed("digest", "summary", "scored", 0, "score", to=float("inf")),
        changed("digest", "summary", "scored", 0, "features", to=[["length", float("nan")]]),
        changed("digest", "article", to="\ud800"),
        encode_result(TaskResult(not_article=NotArticle(SkipReason.NOT_TEXT))).replace(b"not-text", b"why"),
    ],
)
def test_anything_else_is_refused(message: bytes) -> None:
    with pytest.raises(InvalidMessageError):
        decode_result(message)


def test_the_limit_grows_with_the_page() -> None:
    def limit(size: int, *, explain: bool) -> int:
        return result_limit(Task(Page("", b"x" * size), LengthLimits(), "precis", explain))

    assert limit(1, explain=False) == MIN_RESULT_LIMIT
    assert limit(20_000_000, explain=False) == 80_000_000
    assert limit(1, explain=True) == EXPLANATION_FACTOR * MIN_RESULT_LIMIT


def test_a_message_that_is_too_long_is_refused_before_it_is_read() -> None:
    reading, writing = os.pipe()
    try:
        send_frame(writing, b"x" * 100)
        with pytest.raises(FrameTooLargeError):
            receive_frame(reading, 99)
    finally:
        os.close(reading)
        os.close(writing)


def filled(unit: str, times: int) -> bytes:
    return b'{"digest":[' + (unit * times).encode() + b"0]}"


@pytest.mark.parametrize(
    "message",
    [
        filled('["x"],', MIN_RESULT_LIMIT // 6),
        filled('{"a":0},', MIN_RESULT_LIMIT // 8),
        filled("1,", MIN_RESULT_LIMIT // 2),
        filled('{"a":0},', MAX_CONTAINERS - 2),
        filled("1,", MAX_COMMAS),
        b'{"not_article":{"reason":"gone","detail":"' + b"\\u0061" * (MIN_RESULT_LIMIT // 6) + b'"}, "x":0}',
    ],
    ids=["lists", "objects", "numbers", "most objects", "most numbers", "escapes"],
)
def test_the_worst_result_does_not_hold_the_daemon(message: bytes) -> None:
    """Measured in processor time, the least of three. The limit leaves room for a machine under load."""
    times = []
    for _ in range(3):
        started = time.thread_time()
        with suppress(InvalidMessageError):
            decode_result(message)
        times.append(time.thread_time() - started)
    assert min(times) < 0.2


def test_a_deeply_nested_field_that_is_not_known_is_refused() -> None:
    with pytest.raises(InvalidMessageError, match="recursion"):
        decode_result(b'{"unknown": ' + b"[" * 5_000 + b"]" * 5_000 + b"}")
