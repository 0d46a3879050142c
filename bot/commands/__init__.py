"""What can be asked. Importing the package registers every command, in the order in which help lists them."""

# isort: off
from bot.commands import find
from bot.commands import summary
from bot.commands import reading
from bot.commands import action
from bot.commands import contact
from bot.commands import source
from bot.commands import cite
from bot.commands.daily import setup
from bot.commands.daily import look
from bot.commands.daily import change
from bot.commands.daily import mine
from bot.commands import about
from bot.commands import settings
# isort: on

__all__ = [
    "about",
    "action",
    "change",
    "cite",
    "contact",
    "find",
    "look",
    "mine",
    "reading",
    "settings",
    "setup",
    "source",
    "summary",
]
