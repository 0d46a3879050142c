"""A community's own shelf: what may stand on it, what is there already, and what changed."""
