"""The unit and the container file: what they promise stands in them."""

from __future__ import annotations

import errno
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from configparser import RawConfigParser
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.exit_codes import exit_codes
from bot.config import load
from bot.config.secrets import environment_variable
from bot.core.errors import Unreachable, UserError
from bot.store import Database, sqlite_connection, sqlite_engine
from bot.store.daemon_lock import daemon_lock
from bot.store.database_errors import raise_store_error
from bot.store.status_reports import status_report
from tests.conftest import START

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "precis.service"


def settings(section: str = "Service") -> dict[str, str]:
    """Of a section; of settings that stand there several times, the last."""
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, encoding="utf-8")
    return dict(parser[section])


def is_restarted(code: int) -> bool:
    """Whether systemd starts the service again after this exit code, however often it ends with it.

    systemd.service(5): `Restart` decides, except for the codes of `RestartPreventExitStatus`.
    systemd.unit(5): more than `StartLimitBurst` starts (5) in `StartLimitIntervalSec` (10s) end it for good,
    unless the interval is 0.
    """
    unit = settings()
    never_gives_up = settings("Unit").get("StartLimitIntervalSec") == "0"
    prevented = code in map(int, unit["RestartPreventExitStatus"].split())
    return unit["Restart"] == "always" and never_gives_up and not prevented


def full_disk(path: Path) -> None:
    with raise_store_error(path), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA max_page_count = 1")
        connection.execute("CREATE TABLE one (name TEXT)")


def locked_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        Database(path, START)


def read_only_database(path: Path) -> None:
    Database(path, START).close()
    with raise_store_error(path), closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.execute("DELETE FROM posts")


def folder_not_mounted(path: Path) -> None:
    Database(path.parent / "mnt" / "precis.db", START)


def folder_not_writable(path: Path) -> None:
    del path
    Database(Path("/proc/self/precis.db"), START)


def other_daemon(path: Path) -> None:
    with daemon_lock(path), daemon_lock(path):
        pass


def unwritable_lock_file(path: Path) -> None:
    del path
    with daemon_lock(Path("/proc/self/precis.db")):
        pass


def no_temporary_files(path: Path) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", str(path))


def server_down(path: Path) -> None:
    del path
    raise Unreachable("lemmy.example does not answer")


def port_in_use(path: Path) -> None:
    del path
    raise UserError("The status pages cannot be served.", "Choose another port.", temporary=True)


def error_in_settings(path: Path) -> None:
    config = path.with_name("config.toml")
    config.write_text("[bot]\nowner = 7\n")
    load(config, {})


def damaged_database(path: Path) -> None:
    path.write_text("milk, eggs, flour and so on" * 100)
    Database(path, START)


def dropped_table(path: Path) -> None:
    Database(path, START).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE cursors")
    with closing(Database(path, None)) as database:
        status_report(database)


def database_of_newer_version(path: Path) -> None:
    Database(path, START).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    Database(path, START)


Start = Callable[[Path], None]


def exit_code_of(start: Start, path: Path) -> object:
    with pytest.raises(SystemExit) as ended, exit_codes():
        start(path)
    return ended.value.code


@pytest.mark.parametrize(
    "fault",
    [
        full_disk,
        locked_database,
        read_only_database,
        folder_not_mounted,
        folder_not_writable,
        other_daemon,
        unwritable_lock_file,
        no_temporary_files,
        server_down,
        port_in_use,
    ],
)
def test_systemd_restarts_the_service_after_a_fault_that_passes(
    fault: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in (sqlite_engine, sqlite_connection):
        monkeypatch.setattr(module, "BUSY_TIMEOUT_MS", 1)
    code = exit_code_of(fault, tmp_path / "precis.db")
    assert code == 75
    assert is_restarted(75)
    printed = capsys.readouterr().err
    assert "continues by itself" not in printed  # the process has ended
    assert "again" in printed


@pytest.mark.parametrize(
    "fault", [error_in_settings, damaged_database, dropped_table, database_of_newer_version]
)
def test_systemd_does_not_restart_the_service_for_what_a_person_must_fix(
    fault: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = exit_code_of(fault, tmp_path / "precis.db")
    assert code == 1
    assert "bug" not in capsys.readouterr().err
    assert not is_restarted(1)
    assert not is_restarted(2)


def test_systemd_restarts_the_service_after_a_crash() -> None:
    assert all(map(is_restarted, (0, 3, 137)))


def test_only_the_daemon_gets_sigterm() -> None:
    assert settings()["KillMode"] == "mixed"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_systemd_finds_it_safe() -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    found = re.search(r"exposure level for precis.service: ([\d.]+)", done.stdout)
    if found is None:
        pytest.skip("this systemd-analyze cannot judge a unit that is not installed")
    assert float(found[1]) <= 1.5


def test_it_says_what_the_docs_promise() -> None:
    unit = settings()
    assert (unit["Type"], unit["DynamicUser"], unit["ProtectSystem"]) == ("notify", "yes", "strict")
    assert unit["WatchdogSec"] == "3min"
    assert "LoadCredential" in unit
    assert unit["ExecStart"] == "/opt/precis/bin/precis run --config /etc/precis/config.toml"
    assert unit["StateDirectory"] == "precis"
    assert {"CapabilityBoundingSet", "SystemCallFilter", "MemoryDenyWriteExecute"} <= unit.keys()


def test_the_container_runs_without_root_and_is_asked_how_it_is() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("FROM "))
    final = lines[last:]
    users = [line for line in final if line.startswith("USER ")]
    assert users == ["USER 10001"]
    assert any(line.startswith("HEALTHCHECK") and '"precis", "healthy"' in line for line in final)
    assert any("--require-hashes -r /src/$LOCK" in line for line in lines)
    assert "ARG LOCK=requirements.lock" in lines
    assert "--read-only" in "".join(lines[:last])


def compose_file(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY.parent / name).read_text(encoding="utf-8")))


