"""Programs of this project as forks of a process that has imported them.

Importing the daemon takes 1.6 s of processor time, and the first page takes its workers 2.2 s. Tests start a
hundred daemons and commands, and few of them test how a program starts. `PreloadedProcess` is for the others.
"""

from tests.preloaded.client import write_command
from tests.preloaded.daemons import use_preloaded_daemons, use_real_daemons
from tests.preloaded.fork_server import fork_server_for_single_workers, own_fork_server, share_fork_server
from tests.preloaded.process import PreloadedProcess, run_preloaded
from tests.preloaded.server_process import start_server, stop_server

__all__ = [
    "PreloadedProcess",
    "fork_server_for_single_workers",
    "own_fork_server",
    "run_preloaded",
    "share_fork_server",
    "start_server",
    "stop_server",
    "use_preloaded_daemons",
    "use_real_daemons",
    "write_command",
]
