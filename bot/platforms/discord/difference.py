"""What sets the commands that should be registered apart from those that are. Nothing is sent from here.

Discord answers in other words than it was told: what was left out comes back as a default, null or empty, and
a number as a string. Commands are compared by what they mean.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Payload = dict[str, Any]
"""A command as Discord's API writes it: “Application Command Object” in its reference."""

SLASH, ENTRY_POINT = 1, 4  # types of commands; the entry point of an Activity is made by Discord
SERVER_INSTALL = 0
DEFAULTS: Mapping[str, Any] = {
    "type": SLASH,
    "contexts": [0, 1, 2],
    "integration_types": [SERVER_INSTALL],
}
SETS = frozenset({"contexts", "integration_types", "channel_types"})  # lists in which order means nothing
# What Discord adds of its own, and what `contexts` has replaced.
IGNORED = frozenset(
    {
        "id", "application_id", "guild_id", "version", "name_localized", "description_localized",
        "dm_permission", "default_permission",
    }
)  # fmt: skip
LOCALIZATIONS = "_localizations"
NOTHING: tuple[object, ...] = (None, False, "", [], {})


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is to change, such as `description.fr`; None is nothing."""

    path: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.path}: {_shown(self.before)} → {_shown(self.after)}"


@dataclass(frozen=True, slots=True)
class Change:
    """A command to create (its `id` is empty), to delete (nothing is `wanted`) or to edit."""

    title: str
    id: str = ""
    wanted: Payload | None = None
    differences: tuple[Difference, ...] = ()

    def __str__(self) -> str:
        if self.wanted is None:
            return f"- {self.title}"
        if not self.id:
            return f"+ {self.title}"
        return "\n".join(f"~ {self.title}: {difference}" for difference in self.differences)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in this order, and how many commands stay as they are."""

    changes: tuple[Change, ...]
    unchanged: int

    def __str__(self) -> str:
        return "\n".join((*map(str, self.changes), f"= {self.unchanged} unchanged"))


def compare(wanted: Iterable[Payload], registered: Iterable[Payload]) -> Plan:
    """What turns the registered commands into the wanted ones.

    What goes comes first, so that a new command can have the name of an old one in some language. Of two
    commands of one name, which Discord has been seen to keep, one goes. The entry point of an Activity stays.
    """
    there: defaultdict[tuple[int, str], list[Payload]] = defaultdict(list)
    for command in registered:
        if command.get("type") != ENTRY_POINT:
            there[_key(command)].append(command)
    edited: list[Change] = []
    created: list[Change] = []
    unchanged = 0
    for command in wanted:
        namesakes = there[_key(command)]
        if not namesakes:
            created.append(Change(_title(command), wanted=command))
            continue
        before = namesakes.pop(0)
        if differences := tuple(_differences(before, command)):
            edited.append(Change(_title(command), before["id"], command, differences))
        else:
            unchanged += 1
    deleted = [Change(_title(command), command["id"]) for rest in there.values() for command in rest]
    return Plan((*deleted, *edited, *created), unchanged)


def facts(command: Payload) -> dict[str, Any]:
    """All that a command says, by the path of each thing, however it was written."""
    given = {name: value for name, value in command.items() if value is not None}
    if "default_member_permissions" in given:
        given["default_member_permissions"] = str(given["default_member_permissions"])
    return dict(_facts({**DEFAULTS, **given}, ""))


def _facts(thing: Payload, path: str) -> Iterator[tuple[str, Any]]:
    for name, value in thing.items():
        here = path + name
        if name in IGNORED or value in NOTHING:
            continue
        if name.endswith(LOCALIZATIONS):
            translated = here.removesuffix(LOCALIZATIONS)
            yield from ((f"{translated}.{locale}", text) for locale, text in value.items() if text)
        elif name in ("options", "choices"):
            yield here, [each["name"] for each in value]  # their order is what people see
            for each in value:
                yield from _facts(each, f"{here}.{each['name']}.")
        elif name in SETS:
            yield here, sorted(value)
        else:
            yield here, value


def _differences(before: Payload, after: Payload) -> Iterator[Difference]:
    """What differs. Of an option or a choice that comes or goes, only that it does."""
    was, will = facts(before), facts(after)
    inside: list[str] = []
    for path in sorted({*was, *will}):
        old, new = was.get(path), will.get(path)
        if old == new or path.startswith(tuple(inside)):
            continue
        yield Difference(path, old, new)
        if isinstance(old or new, list):
            inside += [f"{path}.{name}." for name in {*(old or [])} ^ {*(new or [])}]


def _key(command: Payload) -> tuple[int, str]:
    return command.get("type") or SLASH, command["name"]


def _title(command: Payload) -> str:
    kind, name = _key(command)
    return f"/{name}" if kind == SLASH else f"“{name}” in a menu"


def _shown(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
