"""The items of one shelf as items of another, where some ids may be taken."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from bot.curation.model import Own, Seed


def handed_over(given: Sequence[Own], taken: Container[str], now: datetime) -> list[Own]:
    """The items as new ones of another shelf. An id that is `taken` there gets a number.

    What names such an item, as its topic or as where it stands, then names it so, too.
    """
    names = _names([each.id for each in given], taken)
    return [
        replace(each, id=names[each.id], seed=renamed(each.seed, names), version=1, changed_at=now)
        for each in given
    ]


def _names(ids: Sequence[str], taken: Container[str]) -> Mapping[str, str]:
    """What each id becomes."""
    names = {each: each for each in ids if each not in taken}
    used = set(names)
    for each in ids:
        if each not in names:
            numbered = (f"{each}-{n}" for n in count(2))
            names[each] = next(name for name in numbered if name not in taken and name not in used)
            used.add(names[each])
    return names


def renamed(seed: Seed, names: Mapping[str, str]) -> Seed:
    """A seed that calls items by their new names: itself, its topics, and the documents it is drawn from."""
    changed: dict[str, object] = _placed(seed, names)
    changed["id"] = names.get(str(seed["id"]), seed["id"])
    if isinstance(topics := seed.get("topics"), list | tuple):
        changed["topics"] = [names.get(str(topic), str(topic)) for topic in topics]
    if isinstance(also := seed.get("also"), list | tuple):
        changed["also"] = [_placed(said, names) for said in also if isinstance(said, Mapping)]
    return changed


def _placed(said: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    """A statement with the new name of the document it stands in."""
    place = said.get("from")
    if isinstance(place, Mapping) and str(place.get("source")) in names:
        place = {**place, "source": names[str(place["source"])]}
        return {**said, "from": place}
    return dict(said)
