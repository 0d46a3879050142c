"""Infoshop: the back room of a movement bookshop, inside a chat."""

__version__ = "0.1.0"
