import subprocess
import sys

import pytest

from bot.platforms import FACTORIES, adapter_factory


@pytest.mark.parametrize("kind", FACTORIES)
def test_every_kind_has_a_factory(kind: str) -> None:
    assert callable(adapter_factory(kind))


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        adapter_factory("usenet")


def test_a_lemmy_only_install_needs_no_reddit_library() -> None:
    code = (
        "import sys; from bot.platforms import adapter_factory; adapter_factory('lemmy'); "
        "print('praw' in sys.modules)"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.strip() == "False"
