"""Install a peer in an environment of its own: a venv, or a folder with `node_modules`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.peer_readers.peer import RUNNERS, Peer

_MAX_SECONDS = 600
"""The most that one command of an installation may take."""


InstalledPeer = tuple[Peer, list[str]]
"""A peer and the command that starts its runner."""


class InstallationError(Exception):
    """A peer could not be installed; the text says why."""


def install_all(peers: Iterable[Peer], folder: Path) -> list[InstalledPeer]:
    """Install the peers below `folder`.

    Prints a line for each peer that cannot be installed, and leaves it out.
    """
    found: list[InstalledPeer] = []
    for peer in peers:
        try:
            found.append((peer, install(peer, folder.absolute() / peer.name)))
        except InstallationError as error:
            print(f"{peer.name} is left out because it could not be installed: {error}")
    return found


def install(peer: Peer, home: Path) -> list[str]:
    """Install a peer in the folder `home`, if it is not there in these versions. Returns the command.

    Raises InstallationError.
    """
    mark = home / "installed.json"
    wanted = json.dumps(peer.packages)
    if not mark.exists() or mark.read_text("utf-8") != wanted:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        (_install_python if peer.language == "python" else _install_node)(peer, home)
        mark.write_text(wanted, "utf-8")
    for file in RUNNERS.glob("*.py" if peer.language == "python" else "*.mjs"):
        shutil.copy(file, home)  # Node looks for packages beside the file that imports them
    program = str(home / "venv/bin/python") if peer.language == "python" else "node"
    return [program, str(home / peer.runner.name)]


def _install_python(peer: Peer, home: Path) -> None:
    venv = home / "venv"
    _run([sys.executable, "-m", "venv", str(venv)], home)

    pip = [str(venv / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--prefer-binary", *(f"{name}=={version}" for name, version in peer.packages)], home)


def _install_node(peer: Peer, home: Path) -> None:
    package = {"private": True, "type": "module", "dependencies": dict(peer.packages)}
    (home / "package.json").write_text(json.dumps(package), "utf-8")
    _run(["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], home)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=_MAX_SECONDS)
    except FileNotFoundError:
        raise InstallationError(f"the program {command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise InstallationError(f"{command[0]} took more than {_MAX_SECONDS} s") from None
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout).strip().splitlines()
        raise InstallationError(
            lines[-1] if lines else f"{command[0]} ended with status {error.returncode}"
        ) from None
