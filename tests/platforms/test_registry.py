import subprocess
import sys

import pytest

from bot.config.introspection import account_models
from bot.platforms import PLATFORMS, adapter_factory


@pytest.mark.parametrize("kind", PLATFORMS)
def test_every_platform_has_an_adapter(kind: str) -> None:
    assert callable(adapter_factory(kind))


def test_every_platform_has_accounts_in_the_config() -> None:
    assert set(account_models()) == set(PLATFORMS)


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
