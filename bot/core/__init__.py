"""Values and errors that every package shares; imports nothing else from `bot`."""
