"""What needs the operator's attention, and how Precis tells: notices, the heartbeat, events."""
