"""Preloaded programs as commands for a shell."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.preloaded.server_process import SOCKET_VARIABLE

_CLIENT = """\
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect(SERVER)
    program = {
        "arguments": [*MODULE, *sys.argv[1:]],
        "folder": os.getcwd(),
        "environ": dict(os.environ),
        "session": False,
    }
    message = json.dumps(program).encode()
    socket.send_fds(server, [len(message).to_bytes(4, "big")], [0, 1, 2])
    server.sendall(message)
    server.recv(4, socket.MSG_WAITALL)
    status = int.from_bytes(server.recv(4, socket.MSG_WAITALL), "big")
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
"""


def write_command(path: Path, *module: str) -> None:
    """Write an executable that runs a module, with these first arguments, until it ends by itself.

    It sends its folder, arguments, environment and standard streams to the server. Loading no library, it
    takes 10 ms. A signal ends the executable and not the program.
    """
    values = f"SERVER = {os.environ[SOCKET_VARIABLE]!r}\nMODULE = {list(module)!r}\n"
    path.write_text(f"#!{sys.executable} -SE\n{values}{_CLIENT}", encoding="utf-8")
    path.chmod(0o755)
