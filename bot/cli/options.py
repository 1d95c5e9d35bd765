"""The app `precis`, and the option that almost all commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="precis",
    help="A bot that replies to link posts with a summary of the linked article.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ConfigOption = Annotated[
    Path, typer.Option("--config", "-c", help="The settings file.", envvar="PRECIS_CONFIG")
]
CONFIG = Path("config.toml")
