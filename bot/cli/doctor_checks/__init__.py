"""What can be wrong with a machine: each function looks at one thing and says what it found."""
