"""The invariant with Reddit's renderer: for any text, a reader sees only `clean(text)`.

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
from tests.render.readers import Rendered, rendered_html
from tests.render.test_sanitize import TEXTS

HERE = Path(__file__).parent / "snudown"
pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(not (HERE / "node_modules").is_dir(), reason="run `make snudown` first"),
]

RenderHtml = Callable[[str], Rendered]


@pytest.fixture(scope="module")
def render_html() -> Iterator[RenderHtml]:
    node = subprocess.Popen(
        ["node", str(HERE / "render.js")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert node.stdin
    assert node.stdout
    stdin, stdout = node.stdin, node.stdout

    def render_source(source: str) -> Rendered:
        stdin.write(json.dumps(source) + "\n")
        stdin.flush()
        return rendered_html(json.loads(stdout.readline()))

    yield render_source
    stdin.close()
    node.wait(10)
    stdout.close()


def assert_shown_as_plain_text(render_html: RenderHtml, text: str) -> None:
    output = render_html(sanitize(text, Dialect.REDDIT))
    assert (output.text, output.tags) == (clean(text), frozenset())


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_are_shown_as_plain_text(render_html: RenderHtml, text: str) -> None:
    assert_shown_as_plain_text(render_html, text)


def test_any_text_is_shown_as_plain_text(render_html: RenderHtml) -> None:
    @given(TEXTS)
    @settings(max_examples=200, deadline=None)
    def check(text: str) -> None:
        assert_shown_as_plain_text(render_html, text)

    check()


def test_lines_of_one_reply_have_no_combined_effect(render_html: RenderHtml) -> None:
    @given(st.lists(TEXTS, min_size=1, max_size=4))
    @settings(max_examples=100, deadline=None)
    def check(texts: list[str]) -> None:
        lines = [line for line in map(clean, texts) if line]
        output = render_html("\n\n".join(sanitize(line, Dialect.REDDIT) for line in lines))
        assert (output.text.split("\n\n"), output.tags) == (lines or [""], frozenset())

    check()


def test_the_renderer_shows_the_effects_of_unescaped_texts(render_html: RenderHtml) -> None:
    effective = [name for name, text in HOSTILE.items() if render_html(text).tags]
    assert {"inline link", "www", "subreddit", "table", "raw URL"} <= set(effective)
    assert len(effective) >= 30


@pytest.mark.parametrize("layout", Layout)
def test_a_reply_has_only_the_tags_of_its_layout_and_the_footer(
    render_html: RenderHtml, layout: Layout
) -> None:
    sentences = ("One *star* u/somebody.", "Two >!hidden!< [x](https://evil.example).")
    summary = Summary(sentences, article_words=300, summary_words=60, method="lexrank")
    rules = CommunityRules(layout=layout)
    reply = render(
        summary, language="en", rules=rules, dialect=Dialect.REDDIT, source_url="https://home.example/precis"
    )
    assert isinstance(reply, Reply)
    output = render_html(reply.markdown)
    marks = {Layout.PARAGRAPHS: set(), Layout.BULLETS: {"ul", "li"}, Layout.COLLAPSED: {"span"}}[layout]
    assert output.tags == {"a", "hr", "strong"} | marks
    assert clean(sentences[0]) in output.text
