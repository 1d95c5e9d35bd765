"""Chooses between a single machine and a node of a cluster, by the database in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config import Config
from bot.core.database_location import PostgresUrl
from bot.daemon.app import App
from bot.daemon.tuning import PRODUCTION, Tuning

if TYPE_CHECKING:
    from bot.daemon.node_app import NodeApp


def create_daemon(config: Config, tuning: Tuning = PRODUCTION) -> App | NodeApp:
    """The daemon of these settings. A single machine loads no code of clusters. Raises `StoreError`."""
    location = config.bot.database
    if isinstance(location, PostgresUrl):
        from bot.daemon.node_app import NodeApp

        return NodeApp(config, location, tuning)
    return App(config, tuning)
