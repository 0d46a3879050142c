"""The terminal: replies drawn for a screen of any width, and a room to ask in."""
