"""`python -m bot.commands`: print the page of the documentation that lists the commands."""

import sys

from bot.commands.reference import page

sys.stdout.write(page())
