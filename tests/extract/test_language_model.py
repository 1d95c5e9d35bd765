"""The mapped language model: the same answers as py3langid's own, and always an answer."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import py3langid
import pytest

from bot.extract.language_model import load_identifier, model_name
from bot.operations.cache_folders import cache_folders, last_cache_folder
from tests.extract.test_language_detection import EGYPTIAN, FRENCH, MALAY, NORWEGIAN, SERBO_CROATIAN

TEXTS = (NORWEGIAN, SERBO_CROATIAN, MALAY, EGYPTIAN, FRENCH, "FERRY SOLD", "12 34", "", "\ud800 ferry")
PARTS = [text[start : start + 40] for text in TEXTS for start in range(0, max(1, len(text)), 40)]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cache") / "precis"
    load_identifier([folder])
    return folder


def is_mapped(identifier: object) -> bool:
    return isinstance(getattr(identifier, "tk_nextmove", None), memoryview)


def test_the_mapped_model_gives_the_same_answers(cache: Path) -> None:
    mapped = load_identifier([cache])
    assert is_mapped(mapped)
    assert [mapped.rank(part) for part in PARTS] == [py3langid.rank(part) for part in PARTS]
    assert [mapped.classify(part) for part in PARTS] == [py3langid.classify(part) for part in PARTS]


def test_the_model_is_written_once(cache: Path) -> None:
    before = (cache / model_name()).stat().st_ino
    assert is_mapped(load_identifier([cache.parent / "other", cache]))
    assert [entry.name for entry in cache.iterdir()] == [model_name()]
    assert (cache / model_name()).stat().st_ino == before
    assert not (cache.parent / "other").exists()


def test_mapping_needs_no_memory_of_the_process(cache: Path) -> None:
    """Private memory before and after: the unpacked model has 73 MB."""
    code = (
        "import re, sys; from pathlib import Path; from bot.extract.language_model import load_identifier\n"
        "def private(): return sum(map(int, re.findall(r'Private_\\w+: +(\\d+)', "
        "Path('/proc/self/smaps_rollup').read_text())))\n"
        "before = private(); kept = load_identifier([Path(sys.argv[1])]); print(private() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(cache)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 5_000, "kB"


def test_a_damaged_model_is_replaced(tmp_path: Path, cache: Path) -> None:
    place = tmp_path / model_name()
    load_identifier([tmp_path])
    os.truncate(place / "nextmove.npy", 1_000)
    assert is_mapped(load_identifier([tmp_path]))
    assert (place / "nextmove.npy").stat().st_size == (cache / model_name() / "nextmove.npy").stat().st_size


def test_what_a_killed_process_and_an_old_version_left_is_deleted(tmp_path: Path) -> None:
    for left in ("language-model-abc.partial", "language-model-0.1.0-5"):
        (tmp_path / left).mkdir()
        (tmp_path / left / "ptc.npy").write_bytes(b"half")
    load_identifier([tmp_path])
    assert [entry.name for entry in tmp_path.iterdir()] == [model_name()]


def test_processes_that_start_at_once_all_get_the_model(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bot.extract.language_model import load_identifier\n"
        "print(load_identifier([Path(sys.argv[1])]).classify(sys.argv[2])[0])"
    )

    def detect(_: int) -> str:
        command = [sys.executable, "-c", code, str(tmp_path), FRENCH]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(detect, range(3))) == ["fr"] * 3
    assert [entry.name for entry in tmp_path.iterdir()] == [model_name()]


def test_without_a_folder_that_can_be_written_the_model_is_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, so that no folder can be created in it")
    for folders in ([], [tmp_path / "file" / "precis"]):
        identifier = load_identifier(folders)
        assert not is_mapped(identifier)
        assert identifier.classify(FRENCH)[0] == "fr"


def test_a_model_that_other_users_can_change_is_not_mapped(tmp_path: Path, cache: Path) -> None:
    place = tmp_path / model_name()
    place.symlink_to(cache / model_name())
    assert is_mapped(load_identifier([tmp_path]))
    place.unlink()
    load_identifier([tmp_path])
    place.chmod(0o777)
    load_identifier([tmp_path])
    assert place.stat().st_mode & 0o022 == 0


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({"CACHE_DIRECTORY": "/a:/b", "XDG_CACHE_HOME": "/c"}, ["/a", "/b", "/c/precis"]),
        ({"HOME": "/home/someone"}, ["/home/someone/.cache/precis"]),
        ({"HOME": "/home/someone", "XDG_CACHE_HOME": "relative"}, ["/home/someone/.cache/precis"]),
    ],
)
def test_cache_folders(variables: dict[str, str], wanted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CACHE_DIRECTORY", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert [str(folder) for folder in cache_folders()] == wanted


def test_the_last_folder_is_passed_to_processes_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CACHE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/c")
    with last_cache_folder(Path("/database/cache")):
        assert [str(folder) for folder in cache_folders()][:2] == ["/c/precis", "/database/cache"]
    assert [str(folder) for folder in cache_folders()] == ["/c/precis"]
