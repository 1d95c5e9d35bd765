"""Any text as a sentence of a reply, a title or a footer line: a reader sees only `clean(text)`."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from bot.core.models import Dialect
from bot.render.sanitize import clean, sanitize
from tests.fuzz.target import Target
from tests.render.hostile import HOSTILE
from tests.render.piefed_reader import render_on_piefed
from tests.render.readers import (
    MENTION,
    Rendered,
    lemmy,
    old_client_links,
    rendered,
    rendered_html,
    without_smart_quotes,
)
from tests.render.test_sanitize import PIECES, TEXTS

SNUDOWN = Path(__file__).parents[1] / "render" / "snudown"
PLAIN, LEMMY_UI = lemmy(typographer=False), lemmy(typographer=True)
_hostile = st.sampled_from(list(HOSTILE.values()))
VALUES = st.one_of(
    TEXTS,
    st.lists(st.one_of(PIECES, _hostile, st.text(max_size=6)), max_size=12).map("".join),
    st.tuples(_hostile, st.integers(0, 60), _hostile).map(
        lambda drawn: drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] :]
    ),
)


@cache
def _snudown() -> subprocess.Popen[str] | None:
    """Reddit's own renderer, if `make snudown` has installed it."""
    if shutil.which("node") is None or not (SNUDOWN / "node_modules").is_dir():
        return None
    return subprocess.Popen(
        ["node", str(SNUDOWN / "render.js")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def render_on_reddit(source: str) -> Rendered | None:
    node = _snudown()
    if node is None:
        return None
    assert node.stdin
    assert node.stdout
    node.stdin.write(json.dumps(source) + "\n")
    node.stdin.flush()
    return rendered_html(json.loads(node.stdout.readline()))


def check(text: str) -> None:
    wanted = clean(text)
    assert clean(wanted) == wanted
    source = sanitize(text, Dialect.LEMMY)
    plain, shaped = rendered(PLAIN, source), rendered(LEMMY_UI, source)
    assert (plain.text, plain.tags) == (wanted, frozenset())
    assert (without_smart_quotes(shaped.text), shaped.tags) == (without_smart_quotes(wanted), frozenset())
    assert not old_client_links(source)
    piefed = sanitize(text, Dialect.PIEFED)
    for shown in (render_on_piefed(piefed), rendered(LEMMY_UI, piefed)):  # Lemmy gets copies from PieFed
        assert (without_smart_quotes(shown.text), shown.tags) == (without_smart_quotes(wanted), frozenset())
    reddit = sanitize(text, Dialect.REDDIT)
    assert not MENTION.search(source + piefed + reddit)
    sight = render_on_reddit(reddit)
    assert sight is None or (sight.text, sight.tags) == (wanted, frozenset())


TARGET = Target("texts", VALUES, check, 150)
