"""The ways to read a page that `benchmarks.extraction` compares: a page in; text, step and error out.

Each reader alone has the page as it came. The vote, the cascade and the block model alone have what
`bot.extract` has: the clean tree, no captions, the clean-up by lines.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.page_corpus import Sample
from bot.core.models import Page
from bot.extract import extract
from bot.extract.block_selection import (
    THRESHOLDS,
    Choice,
    Evidence,
    Setting,
    by_agreement,
    by_model,
    by_vote,
    weigh,
)
from bot.extract.blocks import split
from bot.extract.charset import decode
from bot.extract.cleanup import dropped
from bot.extract.extractor import clean
from bot.extract.html_tree import parse
from bot.extract.page_facts import see
from bot.extract.paragraphs import paragraphs
from bot.extract.readers import Desk, Document

Read = Callable[[Page], tuple[str, str, str]]
_LIMITS = replace(THRESHOLDS["best"], votes=3)
_CASCADE = replace(_LIMITS, agree=0.80)
_NEWSPAPER4K = """
import json, logging, sys, time
logging.disable(logging.CRITICAL)
import newspaper
for line in sys.stdin:
    job = json.loads(line)
    start = time.process_time()
    try:
        article = newspaper.Article(job["url"] or "http://localhost/", fetch_images=False)
        article.download(input_html=job["html"])
        article.parse()
        text, error = article.text, ""
    except Exception as problem:
        text, error = "", repr(problem)
    print(json.dumps([text, error, time.process_time() - start]), flush=True)
"""


def alone(name: str) -> Read:
    """A single reader, on the page as it came."""

    def read(page: Page) -> tuple[str, str, str]:
        root = parse(decode(page.content, page.content_type))
        if root is None:
            return "", "", "empty"
        reading = Desk(Document(page.url, root)).read(name)
        return reading.text, "", reading.error

    return read


def steps(choose: Callable[[Evidence], Choice | None]) -> Read:
    """Some steps of the cascade without the others; no choice is an empty answer."""

    def read(page: Page) -> tuple[str, str, str]:
        root = parse(decode(page.content, page.content_type))
        if root is None:
            return "", "", "empty"
        title = see(page, root).facts.title
        clean(root, page.url)
        blocks = split(root)
        choice = choose(weigh(blocks, Desk(Document(page.url, root)))) if len(blocks) else None
        if choice is None:
            return "", "", ""
        lines = [one.text for one in paragraphs(blocks, np.flatnonzero(choice.keep).tolist())]
        out = dropped(lines, title)
        return "\n".join(line for at, line in enumerate(lines) if at not in out), choice.step, ""

    return read


def vote(evidence: Evidence) -> Choice:
    """The blocks that three of the five readers have."""
    return by_vote(evidence, _LIMITS)


def cascade(evidence: Evidence) -> Choice:
    """precise where it shares four fifths of its words with resiliparse, elsewhere the vote."""
    return by_agreement(evidence, _CASCADE) or by_vote(evidence, _LIMITS)


def block_model(evidence: Evidence) -> Choice | None:
    """The block model however unsure it is; no choice where it keeps fewer than 60 words."""
    return by_model(evidence, replace(_LIMITS, sure=0.0))


def ours(setting: Setting) -> Read:
    def read(page: Page) -> tuple[str, str, str]:
        told = extract(page, setting=setting, explain=True)
        return told.answer.text, told.step or "refused early", ""

    return read


def newspaper4k(python: str, wanted: Sequence[Sample]) -> list[tuple[str, str, float]]:
    """Text, error and seconds of each page, from an environment that has newspaper4k."""
    jobs = "\n".join(
        json.dumps({"url": sample.url, "html": sample.page.content.decode("utf-8", "replace")})
        for sample in wanted
    )
    done = subprocess.run(
        [python, "-c", _NEWSPAPER4K], input=jobs, capture_output=True, text=True, check=True
    )
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]
