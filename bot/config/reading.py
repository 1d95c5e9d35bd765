"""A settings file into a `Config`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from bot.config.settings import Config
from bot.errors import ConfigError


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """The settings in `path`, with secrets from `environ` where they are not in the file.

    Raises `ConfigError` with one line for each mistake in the file.
    """
    text = path.read_text(encoding="utf-8-sig")
    tree = tomllib.loads(text)
    for name, account in tree.get("lemmy", {}).items():
        secret = environ.get(f"PRECIS_LEMMY_{name.upper().replace('-', '_')}_PASSWORD")
        if secret:
            account["password"] = secret
    try:
        return Config.model_validate_json(
            json.dumps(tree, default=str), strict=True, context={"folder": path.parent}
        )
    except ValidationError as error:
        raise ConfigError(path.name, tuple(f": {e['loc']} {e['msg']}" for e in error.errors())) from None
