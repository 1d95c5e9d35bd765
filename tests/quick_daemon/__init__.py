"""The sandbox's daemon with workers that answer every page with the same article.

For tests of what the daemon sends, also when it is killed and started again. What reads pages takes two
seconds of processor time to load, at each start.
"""

QUICK_DAEMON = ("tests.quick_daemon",)
"""The `module` of `SandboxEnvironment.start_daemon`."""
