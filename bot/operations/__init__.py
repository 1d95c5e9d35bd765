"""What a long-running service needs: logs, health, systemd, error reports, memory, TLS."""
