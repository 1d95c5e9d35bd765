"""The sandbox's PostgreSQL: a server, its standby, and a proxy that drops connections."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.postgresql import PostgresServer, find_programs
from bot.sandbox.postgresql_standby import create_standby, make_synchronous, promote
from bot.sandbox.tcp_proxy import TcpProxy

PROGRAMS = find_programs()
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(PROGRAMS is None, reason="PostgreSQL is not installed"),
]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder with a short path, because sockets are in it."""
    with tempfile.TemporaryDirectory(prefix="precis-") as name:
        Path(name).chmod(0o711)  # the user of the server must get to its own folder
        yield Path(name)


@pytest.fixture(scope="module")
def primary(folder: Path) -> Iterator[PostgresServer]:
    assert PROGRAMS is not None
    server = PostgresServer(folder / "primary", PROGRAMS, {"fsync": "off"})
    server.start()
    yield server
    server.stop("immediate")


def connect(url: str) -> Any:
    psycopg = pytest.importorskip("psycopg")
    return psycopg.connect(url, autocommit=True)


def through(*proxies: TcpProxy) -> str:
    """The address of a database with several hosts, of which one accepts writes."""
    ports = ",".join(str(proxy.port) for proxy in proxies)
    hosts = ",".join("127.0.0.1" for _ in proxies)
    return f"postgresql://precis@/news?host={hosts}&port={ports}&target_session_attrs=read-write"


def test_a_database_keeps_its_rows_over_a_restart(primary: PostgresServer) -> None:
    url = primary.create_database("restarted")
    with connect(url) as connection:
        connection.execute("CREATE TABLE seen AS SELECT 1 AS number")
    primary.stop()
    assert not primary.is_running
    primary.start()
    with connect(url) as connection:
        assert connection.execute("SELECT number FROM seen").fetchall() == [(1,)]


def test_only_its_own_user_may_use_the_socket(primary: PostgresServer) -> None:
    assert primary.socket_path.stat().st_mode & 0o077 == 0
    assert primary.folder.stat().st_mode & 0o077 == 0


def test_a_failover_keeps_every_commit(primary: PostgresServer, folder: Path) -> None:
    assert PROGRAMS is not None
    import psycopg

    primary.create_database("news")
    standby = create_standby(primary, folder / "standby", PROGRAMS)
    make_synchronous(primary)
    try:
        with TcpProxy(primary.socket_path) as first, TcpProxy(standby.socket_path) as second:
            with connect(through(second, first)) as connection:
                connection.execute("CREATE TABLE seen (number integer)")
                connection.execute("INSERT INTO seen VALUES (7)")
                primary.stop("immediate")
                promote(standby)
                with pytest.raises(psycopg.OperationalError):
                    connection.execute("SELECT 1")
            with connect(through(second, first)) as connection:
                assert connection.execute("SELECT number FROM seen").fetchall() == [(7,)]
                connection.execute("INSERT INTO seen VALUES (8)")
    finally:
        standby.stop("immediate")


def test_the_proxy_drops_and_refuses_connections() -> None:
    import socket

    with tempfile.TemporaryDirectory(prefix="precis-") as name:
        path = Path(name) / "socket"
        with socket.create_server(str(path), family=socket.AF_UNIX) as server, TcpProxy(path) as proxy:
            address = ("127.0.0.1", proxy.port)
            client = socket.create_connection(address)
            client.sendall(b"question")
            peer = server.accept()[0]
            assert peer.recv(100) == b"question"
            peer.sendall(b"answer")
            assert client.recv(100) == b"answer"
            assert proxy.drop_connections() == 1
            assert client.recv(100) == b""
            assert peer.recv(100) == b""
            proxy.refuse(True)
            with socket.create_connection(address) as refused:
                assert refused.recv(100) == b""
            proxy.refuse(False)
            with socket.create_connection(address) as accepted:
                accepted.sendall(b"again")
                assert server.accept()[0].recv(100) == b"again"
