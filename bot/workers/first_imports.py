"""Loads what a process can load only before it is confined. Everything else can be loaded later.

Importing it does the work: once in the fork server, or in a process that reads one page.
"""

from __future__ import annotations

import os
from contextlib import suppress

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy reads it on import; a worker starts no threads

import bot.extract.readers.newspaper_text  # noqa: F401 (it creates folders, which a worker must not do)
from bot.core.installed_packages import SUMMARIZERS, installed
from bot.extract.language_model import language_identifier
from bot.workers.confinement import kernel_support

kernel_support()  # its libraries run programs to find the C library, once for each process that loads them
language_identifier()  # it may have to be unpacked into a file
for method in installed(SUMMARIZERS).values():  # a confined worker cannot read code outside site-packages
    with suppress(Exception):  # the error appears where the method is used
        method.load()
