"""A library can be imported without a dependency that it imports and never uses."""

from __future__ import annotations

import sys
from importlib import import_module, util
from pathlib import Path

import pytest

from bot.core.empty_modules import empty_module


def test_a_module_that_is_not_installed_can_be_imported_inside_the_block_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "library_of_pictures.py").write_text("from not_installed import Image, draw\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with empty_module("not_installed", Image=None, draw=str):
        library = import_module("library_of_pictures")
    monkeypatch.delitem(sys.modules, "library_of_pictures")
    assert (library.Image, library.draw) == (None, str)
    assert "not_installed" not in sys.modules
    assert util.find_spec("not_installed") is None


def test_the_real_module_can_be_imported_afterwards_also_if_the_block_fails() -> None:
    sys.modules.pop("colorsys", None)
    with pytest.raises(ZeroDivisionError), empty_module("colorsys"):
        raise ZeroDivisionError
    assert import_module("colorsys").rgb_to_hls(0, 0, 0)[1] == 0


def test_a_module_that_is_loaded_already_stays() -> None:
    loaded = import_module("colorsys")
    with empty_module("colorsys"):
        assert import_module("colorsys") is loaded
    assert import_module("colorsys") is loaded
