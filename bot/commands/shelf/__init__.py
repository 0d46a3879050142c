"""A community's own shelf: what its moderators add, change, check, hand over."""
