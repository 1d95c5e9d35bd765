"""The folder and the config of a sandbox's daemon."""

from __future__ import annotations

from pathlib import Path

from bot.config import load
from bot.sandbox.environment import SandboxEnvironment


def test_the_bot_accepts_invitations_to_moderate_the_subreddits(tmp_path: Path) -> None:
    """Otherwise the invitation of a moderator on the pages has no effect."""
    with SandboxEnvironment(tmp_path, subreddits=("news", "Shadows")) as environment:
        config = load(environment.config_path, {})
    assert set(config.moderators.invitations) == {"news", "shadows"}
