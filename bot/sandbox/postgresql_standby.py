"""A standby of a sandbox's PostgreSQL server, by streaming replication, and the failover to it."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.postgresql import USER, PostgresServer


def create_standby(primary: PostgresServer, folder: Path, programs: Path) -> PostgresServer:
    """Copy a running primary to `folder`, and start the copy as its standby."""
    standby = PostgresServer(folder, programs, primary.settings)
    standby.prepare_folder()
    standby.run(
        "pg_basebackup",
        *("--host", primary.folder, "--username", USER, "--pgdata", standby.data),
        *("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"),
    )
    standby.start()
    return standby


def make_synchronous(primary: PostgresServer) -> None:
    """Let every commit wait until the standby has it, so that a failover loses none.

    Without a standby, the commits of this primary wait for ever.
    """
    connection = ("--host", primary.folder, "--username", USER, "--dbname", "postgres")
    change = "ALTER SYSTEM SET synchronous_standby_names = '*'"
    primary.run("psql", "--quiet", "--no-psqlrc", *connection, "--command", change)
    primary.run("pg_ctl", "reload", "--silent", "--pgdata", primary.data)


def promote(standby: PostgresServer) -> None:
    """Make the standby a primary. The old primary must be stopped, and must not be started again."""
    standby.run("pg_ctl", "promote", "--wait", "--silent", "--pgdata", standby.data)
