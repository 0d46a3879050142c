"""A long list made short: entries grouped under the topics they are filed under."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from bot.commands.cards import WORDS, opening, title
from bot.commands.describe import Services
from bot.commands.request import Request
from bot.commands.words import BUTTON, label, shortened
from bot.model import AnyEntry, Kind, Note
from bot.reply import Ask, Bullets, Card, Choice

SHOWN = 6  # titles of a theme: a list that fits on a phone; the rest is one choice away


def by_theme(entries: Iterable[AnyEntry], services: Services) -> list[tuple[Note | None, list[AnyEntry]]]:
    """Group entries so that each stands once: under the topic that most of those still left are filed under.

    A topic that only one is left for is no theme; what has none comes last, under None.
    """
    left = list(entries)
    topics = {
        topic for entry in left for topic in entry.topics if isinstance(services.shelf.get(topic), Note)
    }
    themes: list[tuple[Note | None, list[AnyEntry]]] = []
    while left:
        counts = Counter(topic for entry in left for topic in entry.topics if topic in topics)
        best, filed = next(iter(counts.most_common(1)), ("", 0))
        note = services.shelf.get(best) if filed > 1 else None
        theme = note if isinstance(note, Note) else None
        members = [entry for entry in left if theme is None or theme.id in entry.topics]
        themes.append((theme, members))
        left = [entry for entry in left if entry not in members]
    return themes


def theme_cards(
    kind: Kind,
    entries: Iterable[AnyEntry],
    line: Callable[[AnyEntry], str],
    ask: Request,
    services: Services,
    *,
    options: Mapping[str, str] | None = None,
) -> tuple[Card, ...]:
    """A card for each theme: what stands under it, and a choice that opens all that is filed there.

    `line` writes an entry on one line; `options` are given along with the choice.
    """
    listed = list(entries)
    tr = ask.tr
    made = []
    for theme, members in by_theme(listed, services):
        if theme is None:
            each = tuple(Choice(shortened(line(entry), BUTTON), opening(entry)) for entry in members)
            made.append(Card(tr("Other"), kind=kind.value, label=label(kind, tr), choices=each))
            continue
        items = [line(entry) for entry in members[:SHOWN]]
        if len(members) > SHOWN:
            items.append(tr.n("… and {n} more", "… and {n} more", len(members) - SHOWN))
        filed = sum(theme.id in entry.topics for entry in listed)
        everything = Choice(
            tr.n("Show it", "Show all {n}", filed),
            Ask(kind.value, {WORDS[kind]: theme.id, **(options or {})}),
        )
        made.append(
            Card(
                title(theme, ask),
                (Bullets(tuple(items)),),
                kind=kind.value,
                label=label(kind, tr),
                choices=(everything,),
            )
        )
    return tuple(made)
