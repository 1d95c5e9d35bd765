"""Commands that measure Precis: each prints a table."""
