"""How the schema came to be, one file per revision; run by `bot.store.migrate`."""
