"""A number that grows with each change of the moderators' settings, pauses of communities and of accounts.

Triggers count in the transaction of the change, so that a process sees the changes of other processes too: of
commands, and of the pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.store.database import Database

_COUNT = (
    "BEGIN INSERT INTO revisions (name, number) VALUES ('rules', 1)"
    " ON CONFLICT (name) DO UPDATE SET number = number + 1; END"
)
TRIGGERS = {
    "revise_new_settings": f"AFTER INSERT ON settings_changes {_COUNT}",
    "revise_changed_settings": f"AFTER UPDATE ON settings_changes {_COUNT}",
    "revise_deleted_settings": f"AFTER DELETE ON settings_changes {_COUNT}",
    "revise_new_pause": f"AFTER INSERT ON accounts WHEN NEW.paused_at IS NOT NULL {_COUNT}",
    "revise_changed_pause": f"AFTER UPDATE OF paused_at ON accounts {_COUNT}",
    "revise_deleted_pause": f"AFTER DELETE ON accounts {_COUNT}",
}
"""SQLite's triggers, by name. Change them only with a migration."""

_REVISE = (
    "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO revisions (name, number) VALUES ('rules', 1)"
    " ON CONFLICT (name) DO UPDATE SET number = revisions.number + 1; RETURN NULL; END $$"
)
POSTGRESQL_TRIGGERS = {
    name: (_REVISE, f"{when} FOR EACH ROW {condition}".rstrip())
    for name, when, condition in (
        ("revise_new_settings", "AFTER INSERT ON settings_changes", ""),
        ("revise_changed_settings", "AFTER UPDATE ON settings_changes", ""),
        ("revise_deleted_settings", "AFTER DELETE ON settings_changes", ""),
        ("revise_new_pause", "AFTER INSERT ON accounts", "WHEN (NEW.paused_at IS NOT NULL)"),
        ("revise_changed_pause", "AFTER UPDATE OF paused_at ON accounts", ""),
        ("revise_deleted_pause", "AFTER DELETE ON accounts", ""),
    )
}
"""PostgreSQL's functions and triggers, by name. Change them only with a migration."""

_READ = "SELECT number FROM revisions WHERE name = 'rules'"


def rules_revision(database: Database) -> int:
    """The number of changes so far."""
    return database.read_number(_READ) or 0
