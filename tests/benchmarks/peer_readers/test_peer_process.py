"""A peer runs in a process of its own: real processes, with the loop that the runners use."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.peer_readers.peer import RUNNERS
from benchmarks.peer_readers.peer_process import PeerProcess
from bot.core.models import Page

RUNNER = f"""
import os, sys, time
sys.path.insert(0, {str(RUNNERS)!r})
from page_loop import run

calls = []

def read(html, url):
    calls.append(html)
    print("a library prints this")
    if "raise" in html:
        raise ValueError("no text")
    if "hang" in html:
        time.sleep(600)
    if "end" in html:
        os._exit(1)
    if "work" in html:
        start = time.process_time()
        while time.process_time() - start < 0.05:
            pass
    return f"{{html}} {{url}} {{len(calls)}}"

run(read)
"""
Start = Callable[..., PeerProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    file = tmp_path / "runner.py"
    file.write_text(RUNNER, "utf-8")
    started: list[PeerProcess] = []

    def start_peer(**options: object) -> PeerProcess:
        started.append(PeerProcess([sys.executable, str(file)], **options))  # type: ignore[arg-type]
        return started[-1]

    yield start_peer
    for each in started:
        each.close()


def page(html: str) -> Page:
    return Page("https://paper.example/a", html.encode())


def test_each_page_gives_its_text_and_processor_time(start: Start) -> None:
    peer = start()
    first, second = peer.read(page("dünn")), peer.read(page("work"))
    assert (first.text, first.error) == ("dünn https://paper.example/a 1", "")
    assert second.text == "work https://paper.example/a 2"
    assert second.seconds >= 0.05 > first.seconds


def test_the_pages_of_the_warm_up_are_read_first(start: Start) -> None:
    peer = start(warm_up=[page("one"), page("two")])
    assert [peer.read(page("a")).text[-1], peer.read(page("b")).text[-1]] == ["3", "4"]


def test_a_page_on_which_the_peer_fails_is_empty_and_an_error(start: Start) -> None:
    peer = start()
    found = peer.read(page("raise"))
    assert (found.text, found.error) == ("", "ValueError('no text')")
    assert peer.read(page("next")).text.startswith("next")


@pytest.mark.parametrize(("html", "error"), [("hang", "more than 1 s"), ("end", "the process ended")])
def test_a_page_that_the_process_does_not_survive(start: Start, html: str, error: str) -> None:
    peer = start(max_seconds=1)
    found = peer.read(page(html))
    assert found.text == ""
    assert error in found.error
    assert peer.read(page("next")).text == "next https://paper.example/a 1"


def test_html_becomes_a_line_for_each_block(start: Start) -> None:
    peer = start(returns_html=True)
    assert peer.read(page("<p>One.</p><p>Two <b>words</b>.</p>")).text.splitlines()[:2] == [
        "One.",
        "Two words.",
    ]
