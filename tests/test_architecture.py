"""Imports point inward: the core knows no platform, no library of one, and no database."""

from collections.abc import Iterator, Mapping, Sequence

import grimp
import pytest

CORE = ("bot.model", "bot.errors")

# What each part of the house may import of the house; a part that is not listed is not known here.
OURS: Mapping[str, Sequence[str]] = {
    "bot.model": (),
    "bot.reply": (),
    "bot.errors": (),
    "bot.i18n": (),
    "bot.logs": ("bot.errors",),
    "bot.settings": ("bot.errors",),
    "bot.citations": ("bot.model",),
    "bot.search": CORE,
    "bot.corpus": CORE,
    "bot.posting": ("bot.model", "bot.reply"),
    "bot.daily": (*CORE, "bot.reply", "bot.posting"),
    "bot.store": (*CORE, "bot.daily.model", "bot.daily.book", "bot.curation.model"),
    "bot.curation": (*CORE, "bot.i18n", "bot.reply", "bot.search.text", "bot.corpus"),
    "bot.shelf": (*CORE, "bot.search"),
    "bot.shelves": (*CORE, "bot.shelf", "bot.communities", "bot.curation"),
    "bot.communities": ("bot.model",),
    "bot.commands": (
        *CORE,
        "bot.reply",
        "bot.i18n",
        "bot.shelf",
        "bot.shelves",
        "bot.communities",
        "bot.curation",
        "bot.daily",
        "bot.posting",
        "bot.citations",
        "bot.search.text",
    ),
    "bot.locales": ("bot.commands", "bot.i18n"),
    "bot.platforms": (*CORE, "bot.reply", "bot.i18n", "bot.commands", "bot.posting"),
    "bot.supervision": ("bot.errors",),
    "bot.keeping": (*CORE, "bot.commands"),
    "bot.linkcheck": (*CORE, "bot.curation"),
    "bot.app": ("bot",),
    "bot.cli": ("bot",),
    "bot.__main__": ("bot.cli",),
}
# Which part may import a library that ties its user to a platform or to a database.
LIBRARIES: Mapping[str, Sequence[str]] = {
    "discord": ("bot.platforms.discord",),
    "nio": ("bot.platforms.matrix",),
    "prompt_toolkit": ("bot.platforms.terminal",),
    "rich": ("bot.platforms.terminal", "bot.cli"),
    "typer": ("bot.cli",),
    "sqlalchemy": ("bot.store", "bot.app"),
    "alembic": ("bot.store",),
    "aiosqlite": ("bot.store",),
    "asyncpg": ("bot.store",),
    "sqlite3": ("bot.store", "bot.search"),
}
# What platforms share. They know nothing of each other.
SHARED = ("bot.platforms.clean", "bot.platforms.pace", "bot.platforms.plain", "bot.platforms.uploads")


def within(module: str, parts: Sequence[str]) -> bool:
    """Whether a module is one of the parts or inside one."""
    return any(module == part or module.startswith(f"{part}.") for part in parts)


def arrows(graph: grimp.ImportGraph) -> Iterator[tuple[str, str]]:
    """Every import of one of our modules."""
    for importer in sorted(graph.modules):
        if within(importer, ["bot"]):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                yield importer, imported


def bad_arrows(graph: grimp.ImportGraph) -> list[str]:
    """The imports that point outward, a sentence for each."""
    return [
        f"{importer} must not import {imported}"
        for importer, imported in arrows(graph)
        if not allowed(importer, imported)
    ]


def allowed(importer: str, imported: str) -> bool:
    """Whether a module may import another, ours or not."""
    if not within(imported, ["bot"]):
        return importer_may_use(importer, imported.partition(".")[0])
    if imported == "bot" or importer == "bot":  # the package itself holds the version and imports nothing
        return importer != "bot"
    part = part_of(importer)
    if within(imported, [part]):
        return part != "bot.platforms" or neighbours(importer, imported)
    return within(imported, OURS[part])


def importer_may_use(importer: str, library: str) -> bool:
    """Whether a library from outside may be used there."""
    return library not in LIBRARIES or within(importer, LIBRARIES[library])


def neighbours(importer: str, imported: str) -> bool:
    """Whether two modules belong to one platform, or the second to all."""
    return imported in SHARED or importer.split(".")[:3] == imported.split(".")[:3]


def part_of(module: str) -> str:
    """The part of the house a module belongs to."""
    return ".".join(module.split(".")[:2])


@pytest.fixture
def graph() -> grimp.ImportGraph:
    """Every import in the package, those for type checking included."""
    return grimp.build_graph("bot", include_external_packages=True, cache_dir=None)


def test_every_part_of_the_house_has_a_rule(graph: grimp.ImportGraph) -> None:
    parts = {part_of(module) for module in graph.modules if module.startswith("bot.")}
    assert parts <= set(OURS), "add the new part to OURS, with what it may import"


def test_no_import_points_outward(graph: grimp.ImportGraph) -> None:
    assert bad_arrows(graph) == []


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("bot.model", "bot.errors"),
        ("bot.reply", "bot.i18n"),
        ("bot.commands.find", "bot.platforms.plain"),
        ("bot.commands.find", "bot.search.engine"),
        ("bot.commands.find", "bot.store.engine"),
        ("bot.commands.find", "bot.app"),
        ("bot.search.engine", "bot.shelf"),
        ("bot.shelf", "bot.commands.find"),
        ("bot.platforms.terminal.room", "bot.store.engine"),
        ("bot.platforms.terminal.room", "bot.shelf"),
        ("bot.platforms.terminal.room", "bot.platforms.discord.cards"),
        ("bot.store.engine", "bot.settings"),
        ("bot.platforms.plain", "rich"),
        ("bot.commands.find", "discord"),
        ("bot.search.engine", "sqlalchemy"),
        ("bot.corpus.check", "sqlite3"),
        ("bot.cli.talk", "prompt_toolkit"),
        ("bot.platforms.terminal.room", "nio"),
    ],
)
def test_an_arrow_that_points_outward_would_be_found(
    graph: grimp.ImportGraph, importer: str, imported: str
) -> None:
    if imported not in graph.modules:
        graph.add_module(imported)
    graph.add_import(importer=importer, imported=imported)
    assert f"{importer} must not import {imported}" in bad_arrows(graph)
