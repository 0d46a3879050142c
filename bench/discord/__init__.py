"""How fast the bot answers on Discord, beside a bot that always says the same."""
