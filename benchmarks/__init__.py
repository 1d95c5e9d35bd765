"""Commands that measure Precis. Each prints a table."""
