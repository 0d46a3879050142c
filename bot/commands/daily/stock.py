"""What can be drawn from a shelf, gone through once for as long as the shelf is in memory."""

from weakref import WeakKeyDictionary

from bot.curation.model import OWN
from bot.daily.pool import Pool
from bot.shelf import Shelf

_pools: WeakKeyDictionary[Shelf, Pool] = WeakKeyDictionary()


def stock(shelf: Shelf) -> Pool:
    """All that can be drawn from a shelf; what is a community's own is from the source `OWN`, too."""
    if not shelf.own and not shelf.hidden:
        shelf = shelf.under
    pool = _pools.get(shelf)
    if pool is None:
        if shelf is shelf.under:
            pool = Pool(shelf.corpus)
        else:
            pool = Pool(shelf.own_corpus, stock(shelf.under), hidden=shelf.hidden, frame=OWN)
        _pools[shelf] = pool
    return pool
