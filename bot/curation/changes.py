"""What changed between two versions of an entry, so that a person sees it at a glance.

A version is a mapping as a seed file has it: texts, numbers, dates, lists, mappings within.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.curation.runs import runs
from bot.curation.saying import Saying
from bot.i18n import message

LONG = 8
"""Words: in a text of more, what changed is marked within it."""
AROUND = 6
"""Words that are shown on each side of what changed in a long text."""

LABELS: Mapping[str, str] = {
    "title": message("Title"),
    "text": message("Text"),
    "by": message("Said by"),
    "from": message("Place in the source"),
    "aliases": message("Other names"),
    "topics": message("Topics"),
    "content_note": message("Content note"),
    "caveat": message("Caveat"),
    "prompt.why": message("Why to read it"),
    "prompt.questions": message("Questions to think about"),
    "work.type": message("Sort of work"),
    "work.title": message("Title of the work"),
    "work.authors": message("Authors"),
    "work.issued": message("Published on"),
    "work.container": message("Published in"),
    "work.volume": message("Volume"),
    "work.issue": message("Issue"),
    "work.pages": message("Pages"),
    "work.publisher": message("Publisher"),
    "work.place": message("Place of publication"),
    "work.url": message("Link"),
    "work.language": message("Language"),
    "work.note": message("Note"),
    "actors": message("Who can do it"),
    "audience": message("Addressed to"),
    "emails": message("Email"),
    "phones": message("Phone"),
    "urls": message("Links"),
    "region": message("Region"),
    "languages": message("Languages"),
    "checked_on": message("Checked on"),
    "checked_in": message("Checked in"),
    "police": message("Police or border agencies"),
}
"""What fields are called, by their names in a seed file; one within another by both, with a dot between."""

Value = str | Saying

# A character of a script without spaces is a word here; any other word carries the space behind it.
_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(rf"[{_UNSPACED}]\s*|[^\s{_UNSPACED}]+\s*")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed.

    `label` is its name for readers (a message of the catalogues), or the field itself if it has none.
    `before` and `after` are empty where it was not there; of a list, they are what was removed and what was
    added, or all of it where only the order changed. `marked` is a long text with both in it, [-so-]{+so+}.
    """

    field: str
    label: str
    before: Sequence[Value]
    after: Sequence[Value]
    marked: str = ""


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[Change]:
    """Every field in which two versions differ, in the order of the new one; what is gone comes last."""
    old, new = dict(_fields(before)), dict(_fields(after))
    return [
        _change(field, old.get(field, ()), new.get(field, ()))
        for field in dict.fromkeys((*new, *old))
        if old.get(field, ()) != new.get(field, ())
    ]


def _fields(version: Mapping[str, object], within: str = "") -> Iterator[tuple[str, Sequence[Value]]]:
    """The fields that have a value, however deep; what is empty is as good as absent."""
    for name, value in version.items():
        field = f"{within}{name}"
        if isinstance(value, Mapping):
            yield from _fields(value, f"{field}.")
        elif values := _values(value):
            yield field, values


def _values(value: object) -> Sequence[Value]:
    """The value of a field in words: one, or as many as a list has."""
    if isinstance(value, bool):
        return (Saying(message("yes") if value else message("no")),)
    if isinstance(value, Mapping):  # a person's or a group's name: its parts as they are spoken
        parts = (value.get("given"), value.get("family"), value.get("literal"))
        return (" ".join(str(part) for part in parts if part),)
    if isinstance(value, list | tuple):
        return tuple(each for item in value for each in _values(item))
    return (str(value),) if value not in (None, "") else ()


def _change(field: str, before: Sequence[Value], after: Sequence[Value]) -> Change:
    label = next((LABELS[name] for name in _enclosing(field) if name in LABELS), field)
    match before, after:
        case [str(old)], [str(new)] if max(len(old.split()), len(new.split())) > LONG:
            return Change(field, label, before, after, marked(old, new))
        case _ if len(before) > 1 or len(after) > 1:
            removed, added = _less(before, after), _less(after, before)
            if removed or added:
                return Change(field, label, removed, added)
    return Change(field, label, before, after)


def _enclosing(field: str) -> Iterator[str]:
    """A field and those it is within: `aliases.en` is called as `aliases`."""
    parts = field.split(".")
    return (".".join(parts[:end]) for end in range(len(parts), 0, -1))


def _less(those: Sequence[Value], others: Sequence[Value]) -> Sequence[Value]:
    """Those without the others; of what is there twice, one is taken away by one."""
    left = list(others)
    kept = []
    for each in those:
        if each in left:
            left.remove(each)
        else:
            kept.append(each)
    return tuple(kept)


def marked(before: str, after: str, around: int | None = AROUND) -> str:
    """A text with what was taken out [-so-] and what was put in {+so+}, word by word as GNU wdiff does it.

    Of longer stretches that stayed, only so many words `around` a change are shown; None shows all.
    """
    # The last word, too, is to have a space behind it: else it differs from the same word further in front.
    old, new = (_TOKEN.findall(f"{text.strip()} ") for text in (before, after))
    stretches = list(runs(old, new))
    shown = []
    for place, (out, into) in enumerate(stretches):
        if out != into:
            shown.append(_bracketed("".join(out), "".join(into)))
        elif around is None:
            shown.append("".join(out))
        else:
            head, tail = (0 if place == 0 else around), (0 if place == len(stretches) - 1 else around)
            shown.append(_shortened(out, head, tail))
    return "".join(shown).strip()


def _bracketed(out: str, into: str) -> str:
    space = (into or out)[len((into or out).rstrip()) :]
    return "".join((f"[-{out.rstrip()}-]" if out else "", f"{{+{into.rstrip()}+}}" if into else "", space))


def _shortened(tokens: Sequence[str], head: int, tail: int) -> str:
    if len(tokens) <= head + tail + 1:
        return "".join(tokens)
    return f"{''.join(tokens[:head])}… {''.join(tokens[len(tokens) - tail :])}"
