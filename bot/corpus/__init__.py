"""Reads and validates the seed files, and turns them into the model."""
