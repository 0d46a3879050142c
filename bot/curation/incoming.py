"""The items of a file as they are to stand on a shelf, beside what is there already."""

import json
from collections.abc import Container, Iterator, Mapping, Sequence

from bot.corpus.document import Document, KeyPath, Position
from bot.corpus.explain import did_you_mean
from bot.curation.model import OWN, Group, Own, Seed
from bot.curation.police import involves_police
from bot.curation.seeds import canonical, mappings, texts, texts_of, within
from bot.errors import Problem

GUESSES = 20  # remarks that say what may have been meant: comparing with every id takes its time


def items_of(value: object) -> Iterator[tuple[KeyPath, Seed]]:
    """The items in the value of a file, documents first, each with where it stands."""
    if isinstance(value, Mapping):
        if isinstance(source := value.get("source"), Mapping):
            yield ("source",), source
        for group in Group:
            for place, item in enumerate(mappings(value, group.value)):
                yield (group.value, place), item


class Incoming:
    """A file that holds together, with its texts checked (`value`).

    `before` is what is on the shelf, removed items included, and `shared` the ids of the shared corpus.
    `remarks` say what is taken otherwise than the file has it.
    """

    def __init__(
        self,
        document: Document,
        value: Seed,
        before: Mapping[str, Own],
        shared: Container[str],
        remarks: list[Problem],
    ) -> None:
        self.before = before
        self.remarks = remarks
        self._document = document
        self._value = value
        self._shared = shared
        self._items = {str(item["id"]): (where, item) for where, item in items_of(value)}
        self._own = str(within(value, "source", "id"))
        self._sources = {found for found in self._items if found.startswith("source:")}

    def problem(self, message: str, found: str = "") -> Problem:
        """That something is wrong with an item of the file, or with all of it."""
        where = self._items[found][0] if found in self._items else ()
        return self._document.problem(message, self._document.at(where) if where else Position(1, 1))

    def seeds(self) -> Mapping[str, Seed]:
        """The items that the file has, or says more of, as they are to be, by id."""
        also = self._also()
        seeds: dict[str, Seed] = {}
        for found, (where, item) in self._items.items():
            if found == OWN:
                continue
            seed = {**item, "topics": self._topics(item, where)}
            if "from" in item:
                seed["from"] = self._place(item)
            seeds[found] = self._finished(found, self._flagged(seed, where), also.get(found, []))
        for found, said in also.items():
            if found not in seeds:
                seeds[found] = self._finished(found, self.before[found].seed, said)
        return seeds

    def _place(self, said: Seed) -> Seed:
        place = said["from"]
        return {"source": self._own, **place} if isinstance(place, Mapping) else {}

    def _topics(self, item: Seed, where: KeyPath) -> Sequence[str]:
        """The topics that there are, here or on the shelves."""
        known = []
        for place, topic in enumerate(texts(item, "topics")):
            if self._is_known(topic):
                known.append(topic)
            else:
                self._left_out(f"no note here has the id `{topic}`", topic, (*where, "topics", place))
        return known

    def _also(self) -> Mapping[str, list[Seed]]:
        """What else the file says of entries, by their ids."""
        also: dict[str, list[Seed]] = {}
        for place, said in enumerate(mappings(self._value, "also")):
            entry, where = str(said["entry"]), ("also", place, "entry")
            if entry in self._items or entry in self.before:
                statement = {"text": said["text"], "from": self._place(said), "by": said["by"]}
                also.setdefault(entry, []).append(statement)
            elif entry in self._shared:
                self._remark(f"`{entry}` is a shared entry, to which no shelf adds: left out", where)
            else:
                self._left_out(f"no entry here has the id `{entry}`", entry, where)
        return also

    def _is_known(self, found: str) -> bool:
        return found in self._items or found in self.before or found in self._shared

    def _finished(self, found: str, seed: Seed, said: list[Seed]) -> Seed:
        """An item with what else is said of it: by this file, and by other documents before."""
        before = mappings(self.before[found].seed, "also") if found in self.before else []
        others = [each for each in before if str(within(each, "from", "source") or OWN) not in self._sources]
        finished = canonical({**seed, "also": [*others, *said]})
        # In the order in which it stands already, where nothing is new.
        if sorted(map(_key, mappings(finished, "also"))) == sorted(map(_key, before)) and before:
            finished["also"] = before
        return finished

    def _flagged(self, seed: Seed, where: KeyPath) -> Seed:
        """A contact that looks like one of the police is, unless the file or a moderator says otherwise."""
        found = str(seed["id"])
        if not found.startswith("contact:") or "police" in seed:
            return seed
        if found in self.before and "police" in self.before[found].seed:
            return {**seed, "police": self.before[found].seed["police"]}
        if not involves_police(texts_of(seed)):
            return seed
        self._remark(
            f"`{found}` looks like a contact of police or border agencies, and is flagged as one;"
            " write `police: false` if it is none",
            where,
        )
        return {**seed, "police": True}

    def _left_out(self, why: str, found: str, where: KeyPath) -> None:
        known = [*self._items, *self.before] if len(self.remarks) < GUESSES else []
        self._remark(f"{why}: left out{did_you_mean(found, known)}", where)

    def _remark(self, message: str, where: KeyPath) -> None:
        self.remarks.append(self._document.problem(message, self._document.at(where)))


def _key(said: Seed) -> str:
    return json.dumps(said, sort_keys=True)
