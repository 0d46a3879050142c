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
from bot.commands.shelf import add
from bot.commands.shelf import edit
from bot.commands.shelf import remove
from bot.commands.shelf import listing
from bot.commands.shelf import due
from bot.commands.shelf import hide
from bot.commands.shelf import files
from bot.commands.shelf import transfer
from bot.commands import suggest
from bot.commands.review import waiting
from bot.commands.review import decide
from bot.commands import post
from bot.commands import about
from bot.commands import privacy
from bot.commands import settings
# isort: on

__all__ = [
    "about",
    "action",
    "add",
    "change",
    "cite",
    "contact",
    "decide",
    "due",
    "edit",
    "files",
    "find",
    "hide",
    "listing",
    "look",
    "mine",
    "post",
    "privacy",
    "reading",
    "remove",
    "settings",
    "setup",
    "source",
    "suggest",
    "summary",
    "transfer",
    "waiting",
]
