"""Everything that leaves an account is sent from here, exactly once: replies and private messages."""
