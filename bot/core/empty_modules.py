"""Let a library be imported without a dependency that it imports and that Precis never uses.

requirements.lock leaves these dependencies out (see requirements-excluded.txt). Where they are installed,
they are not loaded either, so that every installation behaves alike.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


@contextmanager
def empty_module(name: str, **attributes: object) -> Iterator[None]:
    """Inside the block, `import name` gives a module that has only `attributes`.

    Modules that were imported in the block keep it; afterwards `import name` works as before. A module `name`
    that is loaded already is left as it is.
    """
    if name in sys.modules:
        yield
        return
    module = ModuleType(name)
    vars(module).update(attributes)
    sys.modules[name] = module
    try:
        yield
    finally:
        del sys.modules[name]


@contextmanager
def deferred_module(name: str, *functions: str, of_loaded_package: bool = False) -> Iterator[None]:
    """Inside the block, `import name` gives a module that has only `functions` until the block ends.

    Later it loads the real module when it is used, or when one of the functions is called. A function can
    also be a class that is only called. Modules that were imported in the block keep it. A module `name` that
    is loaded already is left as it is. Its packages are deferred too, unless the block itself loads them.
    """
    if name in sys.modules:
        yield
        return

    def attribute(wanted: str) -> object:
        if inside_block:  # the import below would give this module again
            raise AttributeError(f"module {name!r} has no attribute {wanted!r} yet")
        return getattr(import_module(name), wanted)

    inside_block = True
    parts = name.split(".")
    with ExitStack() as stack:
        for end in range(1, 1 if of_loaded_package else len(parts)):
            stack.enter_context(empty_module(".".join(parts[:end])))
        deferred = {each: _deferred_function(name, each) for each in functions}
        stack.enter_context(empty_module(name, __getattr__=attribute, **deferred))
        yield
    inside_block = False


@contextmanager
def unavailable_module(name: str) -> Iterator[None]:
    """Inside the block, `import name` fails as if it was not installed. A loaded module stays available."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment] # https://docs.python.org/3/library/sys.html#sys.modules
    try:
        yield
    finally:
        del sys.modules[name]


@contextmanager
def no_entry_points() -> Iterator[None]:
    """Inside the block, no package has entry points. To look for them takes about 15 ms."""
    metadata = import_module("importlib.metadata")
    find = metadata.entry_points
    metadata.entry_points = lambda **_: ()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        metadata.entry_points = find  # type: ignore[attr-defined]


def _deferred_function(module: str, name: str) -> Callable[..., Any]:
    def call(*arguments: Any, **options: Any) -> Any:
        return getattr(import_module(module), name)(*arguments, **options)

    return call
