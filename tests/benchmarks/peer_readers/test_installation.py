"""A peer that cannot be installed is named and left out; the others are measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.peer_readers.installation import install_all
from benchmarks.peer_readers.peer import PEERS, Peer


def mark_as_installed(peer: Peer, folder: Path) -> None:
    home = folder / peer.name
    home.mkdir(parents=True)
    (home / "installed.json").write_text(json.dumps(peer.packages), "utf-8")


def test_an_installed_peer_is_kept_and_gets_the_runner_of_today(tmp_path: Path) -> None:
    for peer in PEERS:
        mark_as_installed(peer, tmp_path)
        (tmp_path / peer.name / "kept").touch()
    found = install_all(PEERS, tmp_path)
    assert [peer for peer, _ in found] == list(PEERS)
    for peer, command in found:
        assert (tmp_path / peer.name / "kept").exists()
        assert Path(command[-1]).read_bytes() == peer.runner.read_bytes()
        assert (Path(command[-1]).parent / f"page_loop{peer.runner.suffix}").exists()


def test_a_peer_that_cannot_be_installed_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    python, node = PEERS[0], PEERS[-1]
    mark_as_installed(python, tmp_path)
    assert [peer for peer, _ in install_all([node, python], tmp_path)] == [python]
    assert capsys.readouterr().out == (
        f"{node.name} is left out because it could not be installed: the program npm is not installed\n"
    )


def test_other_versions_are_installed_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    mark_as_installed(PEERS[-1], tmp_path)
    assert install_all([replace(PEERS[-1], packages=(("linkedom", "0.18.11"),))], tmp_path) == []


def test_the_versions_are_exact() -> None:
    assert all(version[0].isdigit() for peer in PEERS for _, version in peer.packages)
    assert all(peer.runner.exists() for peer in PEERS)
