"""The revision of a database, read without Alembic, is the one that Alembic knows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from bot.store import Database, revision
from tests.conftest import START


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(revision.MIGRATIONS))
    return ScriptDirectory.from_config(config)


def test_the_files_are_named_for_their_revisions_in_their_order() -> None:
    in_order = [script.revision for script in scripts().walk_revisions()][::-1]
    assert list(revision.known()) == in_order
    assert revision.head() == scripts().get_current_head()


def test_the_revision_is_read_as_alembic_reads_it(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'precis.db'}")
    with engine.connect() as connection:
        assert revision.current(connection) is None
    Database(tmp_path / "precis.db", START).close()
    with engine.connect() as connection:
        assert revision.current(connection) == MigrationContext.configure(connection).get_current_revision()
    engine.dispose()


def test_a_current_database_is_opened_without_alembic(tmp_path: Path) -> None:
    path = tmp_path / "precis.db"
    Database(path, START).close()
    code = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from bot.store import Database\n"
        "Database(Path(sys.argv[1]), datetime.now(UTC)).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False\n"
