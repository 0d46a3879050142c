"""Whether a card that was posted still says what would be posted now."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from bot.reply import Card


def fingerprint_of(cards: Sequence[Card]) -> str:
    """A short stand-in for what cards say: another one when a word of them changes.

    What they lead to does not count: it is looked up when somebody goes there.
    """
    said = [(card.title, card.label, card.warning, card.footer, _blocks(card)) for card in cards]
    written = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(written.encode(), digest_size=16).hexdigest()


def _blocks(card: Card) -> list[tuple[str, object]]:
    return [(type(block).__name__, asdict(block)) for block in card.blocks]
