"""The running daemon: composition root, jobs, scheduler, lifecycle and housekeeping."""
