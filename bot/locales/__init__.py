"""Catalogues of the interface texts, a directory for each language, and the tool that keeps them complete."""