def check_restrictions(service: dict[str, Any]) -> None:
    """Of a container with a daemon."""
    assert (DEPLOY.parent / service["build"]["dockerfile"]).is_file()
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "no-new-privileges" in service["security_opt"]
    stop = int(settings()["TimeoutStopSec"].removesuffix("s"))
    assert service["stop_grace_period"] == f"{stop}s"


def test_the_compose_file_keeps_the_restrictions_and_the_database() -> None:
    compose = compose_file("compose.yaml")
    service = compose["services"]["precis"]
    check_restrictions(service)
    secret, *others = service["secrets"]
    assert service["environment"] == {"PRECIS_LEMMY_MAIN_PASSWORD_FILE": f"/run/secrets/{secret}"}
    assert not others
    assert secret in compose["secrets"]
    volumes = dict(volume.split(":")[:2] for volume in service["volumes"])
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert f"PRECIS_CONFIG={volumes['./config.toml']}" in container
    assert f"VOLUME {volumes['precis']}" in container
    assert "precis" in compose["volumes"]


def test_the_compose_file_of_two_nodes_keeps_the_restrictions_and_the_database() -> None:
    compose, alone = compose_file("compose.postgres.yaml"), compose_file("compose.yaml")["services"]["precis"]
    services = compose["services"]
    assert set(services) == {"database", "migrate", "node-1", "node-2"}
    for name in ("node-1", "node-2"):
        node = services[name]
        check_restrictions(node)
        assert node["hostname"] == name
        assert {key: node[key] for key in ("tmpfs", "mem_limit", "restart")} == {
            key: alone[key] for key in ("tmpfs", "mem_limit", "restart")
        }
        assert node["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert f"{name}:/var/lib/precis" in node["volumes"]
        assert name in compose["volumes"]
        assert node["environment"] == {
            environment_variable(*key) + "_FILE": f"/run/secrets/{secret}"
            for key, secret in zip(
                (("lemmy", "main", "password"), ("bot", "database_password")), node["secrets"], strict=True
            )
        }
    migrate = services["migrate"]
    check_restrictions(migrate)
    assert (migrate["command"], migrate["restart"]) == (["migrate"], "no")
    assert migrate["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_the_nodes_of_the_compose_file_have_the_libraries_for_postgresql() -> None:
    lock = compose_file("compose.postgres.yaml")["services"]["node-1"]["build"]["args"]["LOCK"]
    assert "psycopg==" in (DEPLOY.parent / lock).read_text(encoding="utf-8")
    assert "ARG LOCK=" in (DEPLOY / "Containerfile").read_text(encoding="utf-8")


def test_the_database_of_the_compose_file_has_a_password_and_few_rights() -> None:
    compose = compose_file("compose.postgres.yaml")
    database = compose["services"]["database"]
    assert database["cap_drop"] == ["ALL"]
    assert set(database["cap_add"]) == {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}
    assert database["read_only"]
    assert "no-new-privileges" in database["security_opt"]
    assert database["environment"]["POSTGRES_PASSWORD_FILE"] == f"/run/secrets/{database['secrets'][0]}"
    assert set(database["secrets"]) <= set(compose["secrets"])
    assert "ports" not in database
    assert database["volumes"] == ["database:/var/lib/postgresql/data"]


def test_the_unit_names_the_password_of_the_database() -> None:
    assert "\n#LoadCredential=bot-database_password:" in UNIT.read_text(encoding="utf-8")
