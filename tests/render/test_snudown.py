"""The invariant on Reddit's own renderer: whatever the text, a reader sees `clean(text)` and nothing else.

snudown (its npm build, snudown-js) runs in one node process; `make snudown` installs it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.models import Dialect, Layout, Reply, Summary
from bot.render import render
from bot.render.sanitize import clean, sanitize
from bot.rules import CommunityRules
from tests.render.hostile import HOSTILE
from tests.render.readers import Sight, page
from tests.render.test_sanitize import TEXTS

HERE = Path(__file__).parent / "snudown"
pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(not (HERE / "node_modules").is_dir(), reason="run `make snudown` first"),
]

Show = Callable[[str], Sight]


@pytest.fixture(scope="module")
def show() -> Iterator[Show]:
    node = subprocess.Popen(
        ["node", str(HERE / "render.js")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert node.stdin
    assert node.stdout
    stdin, stdout = node.stdin, node.stdout

    def ask(source: str) -> Sight:
        stdin.write(json.dumps(source) + "\n")
        stdin.flush()
        return page(json.loads(stdout.readline()))

    yield ask
    stdin.close()
    node.wait(10)
    stdout.close()


def shows_only_the_text(show: Show, text: str) -> None:
    sight = show(sanitize(text, Dialect.REDDIT))
    assert (sight.text, sight.tags) == (clean(text), frozenset())


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_show_as_text(show: Show, text: str) -> None:
    shows_only_the_text(show, text)


def test_any_text_shows_as_text(show: Show) -> None:
    @given(TEXTS)
    @settings(max_examples=200, deadline=None)
    def check(text: str) -> None:
        shows_only_the_text(show, text)

    check()


def test_texts_of_one_reply_do_not_act_together(show: Show) -> None:
    @given(st.lists(TEXTS, min_size=1, max_size=4))
    @settings(max_examples=100, deadline=None)
    def check(texts: list[str]) -> None:
        lines = [line for line in map(clean, texts) if line]
        sight = show("\n\n".join(sanitize(line, Dialect.REDDIT) for line in lines))
        assert (sight.text.split("\n\n"), sight.tags) == (lines or [""], frozenset())

    check()


def test_the_oracle_sees_what_unescaped_texts_do(show: Show) -> None:
    acting = [name for name, text in HOSTILE.items() if show(text).tags]
    assert {"inline link", "www", "subreddit", "table", "raw URL"} <= set(acting)
    assert len(acting) >= 30


@pytest.mark.parametrize("layout", Layout)
def test_a_reply_has_the_marks_of_its_layout_and_the_footers_link(show: Show, layout: Layout) -> None:
    sentences = ("One *star* u/somebody.", "Two >!hidden!< [x](https://evil.example).")
    summary = Summary(sentences, article_words=300, summary_words=60, method="lexrank")
    rules = CommunityRules(layout=layout)
    reply = render(
        summary, language="en", rules=rules, dialect=Dialect.REDDIT, source_url="https://home.example/precis"
    )
    assert isinstance(reply, Reply)
    sight = show(reply.markdown)
    marks = {Layout.PARAGRAPHS: set(), Layout.BULLETS: {"ul", "li"}, Layout.COLLAPSED: {"span"}}[layout]
    assert sight.tags == {"a", "hr", "strong"} | marks
    assert clean(sentences[0]) in sight.text
