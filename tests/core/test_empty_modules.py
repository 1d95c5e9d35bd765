"""A library can be imported without a dependency that it imports and never uses."""

from __future__ import annotations

import sys
from importlib import import_module, metadata, util
from pathlib import Path

import pytest

from bot.core.empty_modules import deferred_module, empty_module, no_entry_points, unavailable_module


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


def test_a_deferred_module_is_loaded_when_it_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "prices.py").write_text("TAX = 7\n", "utf-8")
    (tmp_path / "library_of_shops.py").write_text("import shop.prices as prices\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    names = ("shop", "shop.prices", "library_of_shops")
    with deferred_module("shop.prices"):
        library = import_module("library_of_shops")
        assert not hasattr(library.prices, "TAX")
    assert not {"shop", "shop.prices"} & sys.modules.keys()
    assert library.prices.TAX == 7
    assert {"shop", "shop.prices"} <= sys.modules.keys()
    with deferred_module("shop.prices"):
        assert import_module("shop.prices").TAX == 7
    for name in names:
        monkeypatch.delitem(sys.modules, name)


def test_a_module_of_a_package_that_the_block_loads_is_deferred(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "boats").mkdir()
    (tmp_path / "boats" / "__init__.py").write_text("from .sails import area\n", "utf-8")
    (tmp_path / "boats" / "sails.py").write_text("def area(): return 7\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with deferred_module("boats.sails", "area", of_loaded_package=True):
        library = import_module("boats")
    assert "boats.sails" not in sys.modules
    assert library.area() == 7
    assert "boats.sails" in sys.modules
    for name in ("boats", "boats.sails"):
        monkeypatch.delitem(sys.modules, name)


def test_a_deferred_function_loads_its_module_when_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "prices_of_ships.py").write_text("def price(tons, *, tax): return tons * tax\n", "utf-8")
    (tmp_path / "library_of_ships.py").write_text("from prices_of_ships import price\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with deferred_module("prices_of_ships", "price"):
        library = import_module("library_of_ships")
    assert "prices_of_ships" not in sys.modules
    assert library.price(3, tax=2) == 6
    assert "prices_of_ships" in sys.modules
    for name in ("prices_of_ships", "library_of_ships"):
        monkeypatch.delitem(sys.modules, name)


def test_a_module_can_be_unavailable_inside_the_block_only() -> None:
    sys.modules.pop("colorsys", None)
    with unavailable_module("colorsys"), pytest.raises(ImportError):
        import_module("colorsys")
    loaded = import_module("colorsys")
    with unavailable_module("colorsys"):
        assert import_module("colorsys") is loaded
    assert import_module("colorsys") is loaded


def test_no_package_has_entry_points_inside_the_block() -> None:
    assert list(metadata.entry_points(group="console_scripts"))
    with no_entry_points():
        assert not list(metadata.entry_points(group="console_scripts"))
    assert list(metadata.entry_points(group="console_scripts"))
