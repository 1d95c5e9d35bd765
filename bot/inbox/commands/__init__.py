"""What moderators and readers can ask for: parse, authorise, execute, answer."""
