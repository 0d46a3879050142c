"""How our search compares with others, on generated corpora of growing size."""
