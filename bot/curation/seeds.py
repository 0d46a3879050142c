"""Items as a seed file has them: read as strictly as one, and always written in the same form."""

import json
from collections.abc import Iterator, Mapping, Sequence

from pydantic import TypeAdapter

from bot.corpus.schema import (
    ActionSeed,
    AlsoSeed,
    ContactSeed,
    NoteSeed,
    ReadingSeed,
    Said,
    SourceSeed,
)
from bot.curation.model import ADDED, NEVER, OWN, Group, Own, Seed
from bot.curation.sorts import group_of

ItemSeed = SourceSeed | NoteSeed | ReadingSeed | ActionSeed | ContactSeed

MODELS: Mapping[Group, type[ItemSeed]] = {
    Group.DOCUMENTS: SourceSeed,
    Group.NOTES: NoteSeed,
    Group.READINGS: ReadingSeed,
    Group.ACTIONS: ActionSeed,
    Group.CONTACTS: ContactSeed,
}

OWN_SOURCE: Seed = {
    "id": OWN,
    "work": {"type": "webpage", "title": "This community's own shelf"},
    "licence": {
        "name": "Rights with its authors",
        "attribution": "Put together by the moderators of this community",
    },
    "manifestations": [
        {
            "title": "This community's own shelf",
            "note": "What moderators of this community added, and members of it suggested to them.",
        }
    ],
    "summary": {
        "short": "What the moderators of this community added for it, beside what all communities share.",
        "long": "What the moderators of this community added for it, beside what all communities share.",
        "sections": [
            {"id": ADDED, "title": "Added here", "text": "Each entry says who says it, and what it is about."}
        ],
    },
}
"""What a file says of the document that a community's additions stand in."""

MOST = 2000
"""Items of one community, those that are removed included."""
HEAVIEST = 3_000_000
"""Bytes of all of them, so that a shelf can be exported as a file that can be imported (`MAX_BYTES`)."""

_ORDER = (
    *("entry", "id", "title", "aliases", "topics", "work", "actors", "audience", "text", "from", "by"),
    *("emails", "phones", "urls", "region", "languages", "checked_on", "checked_in", "police"),
    *("licence", "manifestations", "caveats", "content_note", "caveat", "summary", "prompt", "also"),
)
_INTERNAL = frozenset({"id", "from", "topics", "type", "checked_on", "language", "languages", "actors"})
_ALSO = TypeAdapter(list[AlsoSeed])


def validated(seed: Seed) -> tuple[ItemSeed, list[AlsoSeed]]:
    """An item, and what else is said of it. Raises `pydantic.ValidationError`."""
    plain = {key: value for key, value in seed.items() if key != "also"}
    also = [{**said, "entry": seed["id"]} for said in mappings(seed, "also")]
    return MODELS[group_of(str(seed["id"]))].model_validate(plain), _ALSO.validate_python(also)


def canonical(seed: Seed) -> dict[str, object]:
    """An item in the one form in which it is kept: what is not said is not there.

    Raises `pydantic.ValidationError`.
    """
    model, also = validated(seed)
    plain: dict[str, object] = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if isinstance(model, ContactSeed) and "police" in seed:
        plain["police"] = model.police  # that it is none is a decision, too
    if isinstance(model, Said):
        plain["from"] = _place(model)
    if also:
        plain["also"] = [{"text": said.text, "from": _place(said), "by": said.by} for said in also]
    return plain


def _place(said: Said) -> dict[str, object]:
    place = said.place.model_dump(mode="json", exclude_defaults=True)
    if place.get("source") == OWN:
        del place["source"]
    return place


def within(seed: Seed, *path: str) -> object:
    """What stands on a path of keys; None where nothing does."""
    value: object = seed
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def texts(seed: Seed, *path: str) -> list[str]:
    """The texts of a list on a path of keys."""
    value = within(seed, *path)
    return [str(each) for each in value] if isinstance(value, list | tuple) else []


def mappings(seed: Seed, *path: str) -> list[Mapping[str, object]]:
    """The mappings of a list on a path of keys."""
    value = within(seed, *path)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def texts_of(seed: Seed) -> Sequence[str]:
    """All that an item says, but for what it is called by in the file itself: names, texts, addresses."""
    return [text for key, value in seed.items() if key not in _INTERNAL for text in _leaves(value)]


def addresses_of(seed: Seed) -> Sequence[str]:
    """The web addresses of an item, each once: what a reader could open."""
    forms = [form.get("url") for form in mappings(seed, "manifestations")]
    found = (within(seed, "work", "url"), *texts(seed, "urls"), *forms)
    return list(dict.fromkeys(str(address) for address in found if address))


def checkable(seed: Seed) -> Sequence[str]:
    """What of an item may come to be wrong, and can be tried: email and web addresses, phone numbers."""
    return [*texts(seed, "emails"), *texts(seed, "phones"), *addresses_of(seed)]


def dated(own: Own) -> Seed:
    """An item that says when its links were checked, as contacts do anyway."""
    if own.checked_on == NEVER or "checked_on" in own.seed or not addresses_of(own.seed):
        return own.seed
    return {**own.seed, "checked_on": own.checked_on.isoformat()}


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        value = [inner for key, inner in value.items() if key not in _INTERNAL]
    if isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)
    elif isinstance(value, str):
        yield value


def ordered(seed: Seed) -> dict[str, object]:
    """An item with its keys in the order in which people write and read them."""
    return {key: seed[key] for key in sorted(seed, key=_ORDER.index)}


def weight(seed: Seed) -> int:
    """How many bytes an item takes, about."""
    return len(json.dumps(seed, ensure_ascii=False).encode())
