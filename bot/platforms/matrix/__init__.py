"""Matrix: messages in rooms become requests, replies become notices."""
