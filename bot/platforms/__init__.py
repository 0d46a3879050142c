"""Where people talk to the shelf. Each turns its events into requests, and replies into its own form."""
