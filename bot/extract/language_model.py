"""The model of py3langid, mapped read-only from a cache folder.

py3langid unpacks its model into 73 MB of memory at each start, which takes half a second of processor time.
Here it is unpacked once, into files that are mapped: the kernel loads the parts that are used, and all
processes share them.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
import py3langid
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from bot.operations.cache_folders import cache_folders

_NAME = "language-model"
_ARRAYS = ("ptc", "pc", "classes", "nextmove", "row_starts", "output")
_STATES_IN_ROW = 256


class _MappedIdentifier(LanguageIdentifier):  # type: ignore[misc]
    """py3langid's identifier over the mapped arrays of `folder`.

    Raises `OSError` or `ValueError` if an array is missing or incomplete.
    """

    def __init__(self, folder: Path) -> None:
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS}
        super().__init__(
            np.asarray(arrays["ptc"]),
            np.asarray(arrays["pc"]),
            arrays["classes"].tolist(),
            # a view returns plain integers, which numpy's arrays do not
            memoryview(arrays["nextmove"]),
            memoryview(arrays["output"]),
            tk_row=(),
        )
        self._rowbase = memoryview(arrays["row_starts"])  # py3langid builds a list of 4 MB from `tk_row`


@cache
def language_identifier() -> LanguageIdentifier:
    """The identifier of this process, from a cache folder if one can be written or has the model already."""
    return load_identifier(cache_folders())


def load_identifier(folders: Iterable[Path]) -> LanguageIdentifier:
    """Map the model from the first of `folders` that has it; else unpack it into the first that allows it.

    Without such a folder, the model is in the memory of this process. The answers are the same.
    """
    places = [folder / model_name() for folder in folders]
    for place in places:
        with suppress(OSError, ValueError):
            return _map(place)
    unpacked = LanguageIdentifier.from_model_file(MODEL_FILE)
    for place in places:
        with suppress(OSError, ValueError):
            _write(unpacked, place)
            return _map(place)
    return unpacked


def model_name() -> str:
    """The name of the folder of the unpacked model. It differs for each version of the model."""
    return f"{_NAME}-{py3langid.__version__}-{(MODEL_DIR / MODEL_FILE).stat().st_size}"


def _map(place: Path) -> LanguageIdentifier:
    """Raises `OSError` or `ValueError`."""
    found = place.stat()
    if found.st_uid not in (0, os.geteuid()) or stat.S_IMODE(found.st_mode) & 0o022:
        raise PermissionError(f"{place} can be changed by another user")
    return _MappedIdentifier(place)


def _write(identifier: LanguageIdentifier, place: Path) -> None:
    """Write the arrays into a new folder, then give it its name.

    A process that is killed, or two that do this at once, leave either the complete folder or none with this
    name. Raises `OSError`.
    """
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f"{_NAME}-", suffix=".partial", dir=place.parent))
    try:
        for name, values in _arrays_of(identifier).items():
            with (partial / f"{name}.npy").open("wb") as file:
                np.save(file, values, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())  # else a power cut could leave zeros in a file of the right size
        try:
            partial.rename(place)
        except OSError:  # one exists already: another process was faster, or it is damaged
            shutil.rmtree(place, ignore_errors=True)
            partial.rename(place)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    for other in place.parent.glob(f"{_NAME}-*"):  # of another version, or of a process that was killed
        if other != place:
            shutil.rmtree(other, ignore_errors=True)


def _arrays_of(identifier: LanguageIdentifier) -> dict[str, np.ndarray]:
    return {
        "ptc": identifier.nb_ptc,
        "pc": identifier.nb_pc,
        "classes": np.array(identifier.nb_classes),
        "nextmove": np.asarray(identifier.tk_nextmove),
        "row_starts": np.asarray(identifier.tk_row, dtype=np.uint32) * _STATES_IN_ROW,
        "output": np.asarray(identifier.tk_output, dtype=np.int32),
    }
