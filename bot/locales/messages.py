"""Every text of the interface that can be translated, and what a catalogue lacks of it."""

import ast
from collections.abc import Collection, Iterator
from pathlib import Path
from string import Formatter

import regex
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

import bot.commands
from bot.commands.describe import GROUPS, REGISTRY
from bot.commands.words import named
from bot.i18n import NAME, catalogue_path

PACKAGE = Path(bot.__file__).parent
# How many of the first arguments are texts: `tr("…")`, `tr.n("…", "…", count)`, `message("…")`.
TEXTS = {"tr": 1, "n": 2, "message": 1}
# What Discord takes as the name of a command or an option, of which it wants the lower case alone: see
# “Application Command Naming” in its reference. The typed apostrophe, listed there until 2026, is refused.
NAMED = regex.compile(r"[-_\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}")
HEADER = "# Texts of the interface of Infoshop. How to translate them: docs/translating.md"


def template() -> Catalog:
    """The messages in the code, and the names and descriptions of the commands and their options."""
    catalogue = Catalog(header_comment=HEADER, project="infoshop", charset="utf-8", fuzzy=False)
    for file in sorted(PACKAGE.rglob("*.py")):
        for text in _texts(file):
            catalogue.add(text, locations=[(file.relative_to(PACKAGE.parent).as_posix(), 0)])
    for described in REGISTRY.values():
        where = [(f"{described.handler.__module__.replace('.', '/')}.py", 0)]
        catalogue.add(described.description, locations=where)
        for word in described.name.split(" "):
            catalogue.add(word, locations=where, context=NAME)
        for option in described.options:
            catalogue.add(option.description, locations=where)
            catalogue.add(option.name, locations=where, context=NAME)
    return catalogue


def _texts(file: Path) -> Iterator[str | tuple[str, str]]:
    """The texts in one file. Babel's own extraction does not see what stands inside an f-string."""
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        match [each.value for each in node.args[: TEXTS.get(name, 0)] if isinstance(each, ast.Constant)]:
            case [str(text)]:
                yield text
            case [str(singular), str(plural)]:
                yield singular, plural


def read(language: str) -> Catalog:
    """The catalogue of a language. Raises `FileNotFoundError` where there is none."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> int:
    """Bring the catalogue of a language up to date, or begin one; returns how much needs a translator.

    What was translated stays; what is no longer used is removed. Raises `babel.UnknownLocaleError`
    or `ValueError` for what is no language: `fr` and `pt_BR` are.
    """
    path = catalogue_path(language)
    if path.exists():
        catalogue = read(language)
    else:
        catalogue = Catalog(
            Locale.parse(language),
            header_comment=HEADER,
            project="infoshop",
            version=bot.__version__,
            fuzzy=False,
        )
        catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
        path.parent.mkdir(parents=True)
    catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
    return len(list(problems(language)))


def problems(language: str) -> Iterator[str]:
    """What is missing, left over or wrong in a catalogue, a sentence for each."""
    catalogue = read(language)
    wanted = template()
    for entry in wanted:
        if not entry.id:
            continue
        translated = catalogue.get(entry.id, entry.context)
        if translated is None or not all(_forms(translated)):
            yield f"not translated: {_first(entry)!r}"
        elif translated.fuzzy:
            yield f"marked fuzzy: {_first(entry)!r}"
        elif any(not _fits(entry, form) for form in _forms(translated)):
            yield f"other placeholders than: {_first(entry)!r}"
    for entry in catalogue:
        if entry.id and wanted.get(entry.id, entry.context) is None:
            yield f"no longer used: {_first(entry)!r}"
    yield from (f"obsolete: {_first(entry)!r}" for entry in catalogue.obsolete.values())
    yield from _names(catalogue)


def _names(catalogue: Catalog) -> Iterator[str]:
    """What is wrong with the names of the commands and of their options."""
    first = dict.fromkeys(name.partition(" ")[0] for name in REGISTRY)
    yield from _ambiguous(first, "commands", catalogue)
    for group in GROUPS:
        second = [each.name.partition(" ")[2] for each in REGISTRY.values() if each.group == group]
        yield from _ambiguous(second, f"commands of {group}", catalogue)
    for described in REGISTRY.values():
        options = [option.name for option in described.options]
        yield from _ambiguous(options, f"options of {described.name}", catalogue)


def _ambiguous(names: Collection[str], what: str, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with names of one kind: each has to lead to one thing, in English or as translated."""
    entries = {name: catalogue.get(name, NAME) for name in names}
    called = {name: _forms(entry)[0] for name, entry in entries.items() if entry and entry.string}
    for number, (name, said) in enumerate(called.items()):
        others = [other for other in names if other != name] + list(called.values())[:number]
        if not NAMED.fullmatch(said) or said != said.lower():
            yield f"not a name that can be typed, in small letters: {said!r} for {name!r}"
        elif named(said, *others):
            yield f"two {what} of one name: {said!r} for {name!r}"


def _first(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def _forms(entry: Message) -> tuple[str, ...]:
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ("",))


def _fits(entry: Message, form: str) -> bool:
    ids = [entry.id] if isinstance(entry.id, str) else entry.id
    return any(_placeholders(form) == _placeholders(each) for each in ids)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
