"""The ledger of communities' own shelves, whole."""

from bot.store.cards import Cards
from bot.store.handing_over import HandingOver
from bot.store.leaving import Leaving
from bot.store.own import OwnShelves
from bot.store.own_links import OwnLinks
from bot.store.suggestions import Suggestions


class SqlLedger(OwnShelves, OwnLinks, Suggestions, Cards, HandingOver, Leaving):
    """`bot.curation.ledger.Ledger` in a database; any number of processes may use it at once."""
