"""A community's shelf as a corpus to search, and as one file to keep and to hand over."""

from collections.abc import Container, Iterable, Sequence

import structlog
import yaml
from pydantic import ValidationError

from bot.corpus.build import build
from bot.corpus.schema import ActionSeed, AlsoSeed, ContactSeed, NoteSeed, ReadingSeed, SeedFile, SourceSeed
from bot.curation.importing import Import, read_import
from bot.curation.model import ADDED, OWN, Group, Own, Seed
from bot.curation.seeds import (
    HEAVIEST,
    MOST,
    OWN_SOURCE,
    ItemSeed,
    canonical,
    dated,
    mappings,
    ordered,
    validated,
    weight,
    within,
)
from bot.curation.sorts import group_of
from bot.model import Corpus

__all__ = ["MOST", "Import", "corpus_of", "exported", "fits", "has_room", "read_import"]

WIDTH = 110  # characters of a line of the file
_OWN = SourceSeed.model_validate(OWN_SOURCE)
_log = structlog.get_logger()


def corpus_of(items: Iterable[Own]) -> Corpus:
    """The corpus of a shelf: its own document first, the others, then the entries. Without what is removed.

    What an older version kept and this one cannot read is left out, and what stands in a document that is
    gone stands where the community's additions do. Topics may be those of the shared corpus.
    """
    live = [own.seed for own in items if not own.removed]
    documents: list[SourceSeed] = []
    places = {(OWN, ADDED)}
    entries: list[ItemSeed] = []
    also: list[AlsoSeed] = []
    left = 0
    # Documents first: where entries stand has to be known.
    for seed in sorted(live, key=lambda seed: not _is_document(seed)):
        try:
            model, said = validated(_settled(seed, places))
        except (ValidationError, KeyError):
            left += 1
            continue
        if isinstance(model, SourceSeed):
            documents.append(model)
            places |= {(model.id, section.id) for section in model.summary.sections}
        else:
            entries.append(model)
            also += said
    if left:
        _log.warning("items of a shelf cannot be read", count=left)
    file = SeedFile(
        source=_OWN,
        documents=documents,
        notes=[entry for entry in entries if isinstance(entry, NoteSeed)],
        readings=[entry for entry in entries if isinstance(entry, ReadingSeed)],
        actions=[entry for entry in entries if isinstance(entry, ActionSeed)],
        contacts=[entry for entry in entries if isinstance(entry, ContactSeed)],
        also=also,
    )
    return build([file])


def _is_document(seed: Seed) -> bool:
    return str(seed.get("id")).startswith("source:")


def _settled(seed: Seed, places: Container[tuple[str, str]]) -> Seed:
    """An entry, each of whose statements stands somewhere."""
    if "from" not in seed or all(place in places for place in _places(seed)):
        return seed
    said = [_said(each, places) for each in mappings(seed, "also")]
    return {**_said(seed, places), **({"also": said} if said else {})}


def _said(said: Seed, places: Container[tuple[str, str]]) -> Seed:
    return said if _place(said) in places else {**said, "from": {"section": ADDED}}


def _places(seed: Seed) -> Sequence[tuple[str, str]]:
    return [_place(said) for said in (seed, *mappings(seed, "also"))]


def _place(said: Seed) -> tuple[str, str]:
    return str(within(said, "from", "source") or OWN), str(within(said, "from", "section"))


def exported(items: Iterable[Own]) -> str:
    """A shelf as a seed file (YAML, UTF-8), without what is removed: to be imported here or elsewhere."""
    live = [dated(own) for own in items if not own.removed]
    places = {(OWN, ADDED), *(place for seed in live for place in _sections(seed))}
    file: dict[str, list[Seed]] = {group.value: [] for group in Group}
    also: list[Seed] = []
    for each in live:
        seed = canonical(_settled(each, places))
        also += [ordered({**said, "entry": seed["id"]}) for said in mappings(seed, "also")]
        seed.pop("also", None)
        file[group_of(str(seed["id"])).value].append(ordered(seed))
    content = {"source": ordered(OWN_SOURCE), **file, "also": also}
    return _written({key: value for key, value in content.items() if value})


def _sections(seed: Seed) -> Sequence[tuple[str, str]]:
    return [(str(seed["id"]), str(part.get("id"))) for part in mappings(seed, "summary", "sections")]


def has_room(items: Iterable[Own]) -> bool:
    """Whether another item may be added to a shelf of these, what is removed included."""
    items = tuple(items)
    return len(items) < MOST and fits(items)


def fits(items: Iterable[Own]) -> bool:
    """Whether these are few and light enough for one shelf, what is removed included."""
    weights = [weight(own.seed) for own in items]
    return len(weights) <= MOST and sum(weights) < HEAVIEST


class _Dumper(yaml.SafeDumper):
    """Writes as people would: lists of words on a line, long texts folded."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = ">" if len(text) > WIDTH // 2 or "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _list(dumper: yaml.SafeDumper, values: Sequence[object]) -> yaml.SequenceNode:
    flat = all(isinstance(value, str) and len(value) <= WIDTH // 2 for value in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=flat)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def _written(content: object) -> str:
    written: str = yaml.dump(
        content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH, default_flow_style=False
    )
    return written
