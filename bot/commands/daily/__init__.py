"""A reading prompt every day: the commands about schedules, and how a prompt reads."""
