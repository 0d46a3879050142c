"""A reading prompt every day: when it is due, what it is, and that it is posted once."""
