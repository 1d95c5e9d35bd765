"""`precis`, allowed to read the news site and the Reddit of the sandbox: the only things that differ.

    python -m tests.docs.precis_on_loopback ADDRESS REDDIT COMMAND...    one command
    python -m tests.docs.precis_on_loopback ADDRESS REDDIT --serve SOCKET    commands from CLIENT

ADDRESS is the `127.0.0.1:PORT` of the news site, REDDIT the URL of the Reddit. Loading Precis takes a second
of processor time. So `--serve` loads it once and forks a process for each command. `CLIENT` is a program that
sends its folder, arguments, environment and standard streams there, and ends with the exit code of the
command.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from contextlib import suppress
from functools import partial
from multiprocessing import forkserver
from typing import NoReturn

MESSAGE_BYTES = 200_000
CLIENT = """\
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect(SOCKET)
    command = {"folder": os.getcwd(), "arguments": sys.argv[1:], "environ": dict(os.environ)}
    socket.send_fds(server, [json.dumps(command).encode() + b"\\n"], [0, 1, 2])
    sys.exit(int(server.recv(100)))
"""


def allow_loopback(address: str, reddit: str) -> None:
    """Replace the tuning before the commands import it."""
    from bot.daemon import tuning
    from bot.sandbox.fast_tuning import fast_tuning

    tuning.PRODUCTION = fast_tuning(frozenset({address}), 2.0, 5.0, reddit)  # type: ignore[misc]
    import bot.fetch

    bot.fetch.FetchSettings = partial(  # type: ignore[misc, assignment]
        bot.fetch.FetchSettings, allow_local=frozenset({address})
    )


def serve(path: str) -> None:
    """Run each command in a process of its own, one after the other, until this process is terminated."""
    import bot.cli.doctor
    import bot.cli.init
    import bot.cli.run
    import bot.cli.status
    import bot.cli.try_page
    import bot.inbox.services  # noqa: F401 (loaded once for all commands)
    from bot.workers import worker_process

    worker_process._fork_server()
    worker_process._start_fork_server(None)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        os.write(1, b"ready\n")
        while True:
            connection, _ = server.accept()
            with connection:
                message, descriptors, _, _ = socket.recv_fds(connection, MESSAGE_BYTES, 3)
                child = os.fork()
                if not child:
                    connection.close()
                    server.close()
                    use_fork_server_of_parent()
                    run(json.loads(message), descriptors)
                for descriptor in descriptors:
                    os.close(descriptor)
                _, status = os.waitpid(child, 0)
                connection.sendall(b"%d" % os.waitstatus_to_exitcode(status))


def use_fork_server_of_parent() -> None:
    """Let this process start its page readers from the fork server of its parent, which has loaded them.

    `ensure_running` would wait for the fork server, which only its parent can do.
    """
    forkserver.ForkServer.ensure_running = lambda _: None  # type: ignore[method-assign, assignment]
    forkserver.ensure_running = lambda: None  # type: ignore[assignment]


def run(command: dict[str, object], descriptors: list[int]) -> NoReturn:
    """Become the command."""
    code = 70
    try:
        for number, descriptor in enumerate(descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.chdir(str(command["folder"]))
        os.environ.clear()
        os.environ.update(command["environ"])  # type: ignore[arg-type]
        sys.argv = ["precis", *command["arguments"]]  # type: ignore[misc]
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from bot.__main__ import main

        try:
            main()
            code = 0
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    allow_loopback(*sys.argv[1:3])
    if sys.argv[3] == "--serve":
        serve(sys.argv[4])
    else:
        sys.argv = ["precis", *sys.argv[3:]]
        from bot.__main__ import main

        main()
