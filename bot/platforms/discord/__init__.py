"""Discord: commands as slash commands, replies in Components V2."""
