"""Messages from people: receive each one once, carry out its command, answer once."""
