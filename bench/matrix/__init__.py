"""How fast the bot answers on Matrix, and what it asks of a homeserver in trouble."""
