"""What members suggest for their community's own shelf, and what its moderators make of it."""
