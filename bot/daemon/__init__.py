"""The daemon: composition root, jobs, scheduler, lifecycle, watchdog, housekeeping."""
