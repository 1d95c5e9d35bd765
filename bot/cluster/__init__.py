"""Several nodes on one PostgreSQL: leadership of accounts, and read tasks that any node may do."""
